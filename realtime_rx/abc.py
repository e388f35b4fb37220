"""The seams: what a provider, a codec, a transport and an audio device have to offer, and no more."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, runtime_checkable
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from realtime_rx.capabilities import Capabilities
from realtime_rx.config import SessionConfig, ToolDefinition
from realtime_rx.credentials import Discreet, address, credentials, redacted, unsendable
from realtime_rx.errors import AudioDeviceError, ConfigurationError
from realtime_rx.events import ClientEvent, ServerEvent
from realtime_rx.formats import AudioFormat

__all__ = [
    "AudioInput",
    "AudioOutput",
    "Capabilities",
    "ClientSecret",
    "Codec",
    "Convert",
    "Converter",
    "Devices",
    "Dial",
    "Endpoint",
    "Frame",
    "MintsTokens",
    "PlaybackListener",
    "Provider",
    "Route",
    "Take",
    "TokenRequest",
    "Transport",
    "TransportFactory",
]

Frame: TypeAlias = str | bytes
"""One WebSocket message."""
Take: TypeAlias = Callable[[Frame], None]
"""Who takes a connection's frames, on its loop, one after the other."""


class Endpoint(Discreet, Struct, frozen=True, kw_only=True):
    """Where to dial, and what to show there. Its repr shows neither query nor headers: they may hold a key.

    Raises :class:`ConfigurationError` for what no header may hold, such as the line break behind a key from a file.
    ``tools`` are those that the session shall offer there, where whoever gave the address says so (a setup endpoint).
    """

    url: str
    headers: Mapping[str, str] = {}
    subprotocols: tuple[str, ...] = ()
    tools: tuple[ToolDefinition, ...] | None = None

    def __post_init__(self) -> None:
        if name := unsendable(self.headers, self.subprotocols):
            raise ConfigurationError(
                f"{name} cannot be sent: the key or token in it has a line break or another odd character"
            )

    @property
    def address(self) -> str:
        """The URL as it is fit to be shown."""
        return address(self.url)

    def asking(self, **parameters: str) -> Endpoint:
        """The same address with these in its query."""
        joint = "&" if "?" in self.url else "?"
        return replace(self, url=f"{self.url}{joint}{urlencode(parameters)}")

    @property
    def secrets(self) -> tuple[str, ...]:
        """The credentials in it, in each way in which a server may write them."""
        return credentials(self.url, self.headers, self.subprotocols)

    def redacted(self, text: str) -> str:
        """What the other side said, without what we showed it: a server may echo a key in its refusal."""
        return redacted(text, self.secrets)


class Codec(Protocol):
    """A provider's wire, translated. Sans-IO; one for each connection; the caller moves the frames."""

    def decode(self, frame: Frame, *, at: float = 0.0) -> Sequence[ServerEvent]:
        """The events in one frame that arrived at ``at`` (seconds since the epoch); none is fine.

        Raises :class:`ProtocolError` naming what is wrong, and nothing else, whatever the frame holds.
        """
        ...

    def encode(self, event: ClientEvent) -> Sequence[Frame]:
        """The frames that say ``event``, to be sent in order; none where the provider has no such verb."""
        ...


