"""Who is let in, and who is not."""

from __future__ import annotations

import pytest

from realtime_rx.audio.bridge import AudioBridge, Bridges
from realtime_rx.audio.bridge.passes import Pass
from tests.audio.bridge.fakes import FakeSocket, Visit, hello, sound
from tests.support.waiting import becomes

RENEWED = {"type": "renewed"}


@pytest.mark.parametrize(
    ("first", "origin", "code"),
    [
        (hello("wrong"), None, 4401),
        (hello(""), None, 4401),
        (hello("é.\u2028"), None, 4401),
        ({"type": "bye"}, None, 4400),
        (sound(b"\0\0"), None, 4400),
        ('{"type":"hello","token":"x","x":' + "[" * 4_000, None, 4400),
        (None, None, 4400),
        (ConnectionResetError(), None, 1011),
        ("[]", "http://evil.test", 4403),
    ],
)
async def test_strangers_are_refused(visit: Visit, first: object, origin: str | None, code: int) -> None:
    """Who does not begin with the token of a bridge, from a page that may have it, is closed."""
    socket = visit.serve(first, origin=origin)
    await becomes(lambda: socket.closed)
    assert socket.closed is not None
    assert socket.closed[0] == code
    assert not visit.bridge.is_connected


async def test_silent_strangers_are_refused(visit: Visit) -> None:
    """Who says nothing at all is closed after a while."""
    socket = visit.serve()
    await becomes(lambda: socket.closed)
    assert socket.closed == (4408, "no hello in time")


async def test_tokens_end() -> None:
    """A token is void after a while if nobody showed it, and when its bridge is closed."""
    now = [0.0]
    bridges = Bridges(clock=lambda: now[0], expires_s=10)
    used, unused, closed = (AudioBridge() for _ in range(3))
    tokens = [bridges.add(bridge) for bridge in (used, unused, closed)]
    assert len(set(tokens)) == 3
    await bridges.serve(FakeSocket(hello(tokens[0]), {"type": "bye"}))
    bridges.remove(closed)
    now[0] += 11
    codes = []
    for token in tokens:
        socket = FakeSocket(hello(token), {"type": "bye"})
        await bridges.serve(socket)
        codes.append(socket.closed and socket.closed[0])
    assert codes == [1000, 4401, 4401]


async def shown(bridges: Bridges, token: str, *said: object) -> FakeSocket:
    socket = FakeSocket(hello(token), *said, {"type": "bye"})
    await bridges.serve(socket)
    return socket


def renewed(socket: FakeSocket) -> str:
    return str(socket.messages[0]["token"])


async def is_good(bridges: Bridges, token: str) -> bool:
    socket = await shown(bridges, token)
    assert socket.closed is not None
    assert socket.closed[0] in (1000, 4401)
    return socket.closed[0] == 1000


async def served(visit: Visit, token: str, *said: object) -> str:
    """The token that a page is given which stays until it is replaced."""
    socket = visit.serve(hello(token), *said)
    await becomes(lambda: socket.messages)
    return renewed(socket)


async def test_a_used_token_is_void_once_the_page_has_the_next(visit: Visit) -> None:
    """Replayed after the page confirmed its new token, the old one opens nothing, and the page's socket stays."""
    live = visit.serve(hello(visit.token), RENEWED)
    await becomes(lambda: live.messages)
    following = renewed(live)
    assert following != visit.token
    live.say({"type": "speaker", "state": "live"})
    await becomes(lambda: visit.bridge.speaker.state == "live")
    thief = visit.serve(hello(visit.token))
    await becomes(lambda: thief.closed)
    assert thief.closed == (4401, "wrong token")
    assert live.closed is None
    assert await is_good(visit.bridges, following)


async def test_a_lost_renewal_locks_nobody_out(visit: Visit) -> None:
    """A page whose new token never arrived is let in by its old one, any number of times, and then renewed."""
    lost = [await served(visit, visit.token) for _ in range(3)]
    assert len(set(lost)) == 3
    latest = await served(visit, visit.token)
    assert not await is_good(visit.bridges, lost[0])
    assert await is_good(visit.bridges, latest)


async def test_the_first_use_of_a_token_voids_the_one_before(visit: Visit) -> None:
    """A page that comes back with its new token need not have confirmed it: the old one is void from then on."""
    following = await served(visit, visit.token)
    await served(visit, following)
    assert not await is_good(visit.bridges, visit.token)
    assert await is_good(visit.bridges, following)


async def test_a_page_asks_the_app_for_another_token(visit: Visit) -> None:
    """A new token from the app voids all that the pages before were given."""
    following = await served(visit, visit.token, RENEWED)
    fresh = visit.bridges.add(visit.bridge)
    assert not await is_good(visit.bridges, following)
    assert not await is_good(visit.bridges, visit.token)
    assert await is_good(visit.bridges, fresh)


def test_a_late_confirmation_changes_nothing() -> None:
    """What a replaced socket confirms late is not what the socket after it was given."""
    key = Pass()
    late, latest = key.renew(), key.renew()
    key.confirm(late)
    assert key.admits(key.first)
    assert not key.admits(late)
    key.confirm(latest)
    assert not key.admits(key.first)
    assert key.admits(latest)


async def test_another_worker_may_know() -> None:
    """Where the server has several workers, a page with a token that this one does not know is told to try again; one
    with a wrong secret is refused for good."""
    bridges = Bridges(has_others=lambda: True)
    name, _, _ = bridges.add(AudioBridge()).partition(".")
    codes = []
    for token in ("elsewhere.secret", f"{name}.wrong"):
        socket = FakeSocket(hello(token))
        await bridges.serve(socket)
        codes.append(socket.closed and socket.closed[0])
    assert codes == [4404, 4401]
