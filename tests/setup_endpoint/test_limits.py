"""How often one client may ask, in a time that stands still until it is moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.errors import ConfigurationError
from realtime_rx.setup_endpoint import RateLimit, SetupRequest
from realtime_rx.setup_endpoint.limits import by_address


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def by(client: str | None) -> SetupRequest:
    return SetupRequest(method="POST", client=client)


def test_tokens_come_back_with_time() -> None:
    """Three at once, then one every twenty seconds; the wait that is named is the wait it takes."""
    clock = Clock()
    limit = RateLimit(3, 60, clock=clock)
    assert [limit(by("a")) for _ in range(3)] == [0, 0, 0]
    assert limit(by("a")) == pytest.approx(20)
    clock.now += 15
    assert limit(by("a")) == pytest.approx(5)
    clock.now += 5.001
    assert limit(by("a")) == 0
    assert limit(by("a")) > 0


def test_patience_is_not_saved_up() -> None:
    """Whoever waits for an hour gets no more at once than whoever waits for a minute."""
    clock = Clock()
    limit = RateLimit(2, 60, clock=clock)
    limit(by("a"))
    clock.now += 3600
    assert [limit(by("a")) > 0 for _ in range(3)] == [False, False, True]


def test_clients_do_not_share() -> None:
    """One client that asks too often does not keep others waiting."""
    limit = RateLimit(1, 60, clock=Clock())
    assert [limit(by(name)) > 0 for name in ("a", "a", "b", "b", "c")] == [False, True, False, True, False]


def test_being_refused_costs_nothing() -> None:
    """Asking while one has to wait does not make the wait longer."""
    clock = Clock()
    limit = RateLimit(1, 60, clock=clock)
    limit(by("a"))
    for _ in range(59):
        clock.now += 1
        assert limit(by("a")) > 0
    clock.now += 1.001
    assert limit(by("a")) == 0


def test_memory_is_bounded() -> None:
    """Of more clients than it may remember, it forgets those that asked longest ago."""
    limit = RateLimit(1, 60, clients=2, clock=Clock())
    for name in ("a", "b", "a", "c"):
        limit(by(name))
    assert [name for name in ("a", "c") if limit(by(name)) == 0] == []
    assert limit(by("b")) == 0


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix", "unix"),
        (None, ""),
    ],
)
def test_a_client_is_an_address(address: str | None, client: str) -> None:
    """A client is its IPv4 address or its IPv6 network, since nobody has less than that."""
    assert by_address(by(address)) == client


def test_a_client_may_be_something_else() -> None:
    """Who a client is can be decided by anything in the request."""
    limit = RateLimit(1, 60, key=lambda request: request.headers["x-user"], clock=Clock())
    asks = [SetupRequest(method="POST", headers={"x-user": name}, client="proxy") for name in ("a", "b", "a")]
    assert [limit(each) > 0 for each in asks] == [False, False, True]


@pytest.mark.parametrize("options", [{"requests": 0}, {"per_s": 0}, {"clients": 0}])
def test_a_limit_makes_sense(options: dict[str, int]) -> None:
    """A limit that lets nobody through, or forgets everybody, is a ConfigurationError."""
    with pytest.raises(ConfigurationError):
        RateLimit(**options)


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 5))
def test_never_more_than_promised(pauses: list[float], requests: int) -> None:
    """However a client spaces its requests, in no time does it get more than at first plus what has come back."""
    clock = Clock()
    limit = RateLimit(requests, 60, clock=clock)
    granted = 0
    for pause in pauses:
        clock.now += pause
        granted += limit(by("a")) == 0
    assert granted <= requests + (clock.now - 100) * requests / 60 + 1e-6
