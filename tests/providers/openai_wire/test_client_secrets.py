"""Ephemeral tokens of OpenAI's kind: the request, and the answer."""

from typing import Any

import pytest

from realtime_rx.config import SessionConfig, TurnDetection
from realtime_rx.errors import MissingKeyError, ProtocolError
from realtime_rx.providers import Local, OpenAI
from realtime_rx.providers.openai_wire.client_secrets import http_url, read_client_secret

KEY = "sk-secret-0123456789abcdef"
CONFIG = SessionConfig(voice="marin", turn_detection=TurnDetection.disabled())


def test_the_session_is_in_the_request() -> None:
    """OpenAI is asked for a token of this model with these settings, with the key in a header and nowhere else."""
    request = OpenAI(model="gpt-realtime", api_key=KEY).token_request(CONFIG, expires_s=60)
    assert (request.method, request.url) == ("POST", "https://api.openai.com/v1/realtime/client_secrets")
    assert request.headers == {"Authorization": f"Bearer {KEY}"}
    assert request.body == {
        "session": {
            "type": "realtime",
            "model": "gpt-realtime",
            "audio": {"input": {"turn_detection": None}, "output": {"voice": "marin"}},
        },
        "expires_after": {"anchor": "created_at", "seconds": 60},
    }
    assert KEY not in repr(request)


def test_the_server_decides_how_long_by_default() -> None:
    """Where nobody says how long a token lives, the request does not either."""
    assert OpenAI(api_key=KEY).token_request(SessionConfig()).body == {
        "session": {"type": "realtime", "model": "gpt-realtime"}
    }


def test_there_is_no_token_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token cannot be asked for without a key, and the error says what to set."""
    for variable in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(MissingKeyError, match="OPENAI_API_KEY"):
        OpenAI().token_request(SessionConfig())


def test_the_answer_says_where_to_dial() -> None:
    """A client secret holds the token, when it expires, and the address of the model; its repr shows no token."""
    secret = OpenAI(api_key=KEY).client_secret({"value": "ek_0123456789", "expires_at": 1_800_000_000})
    assert (secret.token, secret.expires_at) == ("ek_0123456789", 1_800_000_000)
    assert secret.url == "wss://api.openai.com/v1/realtime?model=gpt-realtime"
    assert "ek_0123456789" not in repr(secret)


@pytest.mark.parametrize("answer", [{}, {"value": ""}, {"value": 7}, {"error": {"message": "no"}}])
def test_an_answer_without_a_token_is_wrong(answer: dict[str, Any]) -> None:
    """An answer that holds no token is a ProtocolError."""
    with pytest.raises(ProtocolError, match="value"):
        read_client_secret(answer, "wss://server.example/v1/realtime")


@pytest.mark.parametrize("expires_at", [None, "soon", True, -1])
def test_an_expiry_that_makes_no_sense_is_none(expires_at: object) -> None:
    """A token whose expiry nobody understands is still a token."""
    secret = read_client_secret({"value": "ek_1", "expires_at": expires_at}, "wss://server.example")
    assert secret.expires_at is None


@pytest.mark.parametrize(
    "base",
    ["http://host:1/v1", "http://host:1/v1/", "ws://host:1/v1/realtime", "ws://host:1/v1"],
)
def test_any_form_of_the_address_will_do(base: str) -> None:
    """The address for tokens is found from the API's address and from that of its WebSocket."""
    assert http_url(base, "/realtime/client_secrets") == "http://host:1/v1/realtime/client_secrets"


def test_the_embedded_provider_makes_tokens_for_one_session() -> None:
    """The embedded provider is asked in the same way, for a token that opens one session."""
    local = Local(base_url="ws://127.0.0.1:8765/v1/realtime")
    request = local.token_request(CONFIG)
    assert request.url == "http://127.0.0.1:8765/v1/realtime/client_secrets?sessions=1"
    assert local.client_secret({"value": "ek_1"}).url == "ws://127.0.0.1:8765/v1/realtime?model=local-1"
