"""Cartesia's speech-to-text: it listens and answers nothing.

How this wire is: all settings stand in the address (``model``, ``encoding``, ``sample_rate``, …); sound goes in as
binary frames; what is understood comes as JSON. There are two sockets. ``/stt/turns/websocket`` (``ink-2``) hears turns
itself: ``turn.start``, ``turn.update`` with all of the turn so far, ``turn.eager_end`` (maybe over) and ``turn.resume``
(it was not), ``turn.end`` with the words that hold; ``{"type": "config", "turn": {…}}`` sets its thresholds under way.
``/stt/websocket`` (``ink-whisper``, or ``turns=False``) writes down what is committed: the text frame ``finalize`` asks
for the rest, which ``flush_done`` ends; its transcripts are deltas behind the last ``is_final`` one. It says nothing
until it is asked, so it is asked once at the start: that answer is the greeting. There are no item ids; each turn is a
message of the user. Keys and tokens go into ``Authorization: Bearer``; pages show a token as ``access_token`` in the
address. Tokens are good for at most an hour, and hold a permission and no settings.

Sources: Cartesia's package ``cartesia`` (``stt.auto_finalize``, ``stt.manual_finalize``, ``access_token``) and its API
reference of speech-to-text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from msgspec import structs

from realtime_rx.abc import Capabilities, ClientSecret, Endpoint, TokenRequest
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError, ProtocolError
from realtime_rx.formats import PCM16_16K, AudioFormat
from realtime_rx.providers.addresses import asking, checked, from_environment, is_local, missing_key
from realtime_rx.providers.cartesia_wire import CommitCodec, TurnCodec
from realtime_rx.providers.openai_wire import realtime_url
from realtime_rx.providers.openai_wire.client_secrets import http_url

__all__ = ["Cartesia"]

BASE_URL = "https://api.cartesia.ai"
VERSION = "2026-08-14"
WHISPER = "ink-whisper"
ENCODINGS = {"pcm16": "pcm_s16le", "pcmu": "pcm_mulaw", "pcma": "pcm_alaw"}

CAPABILITIES = Capabilities(
    text_output=False,
    audio_output=False,
    truncate=False,
    cancel=False,
    client_item_ids=False,
    history=False,
    responses="none",
    interruption="none",
    ephemeral_tokens=True,
    output_formats=(),
    ignored_config=frozenset(
        {
            "instructions", "voice", "speed", "output_modalities", "input_format", "output_format", "transcription",
            "noise_reduction", "tools", "tool_choice", "parallel_tool_calls", "temperature", "max_output_tokens",
            "truncation", "prompt", "tracing", "include", "turn_detection.prefix_padding_ms",
            "turn_detection.idle_timeout_ms", "turn_detection.eagerness", "turn_detection.create_response",
            "turn_detection.interrupt_response",
        }
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cartesia:
    """A model at Cartesia that writes down what it hears. ``api_key`` defaults to ``CARTESIA_API_KEY``.

    ``input_format`` is what the sound is written in, ``language`` and ``keyterms`` are what it shall listen for.
    ``turns``: it hears by itself when a turn is over; by default where the model can.
    """

    model: str = "ink-2"
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = field(default=None, repr=False)
    input_format: AudioFormat = PCM16_16K
    language: str | None = None
    keyterms: tuple[str, ...] = ()
    turns: bool | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    id: str = "cartesia"

    @property
    def capabilities(self) -> Capabilities:
        ignored = CAPABILITIES.ignored_config
        return structs.replace(
            CAPABILITIES,
            input_formats=(self.input_format,),
            manual_turns=not self._hears_turns,
            ignored_config=ignored if self._hears_turns else ignored | {"turn_detection"},
        )

    def codec(self) -> TurnCodec | CommitCodec:
        return TurnCodec() if self._hears_turns else CommitCodec()

    def endpoint(self, token: str | None = None, url: str | None = None) -> Endpoint:
        """Where to dial. Raises :class:`MissingKeyError` without token and key, except on this machine."""
        address = url or self._address
        return Endpoint(url=address, headers=self._headers(token, address))

    def token_request(self, config: SessionConfig, *, expires_s: int | None = None) -> TokenRequest:
        """Ask Cartesia for a token that may listen, for ``expires_s`` seconds, at most 3600."""
        body: dict[str, Any] = {"grants": {"stt": True}}
        if expires_s is not None:
            body["expires_in"] = expires_s
        url = http_url(self._base, "/access-token")
        return TokenRequest(url=url, headers=self._headers(None, self._base), body=body)

    def client_secret(self, answer: Mapping[str, Any]) -> ClientSecret:
        """The token in Cartesia's answer, which does not say how long it is good."""
        token = answer.get("token")
        if not isinstance(token, str) or not token:
            raise ProtocolError("the answer has no token: 'token' is missing")
        return ClientSecret(token=token, url=asking(self._address, cartesia_version=VERSION))

    @property
    def _hears_turns(self) -> bool:
        return not self.model.startswith(WHISPER) if self.turns is None else self.turns

    @property
    def _base(self) -> str:
        return checked(self.base_url or BASE_URL)

    @property
    def _address(self) -> str:
        if self.language is not None and self._hears_turns:
            raise ConfigurationError("cartesia: 'language' is for turns=False alone")
        asked = [
            ("model", self.model),
            ("encoding", ENCODINGS[self.input_format.encoding]),
            ("sample_rate", str(self.input_format.rate)),
            *((("language", self.language),) if self.language is not None else ()),
            *(("keyterm", term) for term in self.keyterms),
        ]
        address = realtime_url(self._base, "/stt/turns/websocket" if self._hears_turns else "/stt/websocket")
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked, quote_via=quote)}"

    def _headers(self, token: str | None, address: str) -> dict[str, str]:
        key = token or self.api_key or from_environment("CARTESIA_API_KEY")
        if key is None and not is_local(address):
            raise missing_key("Cartesia", "CARTESIA_API_KEY")
        bearer = {"Authorization": f"Bearer {key}"} if key is not None else {}
        return {**bearer, "Cartesia-Version": VERSION, **self.headers}
