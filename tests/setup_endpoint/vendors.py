"""What each vendor is asked for a token, and what it answers."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from realtime_rx.abc import Provider
from realtime_rx.providers import (
    XAI,
    Azure,
    Cartesia,
    ElevenLabs,
    Gateway,
    Google,
    Local,
    OpenAI,
    OpenAITranscription,
    OpenAITranslation,
)

from .asking import KEY

BEARER = ("Authorization", f"Bearer {KEY}")
CLIENT_SECRET = {"value": "ek_0123456789abcdef", "expires_at": 1_800_000_000, "session": {}}
GEMINI = "google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained"

Settings = Callable[[dict[str, Any]], object]


class Vendor(Struct, frozen=True, kw_only=True):
    """The provider ``made`` for an address; what it asks for there, with the key in the header that is ``shown``.

    ``answer`` is made for the server's address. ``voice`` is where in the request the client's wish is found, None
    where a vendor hears of settings in the session only.
    """

    made: Callable[[str], Provider]
    path: str
    shown: tuple[str, str] | None = BEARER
    method: str = "POST"
    answer: Callable[[str], dict[str, Any]] = lambda url: CLIENT_SECRET
    token: str = "ek_0123456789abcdef"
    dialled: str
    voice: Settings | None = None


def of_session(body: dict[str, Any]) -> object:
    return body["session"]["audio"]["output"]["voice"]


def of_setup(body: dict[str, Any]) -> object:
    speech = body["bidiGenerateContentSetup"]["generationConfig"]["speechConfig"]
    return speech["voiceConfig"]["prebuiltVoiceConfig"]["voiceName"]


VENDORS = {
    "azure": Vendor(
        made=lambda url: Azure(api_key=KEY, base_url=url),
        path="/openai/v1/realtime/client_secrets",
        shown=("api-key", KEY),
        dialled="/openai/v1/realtime?model=gpt-realtime",
        voice=of_session,
    ),
    "cartesia": Vendor(
        made=lambda url: Cartesia(api_key=KEY, base_url=url),
        path="/access-token",
        answer=lambda url: {"token": "eyJ.0123456789.abcdef"},
        token="eyJ.0123456789.abcdef",
        dialled="/stt/turns/websocket?model=ink-2&encoding=pcm_s16le&sample_rate=16000&cartesia_version=2026-08-14",
    ),
    "elevenlabs": Vendor(
        made=lambda url: ElevenLabs(model="agent_1", api_key=KEY, base_url=url),
        method="GET",
        path="/v1/convai/conversation/get-signed-url?agent_id=agent_1",
        shown=("xi-api-key", KEY),
        answer=lambda url: {"signed_url": f"{url.replace('http', 'ws')}/v1/convai?conversation_signature=cvtkn_0123"},
        token="cvtkn_0123",
        dialled="/v1/convai?conversation_signature=cvtkn_0123",
    ),
    "gateway": Vendor(
        made=lambda url: Gateway(api_key=KEY, base_url=f"{url}/v4/ai"),
        path="/v1/realtime/client-secrets",
        answer=lambda url: {"token": "vcst_0123456789abcdef", "expiresAt": 1_800_000_000},
        token="vcst_0123456789abcdef",
        dialled="/v4/ai/realtime-model?ai-model-id=openai%2Fgpt-realtime-2.1",
    ),
    "google": Vendor(
        made=lambda url: Google(api_key=KEY, base_url=url),
        path="/v1alpha/auth_tokens",
        shown=("x-goog-api-key", KEY),
        answer=lambda url: {"name": "auth_tokens/0123456789abcdef"},
        token="auth_tokens/0123456789abcdef",
        dialled=f"/ws/{GEMINI}",
        voice=of_setup,
    ),
    "local": Vendor(
        made=lambda url: Local(base_url=f"{url}/v1/realtime"),
        path="/v1/realtime/client_secrets?sessions=1",
        shown=None,
        dialled="/v1/realtime?model=local-1",
        voice=of_session,
    ),
    "openai": Vendor(
        made=lambda url: OpenAI(api_key=KEY, base_url=f"{url}/v1"),
        path="/v1/realtime/client_secrets",
        dialled="/v1/realtime?model=gpt-realtime",
        voice=of_session,
    ),
    "openai-transcription": Vendor(
        made=lambda url: OpenAITranscription(api_key=KEY, base_url=f"{url}/v1"),
        path="/v1/realtime/client_secrets",
        dialled="/v1/realtime?intent=transcription",
    ),
    "openai-translation": Vendor(
        made=lambda url: OpenAITranslation(api_key=KEY, base_url=f"{url}/v1"),
        path="/v1/realtime/translations/client_secrets",
        dialled="/v1/realtime/translations?model=gpt-realtime-translate",
    ),
    "xai": Vendor(
        made=lambda url: XAI(api_key=KEY, base_url=f"{url}/v1"),
        path="/v1/realtime/client_secrets",
        dialled="/v1/realtime?model=grok-voice-latest",
    ),
}
