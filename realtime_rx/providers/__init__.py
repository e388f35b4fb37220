"""Providers by name: ``get_provider("openai:gpt-realtime")``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from realtime_rx.abc import Provider
from realtime_rx.errors import ConfigurationError, UnknownProviderError
from realtime_rx.providers.azure import Azure, AzurePreview, AzureVoiceLive, azure
from realtime_rx.providers.cartesia import Cartesia
from realtime_rx.providers.elevenlabs import ElevenLabs
from realtime_rx.providers.gateway import Gateway
from realtime_rx.providers.google import Google
from realtime_rx.providers.local import Local
from realtime_rx.providers.openai import OpenAI, OpenAIBeta, OpenAITranscription
from realtime_rx.providers.openai_translation import OpenAITranslation
from realtime_rx.providers.xai import XAI

__all__ = [
    "Azure",
    "AzurePreview",
    "AzureVoiceLive",
    "Cartesia",
    "ElevenLabs",
    "Gateway",
    "get_provider",
    "Google",
    "Local",
    "OpenAI",
    "OpenAIBeta",
    "OpenAITranscription",
    "OpenAITranslation",
    "PROVIDERS",
    "XAI",
]

PROVIDERS: dict[str, Callable[..., Provider]] = {
    "azure": azure,
    "azure-preview": AzurePreview,
    "azure-voice-live": AzureVoiceLive,
    "cartesia": Cartesia,
    "elevenlabs": ElevenLabs,
    "gateway": Gateway,
    "google": Google,
    "local": Local,
    "openai": OpenAI,
    "openai-beta": OpenAIBeta,
    "openai-transcription": OpenAITranscription,
    "openai-translation": OpenAITranslation,
    "xai": XAI,
}
"""What makes a provider, by the name in front of the colon."""


def get_provider(name: str | Provider, **options: Any) -> Provider:
    """The provider that ``"openai:gpt-realtime"`` or ``"local"`` names; a provider is given back as it is.

    ``options`` (``api_key``, ``base_url``, …) go to the provider. Raises :class:`UnknownProviderError` naming the known
    ones, and :class:`ConfigurationError` for options that the provider does not have.
    """
    if not isinstance(name, str):
        if not hasattr(name, "capabilities"):
            raise ConfigurationError(
                f"a model is named by a text, or is a provider; it cannot be of type {type(name).__name__}"
            )
        return name
    provider_id, _, model = name.partition(":")
    make = PROVIDERS.get(provider_id)
    if make is None:
        raise UnknownProviderError(f"no provider {provider_id!r}; there are: {', '.join(sorted(PROVIDERS))}")
    try:
        return make(**({"model": model} if model else {}), **options)
    except TypeError as error:
        raise ConfigurationError(f"{provider_id}: {error}") from error
