"""Where OpenAI's family is dialled, what it is shown, and how it is told what a session shall be."""

import json
import os
from typing import Any

import pytest

from realtime_rx.abc import MintsTokens
from realtime_rx.config import SessionConfig, ToolDefinition, Transcription, TurnDetection
from realtime_rx.errors import MissingKeyError, ProtocolError
from realtime_rx.events import CommitAudio, CreateItem, CreateResponse, RawEvent, TruncateItem, UpdateSession
from realtime_rx.formats import PCM16_24K, PCMU
from realtime_rx.items import Item, TextPart
from realtime_rx.providers import PROVIDERS, Gateway, OpenAITranscription, get_provider

KEY = "canary-0123456789abcdef"
RESOURCE = "https://res.openai.azure.com"
CLOCK = ToolDefinition(name="clock", description="The time.")
CLOCK_JSON = {"type": "function", "name": "clock", "description": "The time.", "parameters": CLOCK.parameters}
CONFIG = SessionConfig(
    instructions="Be brief.",
    voice="marin",
    output_modalities=("audio",),
    input_format=PCM16_24K,
    output_format=PCMU,
    transcription=Transcription(model="m", language="de"),
    noise_reduction="near_field",
    turn_detection=TurnDetection.server(threshold=0.5, silence_duration_ms=200),
    tools=(CLOCK,),
    tool_choice="clock",
    temperature=0.7,
    max_output_tokens=50,
)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("AZURE_", "OPENAI_", "XAI_", "AI_GATEWAY_", "VERCEL_", "CARTESIA_")):
            monkeypatch.delenv(name)


def settings(name: str, config: SessionConfig = CONFIG, **options: Any) -> dict[str, Any]:
    """What the provider is told in its first frame."""
    (frame,) = get_provider(name, **options).codec().encode(UpdateSession(config))
    return json.loads(frame)["session"]


# The protocol as it was before GA


def test_a_flat_session_says_everything_at_the_top() -> None:
    """A server that speaks the beta protocol is told every setting in its own words."""
    assert settings("openai-beta") == {
        "instructions": "Be brief.",
        "modalities": ["text", "audio"],
        "voice": "marin",
        "input_audio_format": "pcm16",
        "output_audio_format": "g711_ulaw",
        "input_audio_transcription": {"model": "m", "language": "de"},
        "input_audio_noise_reduction": {"type": "near_field"},
        "turn_detection": {"type": "server_vad", "threshold": 0.5, "silence_duration_ms": 200},
        "tools": [CLOCK_JSON],
        "tool_choice": {"type": "function", "name": "clock"},
        "temperature": 0.7,
        "max_response_output_tokens": 50,
    }


def test_a_beta_server_is_shown_that_beta_is_meant() -> None:
    """The header that asks for the beta protocol goes along, and a server on this machine needs no key."""
    endpoint = get_provider("openai-beta", base_url="http://127.0.0.1:1/v1").endpoint()
    assert endpoint.headers == {"OpenAI-Beta": "realtime=v1"}


def test_beta_has_other_words_for_items_and_responses() -> None:
    """An assistant's words are `text`, and a response is asked for with `modalities`."""
    codec = get_provider("openai-beta").codec()
    (item,) = codec.encode(CreateItem(Item(id="i", role="assistant", parts=(TextPart(text="Hi"),))))
    assert json.loads(item)["item"]["content"] == [{"type": "text", "text": "Hi"}]
    (response,) = codec.encode(CreateResponse(output_modalities=("text",), max_output_tokens=5))
    assert json.loads(response)["response"] == {"modalities": ["text"], "max_response_output_tokens": 5}


# xAI


def test_xai_is_told_in_its_own_places() -> None:
    """Voice and turn detection stand at the top, formats in objects, a language is a hint, and the rest is left out."""
    assert settings("xai") == {
        "instructions": "Be brief.",
        "voice": "marin",
        "turn_detection": {"type": "server_vad", "threshold": 0.5, "silence_duration_ms": 200},
        "tools": [CLOCK_JSON],
        "tool_choice": {"type": "function", "name": "clock"},
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": 24000},
                "transcription": {"model": "m", "language_hint": "de"},
            },
            "output": {"format": {"type": "audio/pcmu"}},
        },
        "resumption": {"enabled": True},
    }