class Provider(Protocol):
    """A vendor and a model of theirs."""

    @property
    def id(self) -> str:
        """The short name in front of the colon in ``"openai:gpt-realtime"``."""
        ...

    @property
    def model(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    def codec(self) -> Codec:
        """A fresh codec, for one connection."""
        ...

    def endpoint(self, token: str | None = None, url: str | None = None) -> Endpoint:
        """Where to dial with this token at this address; by default with the provider's own key at its own address.

        Raises :class:`MissingKeyError` where there is neither token nor key.
        """
        ...


class TokenRequest(Discreet, Struct, frozen=True, kw_only=True):
    """The HTTP request that mints an ephemeral token. Its repr shows neither headers nor body: they hold a key."""

    url: str
    method: str = "POST"
    headers: Mapping[str, str] = {}
    body: dict[str, Any] | None = None


class ClientSecret(Discreet, Struct, frozen=True, kw_only=True):
    """A token that a browser or a device may hold: for one session, for a short time.

    ``url`` is where it dials with it. ``expires_at`` is in seconds since the epoch, None where nobody says.
    """

    token: str
    url: str
    expires_at: float | None = None


@runtime_checkable
class MintsTokens(Protocol):
    """A provider that has ephemeral tokens. Sans-IO: the caller makes the request."""

    def token_request(self, config: SessionConfig, *, expires_s: int | None = None) -> TokenRequest:
        """What to ask the vendor for a token that can begin a session like ``config`` within ``expires_s`` seconds.

        The session itself may last longer. Where the vendor does not let one choose, ``expires_s`` does nothing.
        Raises :class:`MissingKeyError` where there is no key to ask with.
        """
        ...

    def client_secret(self, answer: Mapping[str, Any]) -> ClientSecret:
        """The token in the vendor's JSON answer. Raises :class:`ProtocolError` where there is none."""
        ...


class Transport(Protocol):
    """A byte pipe that carries whole frames. One for each connection."""

    async def open(self, endpoint: Endpoint) -> None:
        """Dial. Raises :class:`ConnectError` or one of its kinds."""
        ...

    async def send(self, frame: Frame) -> None:
        """Send one frame. Raises :class:`ConnectionLostError` where the pipe is gone."""
        ...

    async def deliver(self, take: Take) -> None:
        """Hand each frame to ``take`` as it arrives, in order, until the pipe ends; once, after ``open()``.

        Ends only by raising :class:`ConnectionLostError` or what ``take`` raised, or after ``close()``.
        """
        ...

    async def close(self) -> None:
        """Hang up, within a bounded time, at any moment, any number of times."""
        ...


TransportFactory: TypeAlias = Callable[[], Transport]
Dial: TypeAlias = Callable[[], Awaitable[Endpoint]]
"""Asked anew for each connection: where to go and with which credentials."""


class Route(Struct, frozen=True):
    """A provider and the way to it: by default its own address and key."""

    provider: Provider
    dial: Dial | None = None


class AudioInput(Protocol):
    """A microphone: mono sound of ``format``, in chunks of a few tens of milliseconds."""

    @property
    def format(self) -> AudioFormat: ...

    def chunks(self) -> AsyncGenerator[bytes]:
        """What it hears from now on, until the generator is closed, which lets the device go.

        Raises :class:`AudioDeviceError` where the device is missing, refused or lost.
        """
        ...

    async def close(self) -> None: ...


class Converter(Protocol):
    """Sound of one format in, of another out, in chunks of any length."""

    def push(self, sound: bytes) -> bytes:
        """What is ready when this has come in; some is held back."""
        ...

    def flush(self) -> bytes:
        """What was held back: the sound ends here."""
        ...

    def clear(self) -> None:
        """Forget what was held back."""
        ...


Convert: TypeAlias = Callable[[AudioFormat, AudioFormat], Converter]
"""What converts sound of the first format into the second."""


class PlaybackListener(Protocol):
    """Is told what became of the sound, on the output's own thread: it must not block."""

    def on_played(self, item_id: str, content_index: int, samples: int) -> None:
        """So many samples of this part have been heard, from its beginning."""
        ...

    def on_drained(self) -> None:
        """Everything that was queued has been heard, or was flushed."""
        ...

    def on_lost(self, error: AudioDeviceError | None) -> None:
        """The device is gone, and what was queued will not be heard. The output is closed; it may be opened again.

        None: nothing went wrong, a visitor's page has left; opening it again waits for the next one.
        """
        ...


class AudioOutput(Protocol):
    """A speaker: mono sound of ``format``."""

    @property
    def format(self) -> AudioFormat: ...

    async def open(self, listener: PlaybackListener) -> None:
        """Take the device, within a bounded time; a visitor's page takes as long as the visitor likes.

        Raises :class:`AudioDeviceError` where it is missing or refused.
        """
        ...

    def play(self, item_id: str, content_index: int, pcm: bytes) -> None:
        """Queue sound behind what is queued. Never blocks."""
        ...

    def flush(self) -> None:
        """Be silent now and forget what is queued."""
        ...

    async def close(self) -> None: ...


class Devices(Struct, frozen=True):
    """What a session hears with and is heard by, where it has such; ``convert`` is for those of other formats."""

    microphone: AudioInput | None = None
    speaker: AudioOutput | None = None
    convert: Convert | None = None
