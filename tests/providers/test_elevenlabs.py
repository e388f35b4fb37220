"""Where an agent is dialled, and how a key is exchanged for that."""

import time
from typing import Any

import pytest

from realtime_rx.abc import MintsTokens
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError, MissingKeyError, ProtocolError
from realtime_rx.providers import ElevenLabs, get_provider

KEY = "sk_canary-key-0123456789"
SIGNED = "wss://api.elevenlabs.io/v1/convai/conversation?agent_id=a&conversation_signature=cvtkn_canary"


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key of whoever runs the tests is used."""
    monkeypatch.delenv("ELEVENLABS_API_KEY", raising=False)


def test_a_public_agent_is_dialled_by_its_id() -> None:
    """Without any credential the address is the agent's own."""
    endpoint = get_provider("elevenlabs:agent_1").endpoint()
    assert endpoint.url == "wss://api.elevenlabs.io/v1/convai/conversation?agent_id=agent_1"
    assert (endpoint.headers, endpoint.subprotocols) == ({}, ())


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://api.eu.residency.elevenlabs.io", "wss://api.eu.residency.elevenlabs.io/v1/convai/conversation"),
        ("wss://api.in.residency.elevenlabs.io/", "wss://api.in.residency.elevenlabs.io/v1/convai/conversation"),
        ("http://localhost:8080/v1", "ws://localhost:8080/v1/convai/conversation"),
    ],
)
def test_a_region_is_a_base_url(base_url: str, url: str) -> None:
    """Agents of a region, or of a server of one's own, are dialled there."""
    assert ElevenLabs("a", base_url=base_url).endpoint().url == f"{url}?agent_id=a"


def test_a_key_is_not_shown_where_an_agent_is_dialled() -> None:
    """A key is for signing addresses alone."""
    endpoint = ElevenLabs("a", api_key=KEY).endpoint()
    assert KEY not in f"{endpoint.url}{endpoint.headers}{endpoint.subprotocols}"


@pytest.mark.parametrize("given", [(SIGNED, None), (None, SIGNED), ("cvtkn_canary", SIGNED)])
def test_a_signed_address_is_dialled_as_it_is(given: tuple[str | None, str | None]) -> None:
    """It may be given as the token, or as the url of a setup endpoint's answer."""
    endpoint = ElevenLabs().endpoint(*given)
    assert (endpoint.url, endpoint.subprotocols) == (SIGNED, ())
    assert "canary" not in repr(endpoint)


def test_a_conversation_token_is_a_subprotocol() -> None:
    """A token that is no address is shown as the official client in JavaScript shows it."""
    assert ElevenLabs("a").endpoint("jwt-token").subprotocols == ("convai", "bearer.jwt-token")


def test_a_signature_is_taken_out_of_refusals() -> None:
    """What a server repeats of a signed address is not repeated by us."""
    endpoint = ElevenLabs().endpoint(SIGNED)
    assert endpoint.redacted("cvtkn_canary is stale") == "*** is stale"


@pytest.mark.parametrize("provider", [ElevenLabs(), ElevenLabs("a", base_url="ftp://x"), ElevenLabs("a", base_url="x")])
def test_what_cannot_be_dialled_is_said(provider: ElevenLabs) -> None:
    """Neither an agent nor a usable address is an error of the configuration."""
    with pytest.raises(ConfigurationError):
        provider.endpoint()


def test_a_signed_address_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request names the agent and shows the key of the environment in ElevenLabs' own header."""
    monkeypatch.setenv("ELEVENLABS_API_KEY", KEY)
    provider = ElevenLabs("agent 1", base_url="https://api.eu.residency.elevenlabs.io")
    assert isinstance(provider, MintsTokens)
    request = provider.token_request(SessionConfig())
    assert request.url == (
        "https://api.eu.residency.elevenlabs.io/v1/convai/conversation/get-signed-url?agent_id=agent+1"
    )
    assert (request.method, request.headers, request.body) == ("GET", {"xi-api-key": KEY}, None)
    assert "canary" not in f"{request!r}{provider!r}"


def test_without_a_key_nothing_is_signed() -> None:
    """Asking for a signed address takes a key."""
    with pytest.raises(MissingKeyError, match="ELEVENLABS_API_KEY"):
        ElevenLabs("a").token_request(SessionConfig())


def test_a_signed_address_holds_for_a_quarter_of_an_hour() -> None:
    """The answer is an address with the token in it, and the documented time."""
    secret = ElevenLabs("a").client_secret({"signed_url": SIGNED})
    assert (secret.token, secret.url) == ("cvtkn_canary", SIGNED)
    assert secret.expires_at is not None
    assert 0 <= time.time() + 900 - secret.expires_at < 60
    assert "canary" not in repr(secret)


@pytest.mark.parametrize("answer", [{}, {"signed_url": None}, {"signed_url": ""}, {"signed_url": "https://canary"}])
def test_an_answer_without_an_address_is_an_error(answer: dict[str, Any]) -> None:
    """What is no WebSocket address is refused without being repeated."""
    with pytest.raises(ProtocolError) as caught:
        ElevenLabs("a").client_secret(answer)
    assert "canary" not in str(caught.value)