def test_xais_own_tools_stand_beside_ours() -> None:
    """The tools that xAI runs itself are added to the functions, not put in their place."""
    native = [{"type": "web_search"}, {"type": "x_search", "allowed_x_handles": ["a"]}]
    config = SessionConfig(tools=(CLOCK,), provider_options={"tools": native, "reasoning": {"effort": "none"}})
    told = settings("xai", config)
    assert told["tools"] == [CLOCK_JSON, *native]
    assert told["reasoning"] == {"effort": "none"}
    assert config.provider_options["tools"] == native


def test_xai_listens_for_silence_alone() -> None:
    """Semantic turn detection becomes silence, which is all that xAI has; turned off stays turned off."""
    semantic = settings("xai", SessionConfig(turn_detection=TurnDetection.semantic("low")))
    assert semantic["turn_detection"] == {"type": "server_vad"}
    assert settings("xai", SessionConfig(turn_detection=TurnDetection.disabled()))["turn_detection"] is None
    assert get_provider("xai").codec().encode(TruncateItem("i", 5)) == ()


def test_xai_mints_tokens_without_settings() -> None:
    """A token of xAI's is asked for with its expiry alone, and read from both shapes that its servers answer in."""
    provider = get_provider("xai", api_key=KEY)
    assert isinstance(provider, MintsTokens)
    request = provider.token_request(CONFIG, expires_s=300)
    assert (request.url, request.body) == (
        "https://api.x.ai/v1/realtime/client_secrets",
        {"expires_after": {"seconds": 300}},
    )
    for answer in ({"value": "tok", "expires_at": 9}, {"client_secret": {"value": "tok", "expires_at": 9}}):
        secret = provider.client_secret(answer)
        assert (secret.token, secret.expires_at) == ("tok", 9)
        assert secret.url == "wss://api.x.ai/v1/realtime?model=grok-voice-latest"


# Sessions of OpenAI that hold no conversation


def test_a_transcription_session_names_its_model_inside() -> None:
    """The address says what the session is for, and the settings which model listens, without VAD if it has none."""
    provider = OpenAITranscription(api_key=KEY)
    assert provider.endpoint().url == "wss://api.openai.com/v1/realtime?intent=transcription"
    expected = {
        "type": "transcription",
        "audio": {"input": {"transcription": {"model": provider.model}, "turn_detection": None}},
    }
    assert settings("openai-transcription", SessionConfig()) == expected
    request = provider.token_request(SessionConfig())
    assert request.body == {"session": expected}
    other = settings("openai-transcription", SessionConfig(), model="gpt-transcribe")
    assert other["audio"]["input"] == {"transcription": {"model": "gpt-transcribe"}}


def test_a_session_that_only_listens_asks_for_nothing() -> None:
    """What a transcription session has no verb for is not said."""
    codec = OpenAITranscription().codec()
    assert codec.encode(CreateResponse()) == ()
    assert json.loads(codec.encode(CommitAudio())[0]) == {"type": "input_audio_buffer.commit"}
    assert json.loads(codec.encode(RawEvent({"type": "x"}))[0]) == {"type": "x"}


def test_a_translation_session_has_a_place_of_its_own() -> None:
    """It is dialled, told and given tokens at its own path, with the language to translate to."""
    provider = get_provider("openai-translation", api_key=KEY)
    assert provider.endpoint().url == "wss://api.openai.com/v1/realtime/translations?model=gpt-realtime-translate"
    options = {"audio": {"output": {"language": "de"}}}
    config = SessionConfig(transcription=Transcription(model="w"), provider_options=options)
    told = {"audio": {"input": {"transcription": {"model": "w"}}, "output": {"language": "de"}}}
    assert settings("openai-translation", config) == told
    assert isinstance(provider, MintsTokens)
    request = provider.token_request(config, expires_s=60)
    assert request.url == "https://api.openai.com/v1/realtime/translations/client_secrets"
    assert request.body is not None
    assert request.body["session"] == {**told, "model": "gpt-realtime-translate"}


