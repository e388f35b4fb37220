"""OpenAI, and any server that speaks its protocol at another ``base_url``.

How this wire is: the address is ``{base_url}/realtime?model=…``, the key goes into ``Authorization: Bearer``; an
ephemeral token (``ek_…``) goes the same way; :mod:`~realtime_rx.providers.openai_wire.client_secrets` says how it is
made, for 10 seconds to two hours. There is no ``temperature`` in the GA protocol. A session lives for 60 minutes.

``openai-beta`` is the protocol as it was before GA, which some servers still speak: settings in flat fields, the header
``OpenAI-Beta: realtime=v1``, an assistant's words as ``text``; OpenAI itself hangs up on it (close code 4000). What a
server says is understood in both, whichever of the two is asked for.

``openai-transcription`` listens and answers nothing: ``?intent=transcription`` and no model in the address, the model
in ``audio.input.transcription`` of a session of type ``transcription``. ``gpt-realtime-whisper`` has no turn detection:
what is said has to be committed.

Sources: OpenAI's published Realtime API reference and schema, the types of its package ``openai``, the AI SDK's OpenAI
provider (session intents).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from msgspec import structs

from realtime_rx.abc import Capabilities, ClientSecret, Endpoint, TokenRequest
from realtime_rx.config import SessionConfig
from realtime_rx.formats import PCM16_24K, PCMA, PCMU
from realtime_rx.providers.addresses import asking, checked, from_environment, is_local, missing_key
from realtime_rx.providers.openai_wire import OpenAICodec, realtime_url
from realtime_rx.providers.openai_wire.client_secrets import read_client_secret, secret_request
from realtime_rx.providers.openai_wire.dialects import BETA, GA, TRANSCRIPTION, Dialect
from realtime_rx.providers.openai_wire.sessions import transcription_session

__all__ = ["OpenAI", "OpenAIBeta", "OpenAITranscription"]

BASE_URL = "https://api.openai.com/v1"

CAPABILITIES = Capabilities(
    image_input=True,
    input_formats=(PCM16_24K, PCMU, PCMA),
    output_formats=(PCM16_24K, PCMU, PCMA),
    max_session_s=3600,
    ephemeral_tokens=True,
    ignored_config=frozenset({"temperature"}),
)
BETA_CAPABILITIES = structs.replace(
    CAPABILITIES,
    image_input=False,
    ephemeral_tokens=False,
    max_session_s=None,
    ignored_config=frozenset({"parallel_tool_calls", "truncation", "prompt", "include"}),
)
LISTENING = structs.replace(
    CAPABILITIES,
    text_output=False,
    audio_output=False,
    image_input=False,
    truncate=False,
    cancel=False,
    history=False,
    responses="none",
    interruption="none",
    output_formats=(),
    ignored_config=frozenset(
        {
            "instructions", "voice", "speed", "output_modalities", "output_format", "tools", "tool_choice",
            "parallel_tool_calls", "temperature", "max_output_tokens", "truncation", "prompt", "tracing",
        }
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenAI:
    """A model at OpenAI.

    ``api_key`` defaults to ``OPENAI_API_KEY``, ``base_url`` to ``OPENAI_BASE_URL`` or OpenAI's own. Servers on this
    machine (a loopback ``base_url``) may do without a key.
    """

    model: str = "gpt-realtime"
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    id: str = "openai"
    capabilities: Capabilities = field(default=CAPABILITIES, repr=False)
    dialect: Dialect = field(default=GA, repr=False)

    def codec(self) -> OpenAICodec:
        return OpenAICodec(self.dialect)

    def endpoint(self, token: str | None = None, url: str | None = None) -> Endpoint:
        """Where to dial. Raises :class:`MissingKeyError` without token and key, except on this machine."""
        address = url or self._address
        return Endpoint(url=address, headers=self._headers(token, address))

    def token_request(self, config: SessionConfig, *, expires_s: int | None = None) -> TokenRequest:
        """Ask OpenAI for a token of such a session, valid for ``expires_s`` seconds: 10 to 7200, 600 by default."""
        session = {**self.dialect.session(config), **self._named_model}
        return secret_request(self._base, session, self._headers(None, self._base), expires_s=expires_s)

    def client_secret(self, answer: Mapping[str, Any]) -> ClientSecret:
        return read_client_secret(answer, self._address)

    @property
    def _base(self) -> str:
        return checked(self.base_url or from_environment("OPENAI_BASE_URL") or BASE_URL)

    @property
    def _address(self) -> str:
        return asking(realtime_url(self._base), **self._named_model)

    @property
    def _named_model(self) -> dict[str, str]:
        """The model, as the address and a session name it."""
        return {"model": self.model}

    def _headers(self, token: str | None, address: str) -> dict[str, str]:
        key = token or self.api_key or from_environment("OPENAI_API_KEY")
        if key is None and not is_local(address):
            raise missing_key("OpenAI", "OPENAI_API_KEY")
        bearer = {"Authorization": f"Bearer {key}"} if key is not None else {}
        return {**bearer, **self.headers}


@dataclass(frozen=True, slots=True)
class OpenAIBeta(OpenAI):
    """A server that still speaks the protocol as it was before GA."""

    headers: Mapping[str, str] = field(default_factory=lambda: {"OpenAI-Beta": "realtime=v1"}, repr=False)
    id: str = "openai-beta"
    capabilities: Capabilities = field(default=BETA_CAPABILITIES, repr=False)
    dialect: Dialect = field(default=BETA, repr=False)


@dataclass(frozen=True, slots=True)
class OpenAITranscription(OpenAI):
    """A model at OpenAI that writes down what it hears: each turn is a message of the user, and no answer comes."""

    model: str = "gpt-realtime-whisper"
    id: str = "openai-transcription"
    capabilities: Capabilities = field(default=LISTENING, repr=False)
    dialect: Dialect = field(default=TRANSCRIPTION, repr=False)

    def codec(self) -> OpenAICodec:
        return OpenAICodec(self._dialect)

    def token_request(self, config: SessionConfig, *, expires_s: int | None = None) -> TokenRequest:
        session = self._dialect.session(config)
        return secret_request(self._base, session, self._headers(None, self._base), expires_s=expires_s)

    @property
    def _dialect(self) -> Dialect:
        return replace(self.dialect, session=partial(transcription_session, model=self.model))

    @property
    def _address(self) -> str:
        return asking(realtime_url(self._base), intent="transcription")
