"""Azure OpenAI, its preview, and Azure's Voice Live.

How these wires diverge from OpenAI's: the model is the name of a *deployment*; the key goes into the header
``api-key``, a token of Entra ID (or an ephemeral one) into ``Authorization: Bearer``. ``previous_item_id`` is null for
items that are not the first, and ``content_part`` frames say their part twice.

``azure`` (GA): ``wss://{resource}.openai.azure.com/openai/v1/realtime?model={deployment}``, the GA protocol as it is.
``azure-preview``, or ``azure`` with an ``api_version``: ``/openai/realtime?api-version=…&deployment=…``, the protocol
as it was before GA.
``azure-voice-live``: ``/voice-live/realtime?api-version=…&model=…``, the protocol as it was before GA with a richer
session. A voice is an object: a name like ``en-US-AvaMultilingualNeural`` is taken for one of Azure's, any other for
one of OpenAI's, and ``provider_options={"voice": {"type": …}}`` says it in full. What else it has goes through
``provider_options``: ``turn_detection`` of type ``azure_semantic_vad``, ``input_audio_noise_reduction`` of type
``azure_deep_noise_suppression``, ``input_audio_echo_cancellation``, ``avatar``, ``animation``,
``output_audio_timestamp_types``, …; and what comes of it (visemes, word timestamps, an avatar's connection, warnings)
is passed on raw. It listens at 16 kHz as well.

Sources: Microsoft's references of the Azure OpenAI realtime API and of Voice Live, its package ``azure-ai-voicelive``,
recorded sessions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from msgspec import structs

from realtime_rx.abc import Capabilities, ClientSecret, Endpoint, TokenRequest
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError
from realtime_rx.formats import PCM16_16K, PCM16_24K, PCMA, PCMU, AudioFormat
from realtime_rx.providers.addresses import asking, checked, from_environment, is_local, missing_key
from realtime_rx.providers.openai_wire import OpenAICodec, realtime_url
from realtime_rx.providers.openai_wire.client_secrets import read_client_secret, secret_request
from realtime_rx.providers.openai_wire.dialects import BETA, GA, VOICE_LIVE, Dialect

__all__ = ["azure", "Azure", "AzurePreview", "AzureVoiceLive"]

# What a base address may end with, because it was copied from somewhere: the rest is the resource.
PATHS = ("/openai/v1/realtime", "/openai/v1", "/openai/realtime", "/openai", "/voice-live/realtime", "/voice-live")

CAPABILITIES = Capabilities(
    image_input=True,
    input_formats=(PCM16_24K, PCMU, PCMA),
    output_formats=(PCM16_24K, PCMU, PCMA),
    max_session_s=1800,
    ephemeral_tokens=True,
    ignored_config=frozenset({"temperature"}),
)
PREVIEW = structs.replace(
    CAPABILITIES,
    image_input=False,
    ephemeral_tokens=False,
    ignored_config=frozenset({"parallel_tool_calls", "truncation", "prompt", "include"}),
)
VOICES = structs.replace(
    PREVIEW,
    input_formats=(PCM16_24K, PCM16_16K, PCMU, PCMA),
    output_formats=(PCM16_24K, PCM16_16K, AudioFormat(rate=8_000), PCMU, PCMA),
    ignored_config=frozenset({"speed", "truncation", "prompt", "tracing", "include"}),
)


@dataclass(frozen=True, slots=True)
class Azure:
    """A deployment at Azure OpenAI.

    ``base_url`` is the resource (``https://{resource}.openai.azure.com``), by default ``AZURE_OPENAI_ENDPOINT`` or the
    resource ``AZURE_RESOURCE_NAME``. ``api_key`` defaults to ``AZURE_OPENAI_API_KEY`` or ``AZURE_API_KEY``; without it
    a token of Entra ID is shown: ``ad_token``, ``AZURE_OPENAI_AD_TOKEN``, or what the session's ``get_token`` gives,
    which is asked for each dial. Servers on this machine may do without a key.
    """

    model: str = "gpt-realtime"
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = field(default=None, repr=False)
    ad_token: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    id: str = "azure"
    capabilities: Capabilities = field(default=CAPABILITIES, repr=False)
    dialect: Dialect = field(default=GA, repr=False)

    keys: ClassVar[tuple[str, ...]] = ("AZURE_OPENAI_API_KEY", "AZURE_API_KEY")
    places: ClassVar[tuple[str, ...]] = ("AZURE_OPENAI_ENDPOINT",)

    def codec(self) -> OpenAICodec:
        return OpenAICodec(self.dialect)

    def endpoint(self, token: str | None = None, url: str | None = None) -> Endpoint:
        """Where to dial. Raises :class:`MissingKeyError` without token and key, except on this machine, and
        :class:`ConfigurationError` where nobody says which resource."""
        address = url or self._address
        return Endpoint(url=address, headers=self._headers(token, address))

    def token_request(self, config: SessionConfig, *, expires_s: int | None = None) -> TokenRequest:
        """Ask Azure for a token of such a session. Raises :class:`ConfigurationError` where this API has none."""
        if not self.capabilities.ephemeral_tokens:
            raise ConfigurationError(f"{self.id} has no ephemeral tokens")
        session = {**self.dialect.session(config), "model": self.model}
        base = f"{self._resource}/openai/v1"
        return secret_request(base, session, self._headers(None, base), expires_s=expires_s)

    def client_secret(self, answer: Mapping[str, Any]) -> ClientSecret:
        return read_client_secret(answer, self._address)

    @property
    def _resource(self) -> str:
        name = from_environment("AZURE_RESOURCE_NAME")
        named = f"https://{name}.openai.azure.com" if name else None
        given = self.base_url or from_environment(*self.places) or named
        if given is None:
            raise ConfigurationError(f"{self.id} needs its resource: set {self.places[0]}, or pass base_url=…")
        resource = checked(given).partition("?")[0].rstrip("/")
        path = next((path for path in PATHS if resource.endswith(path)), "")
        return resource.removesuffix(path)

    @property
    def _address(self) -> str:
        return asking(realtime_url(self._resource, "/openai/v1/realtime"), model=self.model)

    def _headers(self, token: str | None, address: str) -> dict[str, str]:
        bearer = token or (None if self.api_key else self.ad_token)
        key = None if bearer else self.api_key or from_environment(*self.keys)
        bearer = bearer or (None if key else from_environment("AZURE_OPENAI_AD_TOKEN"))
        if bearer is not None:
            return {"Authorization": f"Bearer {bearer}", **self.headers}
        if key is None and not is_local(address):
            raise missing_key("Azure", self.keys[0])
        return {**({"api-key": key} if key is not None else {}), **self.headers}


@dataclass(frozen=True, slots=True)
class AzurePreview(Azure):
    """A deployment behind the API as it was before GA; ``api_version`` defaults to ``OPENAI_API_VERSION``."""

    id: str = "azure-preview"
    capabilities: Capabilities = field(default=PREVIEW, repr=False)
    dialect: Dialect = field(default=BETA, repr=False)
    api_version: str | None = None

    @property
    def _address(self) -> str:
        version = self.api_version or from_environment("OPENAI_API_VERSION") or "2025-04-01-preview"
        address = realtime_url(self._resource, "/openai/realtime")
        return asking(address, **{"api-version": version, "deployment": self.model})


@dataclass(frozen=True, slots=True)
class AzureVoiceLive(Azure):
    """A model behind Voice Live. Its variables are ``AZURE_VOICELIVE_ENDPOINT``, ``AZURE_VOICELIVE_API_KEY`` and
    ``AZURE_VOICELIVE_API_VERSION``, and then those of Azure OpenAI."""

    id: str = "azure-voice-live"
    capabilities: Capabilities = field(default=VOICES, repr=False)
    dialect: Dialect = field(default=VOICE_LIVE, repr=False)
    api_version: str | None = None

    keys: ClassVar[tuple[str, ...]] = ("AZURE_VOICELIVE_API_KEY", *Azure.keys)
    places: ClassVar[tuple[str, ...]] = ("AZURE_VOICELIVE_ENDPOINT", *Azure.places)

    @property
    def _address(self) -> str:
        version = self.api_version or from_environment("AZURE_VOICELIVE_API_VERSION") or "2026-07-15"
        address = realtime_url(self._resource, "/voice-live/realtime")
        return asking(address, **{"api-version": version, "model": self.model})


def azure(**options: Any) -> Azure:
    """Azure OpenAI as these options want it: whoever names an API version means the API that has versions."""
    return AzurePreview(id="azure", **options) if options.get("api_version") else Azure(**options)
