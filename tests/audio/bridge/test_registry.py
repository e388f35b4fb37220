"""Who is let in, and who is not."""

from __future__ import annotations

import pytest

from realtime_rx.audio.bridge import AudioBridge, Bridges
from tests.audio.bridge.fakes import FakeSocket, Visit, hello, sound
from tests.support.waiting import becomes


@pytest.mark.parametrize(
    ("first", "origin", "code"),
    [
        (hello("wrong"), None, 4401),
        (hello(""), None, 4401),
        (hello("é.\u2028"), None, 4401),
        ({"type": "bye"}, None, 4400),
        (sound(b"\0\0"), None, 4400),
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
