"""OpenAI's translation sessions: what is heard comes out in another language, as it is said.

How this wire diverges from the GA protocol: the address is ``{base_url}/realtime/translations?model=…``; sound goes in
as ``session.input_audio_buffer.append``, 24 kHz alone, and has to go on through silence; there are no turns, no items,
no responses and no tools, but three streams of deltas (``session.input_transcript.delta``,
``session.output_transcript.delta``, ``session.output_audio.delta``) until ``session.closed``. Here each sentence is a
message: what was said is the user's, what it was translated to the assistant's. The source is written down only where
``transcription`` is asked for; the language to translate to is ``provider_options={"audio": {"output": {"language":
"de"}}}``. Tokens come from ``/realtime/translations/client_secrets``.

Sources: the types and resources of OpenAI's package ``openai`` (``realtime.translations``), its API reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from realtime_rx.abc import Capabilities, ClientSecret, Endpoint, TokenRequest
from realtime_rx.config import SessionConfig
from realtime_rx.formats import PCM16_24K
from realtime_rx.providers.addresses import asking, checked, from_environment, is_local, missing_key
from realtime_rx.providers.openai_wire import realtime_url
from realtime_rx.providers.openai_wire.client_secrets import read_client_secret, secret_request
from realtime_rx.providers.openai_wire.sessions import translation_session
from realtime_rx.providers.openai_wire.translation import TranslationCodec

__all__ = ["OpenAITranslation"]

BASE_URL = "https://api.openai.com/v1"
PATH = "/realtime/translations"

CAPABILITIES = Capabilities(
    text_output=False,
    truncate=False,
    cancel=False,
    manual_turns=False,
    history=False,
    responses="none",
    interruption="none",
    transcripts="deltas",
    ephemeral_tokens=True,
    input_formats=(PCM16_24K,),
    output_formats=(PCM16_24K,),
    max_session_s=3600,
    ignored_config=frozenset(
        {
            "instructions", "voice", "speed", "output_modalities", "input_format", "output_format", "turn_detection",
            "tools", "tool_choice", "parallel_tool_calls", "temperature", "max_output_tokens", "truncation", "prompt",
            "tracing", "include", "transcription.language", "transcription.prompt",
        }
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenAITranslation:
    """A model at OpenAI that translates. ``api_key`` and ``base_url`` as for :class:`OpenAI`."""

    model: str = "gpt-realtime-translate"
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    id: str = "openai-translation"
    capabilities: Capabilities = field(default=CAPABILITIES, repr=False)

    def codec(self) -> TranslationCodec:
        return TranslationCodec()

    def endpoint(self, token: str | None = None, url: str | None = None) -> Endpoint:
        """Where to dial. Raises :class:`MissingKeyError` without token and key, except on this machine."""
        address = url or self._address
        return Endpoint(url=address, headers=self._headers(token, address))

    def token_request(self, config: SessionConfig, *, expires_s: int | None = None) -> TokenRequest:
        """Ask OpenAI for a token of such a session, valid for ``expires_s`` seconds: 10 to 7200, 600 by default."""
        session = {**translation_session(config), "model": self.model}
        headers = self._headers(None, self._base)
        return secret_request(self._base, session, headers, expires_s=expires_s, path=f"{PATH}/client_secrets")

    def client_secret(self, answer: Mapping[str, Any]) -> ClientSecret:
        return read_client_secret(answer, self._address)

    @property
    def _base(self) -> str:
        return checked(self.base_url or from_environment("OPENAI_BASE_URL") or BASE_URL)

    @property
    def _address(self) -> str:
        return asking(realtime_url(self._base, PATH), model=self.model)

    def _headers(self, token: str | None, address: str) -> dict[str, str]:
        key = token or self.api_key or from_environment("OPENAI_API_KEY")
        if key is None and not is_local(address):
            raise missing_key("OpenAI", "OPENAI_API_KEY")
        return {**({"Authorization": f"Bearer {key}"} if key is not None else {}), **self.headers}
