"""Where Gemini is dialled, with which credentials, and how tokens are minted."""

import re
from datetime import datetime
from typing import Any

import msgspec
import pytest

from realtime_rx.abc import MintsTokens
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError, MissingKeyError, ProtocolError
from realtime_rx.events import UpdateSession
from realtime_rx.providers import Google, get_provider
from realtime_rx.providers.google import KEYS

KEY = "AIza-very-secret-key"
TOKEN = "auth_tokens/0123456789abcdef"
LIVE = "wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)


def test_a_name_is_a_model() -> None:
    """The model behind the colon is the one that is set up."""
    provider = get_provider("google:gemini-2.5-flash-native-audio-latest", api_key=KEY)
    assert isinstance(provider, Google)
    (setup,) = provider.codec().encode(UpdateSession(SessionConfig()))
    assert msgspec.json.decode(setup)["setup"]["model"] == "models/gemini-2.5-flash-native-audio-latest"


def test_a_key_goes_into_a_header() -> None:
    """A key is shown in a header of the plain method, and is in no address."""
    endpoint = Google(api_key=KEY, headers={"X-Project": "p"}).endpoint()
    assert endpoint.url == f"{LIVE}.v1beta.GenerativeService.BidiGenerateContent"
    assert endpoint.headers == {"x-goog-api-key": KEY, "X-Project": "p"}


@pytest.mark.parametrize("provider", [Google(api_key=TOKEN), Google(api_key=KEY)])
def test_a_token_goes_to_the_constrained_method(provider: Google) -> None:
    """An ephemeral token goes before the key, as an authorization, to the method that takes it."""
    endpoint = provider.endpoint(TOKEN)
    assert endpoint.url == f"{LIVE}.v1alpha.GenerativeService.BidiGenerateContentConstrained"
    assert endpoint.headers == {"Authorization": f"Token {TOKEN}"}


def test_an_address_from_outside_is_used_as_it_is() -> None:
    """A given address is dialled; where it is the constrained method the token is shown as such."""
    url = "wss://example.org/BidiGenerateContentConstrained"
    assert Google().endpoint("whatever-token", url).headers == {"Authorization": "Token whatever-token"}
    assert Google().endpoint(url=f"{url}?access_token={TOKEN}").headers == {}


@pytest.mark.parametrize("name", KEYS)
def test_the_key_comes_from_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the documented variables is looked at, and an argument goes before them."""
    monkeypatch.setenv(name, KEY)
    assert Google().endpoint().headers == {"x-goog-api-key": KEY}
    assert Google(api_key="AIza-another-key").endpoint().headers == {"x-goog-api-key": "AIza-another-key"}


def test_a_missing_key_says_what_to_do() -> None:
    """Without any key the error names the variable, the argument and the model that needs none."""
    with pytest.raises(MissingKeyError, match=r"GEMINI_API_KEY.*api_key=.*local"):
        Google().endpoint()
    with pytest.raises(MissingKeyError):
        Google().token_request(SessionConfig())


def test_other_servers_are_dialled() -> None:
    """Another base address is used; this machine asks for no key; what is no address is refused."""
    assert Google(base_url="http://127.0.0.1:9/").endpoint().url.startswith("ws://127.0.0.1:9/ws/google.ai")
    assert Google(base_url="http://127.0.0.1:9").endpoint().headers == {}
    with pytest.raises(ConfigurationError, match="base_url must be"):
        Google(api_key=KEY, base_url="example.org").endpoint()


def test_vertex_is_reached_by_its_own_address() -> None:
    """A whole WebSocket address is dialled as it is, with the headers that were given for it."""
    url = "wss://us-central1-aiplatform.googleapis.com/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent"
    shown = {"Authorization": "Bearer vertex"}
    endpoint = Google("projects/p/locations/l/publishers/google/models/m", base_url=url, headers=shown).endpoint()
    assert (endpoint.url, endpoint.headers) == (url, shown)


def moment(text: Any) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_a_token_is_asked_for_one_session() -> None:
    """A token is for one session with these settings, to be begun in so many seconds, and lasts for half an hour."""
    provider = Google("gemini-x", api_key=KEY)
    assert isinstance(provider, MintsTokens)
    request = provider.token_request(SessionConfig(instructions="Be brief."), expires_s=600)
    assert (request.method, request.headers) == ("POST", {"x-goog-api-key": KEY})
    assert request.url == "https://generativelanguage.googleapis.com/v1alpha/auth_tokens"
    assert request.body is not None
    setup = request.body["bidiGenerateContentSetup"]
    assert (request.body["uses"], setup["model"]) == (1, "models/gemini-x")
    assert setup["systemInstruction"] == {"parts": [{"text": "Be brief."}]}
    begins, ends = moment(request.body["newSessionExpireTime"]), moment(request.body["expireTime"])
    assert ends - begins == 1200


def test_a_token_is_found_in_the_answer() -> None:
    """Google's answer names the token and by when it has to be used; one without a token is an error."""
    times = {"newSessionExpireTime": "2026-01-01T00:00:00Z", "expireTime": "2026-01-01T00:30:00Z"}
    secret = Google("m").client_secret({"name": TOKEN, **times})
    assert (secret.token, secret.expires_at) == (TOKEN, 1_767_225_600.0)
    assert Google().endpoint(secret.token, secret.url).headers == {"Authorization": f"Token {TOKEN}"}
    assert Google().client_secret({"name": TOKEN, "expireTime": "soon"}).expires_at is None
    with pytest.raises(ProtocolError, match="no token"):
        Google().client_secret({"error": {"message": "no"}})


def test_credentials_are_shown_nowhere() -> None:
    """Neither key nor token is in the repr of anything that holds one."""
    provider = Google(api_key=KEY, headers={"x": KEY})
    shown = [
        repr(each)
        for each in (
            provider, provider.endpoint(), provider.endpoint(TOKEN), provider.token_request(SessionConfig()),
            provider.client_secret({"name": TOKEN}), provider.codec(),
        )
    ]  # fmt: skip
    assert [text for text in shown if re.search(f"{KEY}|{TOKEN}", text)] == []
