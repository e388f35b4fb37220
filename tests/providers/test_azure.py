"""Azure OpenAI, its preview and Voice Live: where they are dialled, what they are shown, what they are told."""

import json
import os
from typing import Any

import pytest

from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError
from realtime_rx.events import SessionUpdated, UpdateSession
from realtime_rx.formats import PCM16_16K, AudioFormat
from realtime_rx.providers import Azure, AzurePreview, get_provider

KEY = "canary-0123456789abcdef"
RESOURCE = "https://res.openai.azure.com"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("AZURE_", "OPENAI_")):
            monkeypatch.delenv(name)


def settings(config: SessionConfig) -> dict[str, Any]:
    """What Voice Live is told in its first frame."""
    (frame,) = get_provider("azure-voice-live").codec().encode(UpdateSession(config))
    return json.loads(frame)["session"]


@pytest.mark.parametrize(
    "base_url", [RESOURCE, f"{RESOURCE}/", f"{RESOURCE}/openai/v1", "wss://res.openai.azure.com/openai/v1/realtime"]
)
def test_azure_finds_its_path(base_url: str) -> None:
    """However much of the address was copied, the deployment is dialled at the GA path of its resource."""
    endpoint = Azure("my deployment", api_key=KEY, base_url=base_url).endpoint()
    assert endpoint.url == "wss://res.openai.azure.com/openai/v1/realtime?model=my+deployment"
    assert endpoint.headers == {"api-key": KEY}


def test_azure_shows_a_token_of_entra_as_a_bearer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token goes into another header than a key: given for the dial, as an argument, or in the environment."""
    bearer = {"Authorization": "Bearer entra"}
    assert Azure(base_url=RESOURCE, api_key=KEY).endpoint("entra").headers == bearer
    assert Azure(base_url=RESOURCE, ad_token="entra").endpoint().headers == bearer
    monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", "entra")
    assert Azure(base_url=RESOURCE).endpoint().headers == bearer
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
    assert Azure(base_url=RESOURCE).endpoint().headers == {"api-key": KEY}


def test_azure_reads_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resource and key come from the variables that Microsoft's and Vercel's packages read."""
    with pytest.raises(ConfigurationError, match="AZURE_OPENAI_ENDPOINT"):
        Azure(api_key=KEY).endpoint()
    monkeypatch.setenv("AZURE_RESOURCE_NAME", "named")
    assert Azure(api_key=KEY).endpoint().address == "wss://named.openai.azure.com/openai/v1/realtime"
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", RESOURCE)
    assert Azure(api_key=KEY).endpoint().address == "wss://res.openai.azure.com/openai/v1/realtime"
    monkeypatch.setenv("AZURE_VOICELIVE_ENDPOINT", "https://live.example")
    monkeypatch.setenv("AZURE_VOICELIVE_API_KEY", KEY)
    live = get_provider("azure-voice-live:gpt-5").endpoint()
    assert live.url == "wss://live.example/voice-live/realtime?api-version=2026-07-15&model=gpt-5"
    assert live.headers == {"api-key": KEY}


def test_an_api_version_means_the_preview() -> None:
    """Azure with an API version is the API that has versions, with its own path and its own way of saying things."""
    provider = get_provider("azure:dep", api_key=KEY, base_url=RESOURCE, api_version="2025-04-01-preview")
    assert isinstance(provider, AzurePreview)
    assert provider.id == "azure"
    assert provider.endpoint().url == (
        "wss://res.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&deployment=dep"
    )
    (frame,) = provider.codec().encode(UpdateSession(SessionConfig(output_modalities=("audio",))))
    assert json.loads(frame)["session"] == {"modalities": ["text", "audio"]}


def test_azure_mints_tokens_at_its_resource() -> None:
    """A token is asked for at the GA path with the key in its own header; the preview and Voice Live have none."""
    request = Azure("dep", api_key=KEY, base_url=RESOURCE).token_request(SessionConfig(voice="v"), expires_s=60)
    assert request.url == f"{RESOURCE}/openai/v1/realtime/client_secrets"
    assert request.headers == {"api-key": KEY}
    assert request.body is not None
    assert request.body["session"] == {"type": "realtime", "model": "dep", "audio": {"output": {"voice": "v"}}}
    for name in ("azure-preview", "azure-voice-live"):
        provider = get_provider(name, api_key=KEY, base_url=RESOURCE)
        assert not provider.capabilities.ephemeral_tokens
        with pytest.raises(ConfigurationError, match="no ephemeral tokens"):
            provider.token_request(SessionConfig())


def test_voice_live_is_told_whose_a_voice_is() -> None:
    """A name that begins with a locale is one of Azure's voices, any other one of OpenAI's; an object is as it is."""
    assert settings(SessionConfig(voice="marin"))["voice"] == {"type": "openai", "name": "marin"}
    named = settings(SessionConfig(voice="en-US-AvaMultilingualNeural"))
    assert named["voice"] == {"type": "azure-standard", "name": "en-US-AvaMultilingualNeural"}
    own = {"type": "azure-custom", "name": "mine", "endpoint_id": "e"}
    assert settings(SessionConfig(voice="x", provider_options={"voice": own}))["voice"] == own


def test_voice_live_takes_what_only_it_has() -> None:
    """Its own turn detection, noise suppression, echo cancellation and avatar go through as they are given."""
    options: dict[str, Any] = {
        "turn_detection": {"type": "azure_semantic_vad", "remove_filler_words": True},
        "input_audio_noise_reduction": {"type": "azure_deep_noise_suppression"},
        "input_audio_echo_cancellation": {"type": "server_echo_cancellation"},
        "output_audio_timestamp_types": ["word"],
        "avatar": {"character": "lisa"},
    }
    told = settings(SessionConfig(input_format=PCM16_16K, provider_options=options))
    assert told == {"input_audio_format": "pcm16", "input_audio_sampling_rate": 16000, **options}


VOICE_LIVE_ONLY = ["response.animation_viseme.delta", "response.audio_timestamp.delta", "session.avatar.connecting"]


@pytest.mark.parametrize("kind", [*VOICE_LIVE_ONLY, "warning"])
def test_what_only_voice_live_says_is_passed_on(kind: str) -> None:
    """Visemes, word timestamps, avatars and warnings reach whoever listens as they came."""
    frame = {"type": kind, "event_id": "e", "text": "Hi", "audio_offset_ms": 5}
    (event,) = get_provider("azure-voice-live").codec().decode(json.dumps(frame))
    assert (event.type, event.raw) == ("custom", frame)


def test_the_slower_formats_of_voice_live_are_read() -> None:
    """The rate that is in force is read from the words and the field that Voice Live has for it."""
    session = {"input_audio_format": "pcm16", "input_audio_sampling_rate": 16000, "output_audio_format": "pcm16_8000hz"}
    (event,) = (
        get_provider("azure-voice-live").codec().decode(json.dumps({"type": "session.updated", "session": session}))
    )
    assert isinstance(event, SessionUpdated)
    assert (event.input_format, event.output_format) == (PCM16_16K, AudioFormat(rate=8000))
