"""ElevenLabs Agents, and any server that speaks their WebSocket at another ``base_url`` (``…eu.residency…``, say).

How this wire is: the model is an agent, which has its prompt, its voice, its formats of sound and its tools at
ElevenLabs; what a conversation may override of it is said in the first frame, and only where its settings allow
that. Tools that we are to run have to be configured there as client tools of the same names. Replies come
unasked; nothing can be cancelled, truncated, deleted or committed. There are no item ids and hardly any ends:
:mod:`~realtime_rx.providers.elevenlabs_wire.turns` says what stands for them. Sound from the client has no ``type``.
After an ``interruption`` sound with a smaller ``event_id`` is not played; a correction tells how much was heard. Each
``ping`` is answered. The agent ends a conversation by hanging up (1000). A new connection is a new conversation, which
is told in contextual updates what was said before, and is said again what was not answered.

A public agent is dialled by its id. A key is never shown on the WebSocket: it is exchanged for a signed address before
each dial, which a setup endpoint can do as well. Signed addresses hold for 15 minutes; a conversation may last longer.

Sources: the published AsyncAPI description of the Agents WebSocket, the reference of ``get-signed-url``, the official
clients ``elevenlabs`` and ``@elevenlabs/client``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from realtime_rx.abc import Capabilities, ClientSecret, Endpoint, TokenRequest
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError, MissingKeyError, ProtocolError
from realtime_rx.formats import PCM16_16K, PCMU, AudioFormat
from realtime_rx.providers.elevenlabs_wire import ElevenLabsCodec

__all__ = ["ElevenLabs"]

BASE_URL = "https://api.elevenlabs.io"
PATH = "/v1/convai/conversation"
KEY = "ELEVENLABS_API_KEY"
SIGNATURE = "conversation_signature"
SUBPROTOCOL = "convai"
SIGNED_SECONDS = 900

RATES = (8_000, 22_050, 24_000, 44_100, 48_000)
FORMATS = (PCM16_16K, *(AudioFormat(rate=rate) for rate in RATES), PCMU)

CAPABILITIES = Capabilities(
    truncate=False,
    cancel=False,
    manual_turns=False,
    session_update=False,
    client_item_ids=False,
    echoes_items=False,
    responses="automatic",
    continues_after_tools=True,
    interruption="event",
    greeting_first=True,
    ephemeral_tokens=True,
    exchanges_key=True,
    final_closes=frozenset({1000}),
    input_formats=FORMATS,
    output_formats=FORMATS,
    ignored_config=frozenset(
        {
            "input_format", "output_format", "transcription.model", "transcription.prompt", "noise_reduction",
            "turn_detection", "tool_choice", "parallel_tool_calls", "temperature", "max_output_tokens", "truncation",
            "prompt", "tracing", "include",
        }
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ElevenLabs:
    """An agent at ElevenLabs; ``model`` is its id.

    ``api_key`` defaults to ``ELEVENLABS_API_KEY``; a public agent needs none. ``base_url`` is that of a region or of a
    server of one's own.
    """

    model: str = ""
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    id: str = "elevenlabs"
    capabilities: Capabilities = field(default=CAPABILITIES, repr=False)

    def codec(self) -> ElevenLabsCodec:
        return ElevenLabsCodec(self.model)

    def endpoint(self, token: str | None = None, url: str | None = None) -> Endpoint:
        """Where to dial: a signed address as it is, or the agent's own, with a conversation token where there is one.

        ``token`` may be a signed address. Raises :class:`ConfigurationError` where there is neither agent nor address.
        """
        if token is not None and is_socket_address(token):
            token, url = None, token
        address = url or self._address
        if token is None or is_signed(address):
            return Endpoint(url=address, headers=dict(self.headers))
        return Endpoint(url=address, headers=dict(self.headers), subprotocols=(SUBPROTOCOL, f"bearer.{token}"))

    def token_request(self, config: SessionConfig, *, expires_s: int | None = None) -> TokenRequest:
        """Ask for a signed address of a conversation with this agent. How long it holds is not ours to say.

        Raises :class:`MissingKeyError` where there is no key to ask with.
        """
        key = self.api_key or os.environ.get(KEY)
        if key is None:
            raise MissingKeyError(f"ElevenLabs gives signed addresses for a key only: set {KEY}, or pass api_key=…")
        url = f"{self._base('http')}{PATH}/get-signed-url?{urlencode({'agent_id': self._agent})}"
        return TokenRequest(url=url, method="GET", headers={"xi-api-key": key, **self.headers})

    def client_secret(self, answer: Mapping[str, Any]) -> ClientSecret:
        """The signed address in ElevenLabs' answer. Raises :class:`ProtocolError` where there is none."""
        url = answer.get("signed_url")
        if not isinstance(url, str) or not is_socket_address(url):
            raise ProtocolError("the answer holds no signed address: 'signed_url' is no ws:// or wss:// address")
        signature = parse_qs(urlsplit(url).query).get(SIGNATURE, [url])[0]
        return ClientSecret(token=signature, url=url, expires_at=time.time() + SIGNED_SECONDS)

    @property
    def _agent(self) -> str:
        if not self.model:
            raise ConfigurationError('ElevenLabs needs an agent: "elevenlabs:agent_…"')
        return self.model

    @property
    def _address(self) -> str:
        return f"{self._base('ws')}{PATH}?{urlencode({'agent_id': self._agent})}"

    def _base(self, scheme: str) -> str:
        """The service's address with that scheme, or its safe sister."""
        parts = urlsplit(self.base_url or BASE_URL)
        if parts.scheme not in ("http", "https", "ws", "wss") or not parts.hostname:
            raise ConfigurationError(f"base_url must be an http(s) or ws(s) address, got {self.base_url!r}")
        safe = "s" if parts.scheme in ("https", "wss") else ""
        return f"{scheme}{safe}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/v1')}"


def is_signed(url: str) -> bool:
    return any(name in parse_qs(urlsplit(url).query) for name in (SIGNATURE, "token"))


def is_socket_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("ws", "wss") and bool(parts.hostname)
    except ValueError:
        return False