# The gateway


def test_the_gateway_is_shown_a_key_in_headers_and_a_token_in_subprotocols(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key, an OIDC token and an ephemeral token are each shown as the AI SDK shows them."""
    endpoint = Gateway("google/gemini-3.8-live", api_key=KEY, team="my team").endpoint()
    assert endpoint.url == "wss://ai-gateway.vercel.sh/v4/ai/realtime-model?ai-model-id=google%2Fgemini-3.8-live"
    assert endpoint.headers == {
        "Authorization": f"Bearer {KEY}",
        "ai-gateway-protocol-version": "0.0.1",
        "ai-gateway-auth-method": "api-key",
        "x-vercel-ai-gateway-team": "my team",
    }
    shown = Gateway(team="my team").endpoint("vcst_1")
    assert shown.subprotocols == ("ai-gateway-realtime.v1", "ai-gateway-auth.vcst_1", "ai-gateway-team.bXkgdGVhbQ")
    monkeypatch.setenv("VERCEL_OIDC_TOKEN", "oidc")
    assert Gateway().endpoint().headers["ai-gateway-auth-method"] == "oidc"


def test_the_gateway_mints_tokens_at_its_origin() -> None:
    """A token is asked for beside the API, for one model, and read as the gateway answers."""
    provider = Gateway("openai/m", api_key=KEY, base_url="https://gw.example/v4/ai/")
    request = provider.token_request(CONFIG, expires_s=30)
    assert (request.url, request.body) == (
        "https://gw.example/v1/realtime/client-secrets",
        {"model": "openai/m", "expiresIn": 30},
    )
    secret = provider.client_secret({"token": "vcst_1", "expiresAt": 9})
    assert (secret.token, secret.expires_at) == ("vcst_1", 9)
    assert secret.url == "wss://gw.example/v4/ai/realtime-model?ai-model-id=openai%2Fm"
    with pytest.raises(ProtocolError, match="no token"):
        provider.client_secret({"value": "x"})


# All of them

FAMILY = ["azure", "azure-preview", "azure-voice-live", "cartesia", "gateway", "openai", "openai-beta"]
FAMILY += ["openai-transcription", "openai-translation", "xai"]


@pytest.mark.parametrize("name", FAMILY)
def test_a_missing_key_is_named(name: str) -> None:
    """Without a key the error names the variable and the argument; a server on this machine is dialled without one."""
    options = {"base_url": RESOURCE} if name.startswith("azure") else {}
    with pytest.raises(MissingKeyError, match=r"_API_KEY.*api_key="):
        get_provider(name, **options).endpoint()
    assert KEY not in str(get_provider(name, base_url="http://127.0.0.1:1").endpoint().headers)


@pytest.mark.parametrize("name", FAMILY)
def test_a_key_is_shown_nowhere(name: str) -> None:
    """A key is in no repr of a provider, of where it dials, of how it asks for a token, and in no address."""
    provider = get_provider(name, api_key=KEY, base_url="https://vendor.example")
    endpoint = provider.endpoint()
    shown = [repr(provider), repr(endpoint), endpoint.url, repr(provider.endpoint(KEY))]
    if provider.capabilities.ephemeral_tokens:
        assert isinstance(provider, MintsTokens)
        shown.append(repr(provider.token_request(SessionConfig())))
    assert [text for text in shown if KEY in text] == []
    assert KEY in str(endpoint.headers)


@pytest.mark.parametrize("name", PROVIDERS)
def test_what_is_said_to_be_ignored_is_a_setting(name: str) -> None:
    """Every setting that a provider says it ignores is one that there is."""
    fields, detection = SessionConfig.__struct_fields__, TurnDetection.__struct_fields__
    known = {*fields, *(f"turn_detection.{each}" for each in detection)}
    known |= {f"transcription.{each}" for each in Transcription.__struct_fields__}
    assert get_provider(name).capabilities.ignored_config <= known
