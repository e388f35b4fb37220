"""xAI's Grok Voice.

How this wire diverges from OpenAI's GA protocol: the first event is ``session.created`` or ``conversation.created``.
Voice and turn detection stand at the top of a session, formats in the objects of GA; flat format fields are ignored
without a word. Turn detection is silence alone. The model always speaks: it takes a choice of modalities, and ignores
it. ``temperature``, ``max_output_tokens`` and ``parallel_tool_calls`` are taken and have no effect. Items come without
``content``, calls with the roles ``user`` and ``tool``, ``content_part.done`` without ``part``, ``status_details`` as
the word ``unimplemented``, usage beside the response; ``previous_item_id`` may be null, ``"0"`` or absent. What the
user says comes as growing snapshots (``….updated``, where the transcription model is ``grok-transcribe``) and several
``completed``: the latest holds. Who speaks on before a turn is committed makes the reply that had begun end without a
word. Nothing can be truncated. Its own tools (``web_search``, ``x_search``, ``file_search``, ``mcp``) go through
``provider_options={"tools": [{"type": "web_search"}]}``, beside the functions.

A conversation is gone on with at ``?conversation_id=…``, for 30 minutes, where both of its sessions ask for
``resumption``; then its items are said again as ``conversation.item.created``, which are known by their ids. Ephemeral
tokens hold neither model nor settings: the model stays in the address. A token goes into ``Authorization: Bearer`` like
a key, and as a subprotocol (``xai-client-secret.…``) from a browser.

Sources: xAI's references of the Voice Agent API and of ephemeral tokens, the AI SDK's xAI provider, recorded sessions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from realtime_rx.abc import Capabilities, ClientSecret, Endpoint, TokenRequest
from realtime_rx.config import SessionConfig
from realtime_rx.formats import PCM16_16K, PCM16_24K, PCMA, PCMU, AudioFormat
from realtime_rx.providers.addresses import asking, checked, from_environment, is_local, missing_key
from realtime_rx.providers.openai_wire import OpenAICodec, realtime_url
from realtime_rx.providers.openai_wire.client_secrets import PATH, http_url, read_client_secret
from realtime_rx.providers.openai_wire.dialects import XAI as SPOKEN

__all__ = ["XAI"]

BASE_URL = "https://api.x.ai/v1"
RATES = (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000)
FORMATS = (PCM16_24K, PCM16_16K, *(AudioFormat(rate=rate) for rate in RATES if rate != PCM16_16K.rate), PCMU, PCMA)

CAPABILITIES = Capabilities(
    text_output=False,
    truncate=False,
    client_item_ids=False,
    resumption="conversation",
    resume_parameter="conversation_id",
    ephemeral_tokens=True,
    input_formats=FORMATS,
    output_formats=FORMATS,
    max_session_s=1800,
    ignored_config=frozenset(
        {
            "output_modalities", "noise_reduction", "parallel_tool_calls", "temperature", "max_output_tokens",
            "truncation", "prompt", "tracing", "include", "transcription.prompt", "turn_detection.eagerness",
        }
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class XAI:
    """A Grok model that is talked to. ``api_key`` defaults to ``XAI_API_KEY``, ``base_url`` to xAI's own."""

    model: str = "grok-voice-latest"
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    id: str = "xai"
    capabilities: Capabilities = field(default=CAPABILITIES, repr=False)

    def codec(self) -> OpenAICodec:
        return OpenAICodec(SPOKEN)

    def endpoint(self, token: str | None = None, url: str | None = None) -> Endpoint:
        """Where to dial. Raises :class:`MissingKeyError` without token and key, except on this machine."""
        address = url or self._address
        return Endpoint(url=address, headers=self._headers(token, address))

    def token_request(self, config: SessionConfig, *, expires_s: int | None = None) -> TokenRequest:
        """Ask xAI for a token that is valid for ``expires_s`` seconds; what the session shall be is said in it."""
        body: dict[str, Any] = {"expires_after": {"seconds": expires_s}} if expires_s is not None else {}
        return TokenRequest(url=http_url(self._base, PATH), headers=self._headers(None, self._base), body=body)

    def client_secret(self, answer: Mapping[str, Any]) -> ClientSecret:
        """The token in xAI's answer, which some of its servers wrap in ``client_secret``."""
        wrapped: Any = answer.get("client_secret")
        return read_client_secret(cast(dict[str, Any], wrapped) if isinstance(wrapped, dict) else answer, self._address)

    @property
    def _base(self) -> str:
        return checked(self.base_url or BASE_URL)

    @property
    def _address(self) -> str:
        return asking(realtime_url(self._base), model=self.model)

    def _headers(self, token: str | None, address: str) -> dict[str, str]:
        key = token or self.api_key or from_environment("XAI_API_KEY")
        if key is None and not is_local(address):
            raise missing_key("xAI", "XAI_API_KEY")
        return {**({"Authorization": f"Bearer {key}"} if key is not None else {}), **self.headers}
