"""Providers by name."""

import json
from typing import Any

import pytest

from realtime_rx.abc import Endpoint
from realtime_rx.errors import ConfigurationError, MissingKeyError, UnknownProviderError
from realtime_rx.providers import PROVIDERS, Local, OpenAI, get_provider
from realtime_rx.providers.openai_wire import realtime_url
from realtime_rx.reducer import reduce
from realtime_rx.state import SessionState

KEY = "sk-very-secret"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def test_a_name_is_a_provider_and_a_model() -> None:
    """What is in front of the colon names the provider, what is behind it the model."""
    provider = get_provider("openai:gpt-realtime-mini", api_key=KEY)
    assert isinstance(provider, OpenAI)
    assert (provider.id, provider.model, provider.api_key) == ("openai", "gpt-realtime-mini", KEY)


def test_a_model_has_a_default() -> None:
    """A provider named without a model has a model of its own."""
    assert get_provider("openai").model == "gpt-realtime"
    assert isinstance(get_provider("local"), Local)


def test_a_provider_is_given_back() -> None:
    """A provider in place of a name is used as it is."""
    provider = OpenAI("m")
    assert get_provider(provider) is provider


def test_an_unknown_provider_is_refused() -> None:
    """A name that no provider has is an error that lists the known names."""
    with pytest.raises(UnknownProviderError, match=r"no provider 'nobody'; there are: .*local, .*openai"):
        get_provider("nobody:m")


def test_an_unknown_option_is_refused() -> None:
    """An option that the provider does not have is an error that names both."""
    with pytest.raises(ConfigurationError, match=r"openai: .*'colour'"):
        get_provider("openai", colour="red")


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_has_a_codec_for_each_connection(name: str) -> None:
    """Every provider has its own id and gives a fresh codec each time."""
    provider = get_provider(name)
    assert provider.id == name
    assert provider.codec() is not provider.codec()


def test_a_key_goes_into_a_header() -> None:
    """The key is sent as a bearer token, and the model in the address."""
    endpoint = OpenAI("a b", api_key=KEY, headers={"X-Project": "p"}).endpoint()
    assert endpoint.url == "wss://api.openai.com/v1/realtime?model=a+b"
    assert endpoint.headers == {"Authorization": f"Bearer {KEY}", "X-Project": "p"}


def test_a_token_goes_before_a_key() -> None:
    """An ephemeral token is used in place of the key, and an address from outside as it is."""
    endpoint = OpenAI(api_key=KEY).endpoint("ek_1", "wss://example.org/x")
    assert endpoint == Endpoint(url="wss://example.org/x", headers={"Authorization": "Bearer ek_1"})


def test_key_and_address_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """OPENAI_API_KEY and OPENAI_BASE_URL are used where no argument is given."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://gateway.example/api/")
    endpoint = OpenAI("m").endpoint()
    assert endpoint.url == "ws://gateway.example/api/realtime?model=m"
    assert endpoint.headers["Authorization"] == f"Bearer {KEY}"


def test_a_missing_key_says_what_to_do() -> None:
    """Without any key the error names the variable, the argument and the model that needs none."""
    with pytest.raises(MissingKeyError, match=r"OPENAI_API_KEY.*api_key=.*local"):
        OpenAI().endpoint()


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:1", "[::1]:1"])
def test_this_machine_asks_for_no_key(host: str) -> None:
    """A server on this machine is dialled without a key."""
    assert OpenAI(base_url=f"http://{host}/v1").endpoint().headers == {}


@pytest.mark.parametrize("base_url", ["api.example.org", "ftp://example.org", "https://", ""])
def test_a_wrong_address_is_refused(base_url: str) -> None:
    """A base address that is no HTTP or WebSocket address is an error that shows it."""
    if not base_url:
        assert OpenAI(api_key=KEY, base_url=base_url).endpoint().url.startswith("wss://api.openai.com")
        return
    with pytest.raises(ConfigurationError, match="base_url must be"):
        OpenAI(api_key=KEY, base_url=base_url).endpoint()


@pytest.mark.parametrize(
    ("base", "full"),
    [
        ("https://a.example/v1", "wss://a.example/v1/realtime"),
        ("http://a.example/v1/", "ws://a.example/v1/realtime"),
        ("wss://a.example/v1/realtime", "wss://a.example/v1/realtime"),
        ("https://a.example/openai?api-version=1", "wss://a.example/openai/realtime?api-version=1"),
    ],
)
def test_an_address_becomes_a_socket_address(base: str, full: str) -> None:
    """HTTP becomes WebSocket, the path is added where it is missing, and a query stays at the end."""
    assert realtime_url(base) == full


def test_the_embedded_provider_needs_an_address() -> None:
    """The embedded provider dials the address it was given, and says what to do without one."""
    assert Local(base_url="http://127.0.0.1:9/v1").endpoint().url == "ws://127.0.0.1:9/v1/realtime?model=local-1"
    assert Local().endpoint("t", "ws://127.0.0.1:9").headers == {"Authorization": "Bearer t"}
    with pytest.raises(ConfigurationError, match="not running"):
        Local().endpoint()


def test_a_key_is_shown_nowhere() -> None:
    """A key is in no repr of a provider, of an endpoint or of an address with a key in its query."""
    provider = OpenAI(api_key=KEY, headers={"api-key": KEY})
    shown = [repr(provider), repr(provider.endpoint()), repr(provider.endpoint(url=f"wss://a.example/?key={KEY}"))]
    assert [text for text in shown if KEY in text] == []


@pytest.mark.parametrize(
    "session",
    [
        {"client_secret": KEY},
        {"id": "s", "client_secret": {"value": KEY, "expires_at": 1}},
        {"id": "s", "tools": [{"type": "function"}, {"type": "mcp", "server_label": "x", "authorization": KEY}]},
    ],
)
@pytest.mark.parametrize("kind", ["session.created", "session.updated"])
def test_a_key_is_not_in_the_state(kind: str, session: dict[str, Any]) -> None:
    """A key that a server echoes in its session description reaches neither the state nor the ring."""
    (event,) = OpenAI().codec().decode(json.dumps({"type": kind, "session": session}))
    state, _ = reduce(SessionState(), event)
    assert state.session_id == session.get("id")
    assert state.session.keys() == session.keys()
    assert KEY not in state.to_json().decode()
    assert KEY not in repr(state)
    assert event.raw["session"] == state.session


def test_an_absent_key_is_not_hidden() -> None:
    """A null `client_secret`, as the GA protocol has it, stays null."""
    (event,) = OpenAI().codec().decode('{"type":"session.created","session":{"client_secret":null}}')
    assert reduce(SessionState(), event)[0].session == {"client_secret": None}
