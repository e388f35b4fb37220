"""Who may connect: what the sockets do not show."""

from http import HTTPStatus

import pytest

from realtime_rx.local.gate import Admission, Gate, Handshake, Refusal


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def key(value: str) -> Handshake:
    return Handshake(target="/v1/realtime", authorization=f"Bearer {value}")


def issued(gate: Gate, body: bytes) -> tuple[str, int]:
    answer = gate.issue(body, "Bearer key", None)
    assert not isinstance(answer, Refusal)
    return answer["value"], answer["expires_at"]


def test_a_secret_expires() -> None:
    """A client secret opens nothing once its time is over."""
    clock = Clock()
    gate = Gate("key", clock)
    value, expires_at = issued(gate, b'{"expires_after": {"anchor": "created_at", "seconds": 60}}')
    assert expires_at == 1060
    clock.now = 1059
    assert isinstance(gate.admit(key(value)), Admission)
    clock.now = 1060
    refused = gate.admit(key(value))
    assert isinstance(refused, Refusal)
    assert refused.status == HTTPStatus.UNAUTHORIZED


def test_the_life_of_a_secret_has_limits() -> None:
    """A life below 10 s or above two hours is brought into that range; the default is ten minutes."""
    gate = Gate("key", Clock())
    lives = [issued(gate, body)[1] - 1000 for body in (b'{"expires_after":{"seconds":1}}', b"{}")]
    assert lives == [10, 600]
    assert issued(gate, b'{"expires_after":{"seconds":999999}}')[1] == 8200


def test_expired_secrets_are_forgotten() -> None:
    """Secrets do not pile up."""
    clock = Clock()
    gate = Gate(now=clock)
    for _ in range(5):
        issued(gate, b"{}")
        clock.now += 10_000
    assert len(gate._issued) == 1


def test_without_a_key_every_token_is_welcome() -> None:
    """The default server asks for no key and minds none."""
    verdict = Gate().admit(key("anything"))
    assert verdict == Admission("local", None)


def test_a_secret_for_one_session_opens_one() -> None:
    """A client secret for one session is refused the second time; any other opens as many as it is asked to."""
    gate = Gate("key")
    once, often = (gate.issue(b"{}", "Bearer key", None, once=once) for once in (True, False))
    assert isinstance(once, dict)
    assert isinstance(often, dict)
    kinds = [type(gate.admit(key(each["value"]))) for each in (once, once, often, often)]
    assert kinds == [Admission, Refusal, Admission, Admission]


def test_a_bad_secret_is_refused_even_where_no_key_is_needed() -> None:
    """Whoever shows a client secret needs a good one: an invented or spent one opens nothing."""
    gate = Gate()
    refused = gate.admit(key("ek_invented"))
    assert isinstance(refused, Refusal)
    assert refused.status == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://localhost@shop.example", "null", ""])
def test_an_origin_that_makes_no_sense_is_elsewhere(origin: str) -> None:
    """A page whose origin cannot be read, or that pretends, is not of this computer: no session, no secret."""
    gate = Gate()
    for refused in (gate.admit(Handshake(target="/v1/realtime", origin=origin)), gate.issue(b"{}", None, origin)):
        assert isinstance(refused, Refusal)
        assert refused.status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("target", ["//[", "//[/v1/realtime?model=m", "?", ""])
def test_a_target_that_makes_no_sense_is_not_found(target: str) -> None:
    """What is no address leads nowhere."""
    refused = Gate().admit(Handshake(target=target))
    assert isinstance(refused, Refusal)
    assert refused.status == HTTPStatus.NOT_FOUND


def test_a_key_that_is_no_text_is_wrong() -> None:
    """Bytes in a header that are no Unicode are a wrong key."""
    refused = Gate("key").admit(key("\udcff"))
    assert isinstance(refused, Refusal)
    assert refused.status == HTTPStatus.UNAUTHORIZED


def test_a_secret_lets_in_a_page_from_elsewhere() -> None:
    """A page of another computer may connect with a client secret, and with nothing else."""
    gate = Gate()
    value, _ = issued(gate, b"{}")
    page = "https://shop.example"
    without = gate.admit(Handshake(target="/v1/realtime", origin=page))
    assert isinstance(without, Refusal)
    assert without.status == HTTPStatus.FORBIDDEN
    subprotocols = ("realtime", f"openai-insecure-api-key.{value}")
    assert isinstance(gate.admit(Handshake(target="/v1/realtime", origin=page, subprotocols=subprotocols)), Admission)
