"""Sockets of hostile pages, without a browser."""

from __future__ import annotations

import asyncio

import pytest

from realtime_rx.audio.bridge.protocol import Hello
from tests.audio.bridge.fakes import FakeSocket, Visit, hello, sound
from tests.audio.fakes import Listener
from tests.support.waiting import becomes

HOSTILE = {
    "no JSON": ("{", 4400, "no message of a page"),
    "half a character": ('"\ud800"', 4400, "no message of a page"),
    "a deep nest": ('{"type":"bye","x":' + "[" * 4_000, 4400, "no message of a page"),
    "an unknown message": ({"type": "reboot"}, 4400, "no message of a page"),
    "numbers that are none": ({"type": "played", "generation": "x"}, 4400, "no message of a page"),
    "more played than sent": ({"type": "played", "generation": 1, "played": 9, "heard": 9}, 4400, "than was sent"),
    "a second hello": (hello("x"), 4400, "second hello"),
    "a long text": ("x" * 5_000, 1009, "longer than"),
    "a long frame": (sound(bytes(20_000)), 1009, "longer than"),
    "half a sample": (sound(b"\0"), 4400, "no frame"),
    "an empty frame": (sound(b""), 4400, "no frame"),
    "another kind of frame": (b"\7" + bytes(20), 4400, "no frame"),
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_hostile_page_is_closed(visit: Visit, kind: str) -> None:
    """A page that sends what no page sends is closed with a code and a reason, and the next one is served."""
    message, code, reason = HOSTILE[kind]
    socket = await visit.connect()
    socket.say(message)
    await becomes(lambda: socket.closed)
    assert socket.closed is not None
    assert socket.closed[0] == code
    assert reason in socket.closed[1]
    assert len(socket.closed[1].encode()) <= 123
    assert (await visit.connect()).closed is None


@pytest.mark.parametrize("message", [sound(bytes(4_000)), '{"type":"microphone","state":"live"}'])
async def test_a_flood_is_closed(visit: Visit, message: str | bytes) -> None:
    """A page that sends far more than a page can hear is closed; what it may send in a burst is bounded."""
    socket = await visit.connect()
    for _ in range(3_000):
        socket.say(message)
    await becomes(lambda: socket.closed)
    assert socket.closed == (1008, "too much at once")


async def test_rates_must_agree(visit: Visit) -> None:
    """A page that records or plays at another rate than the bridge is told which are right."""
    socket = visit.serve(hello(visit.token) | {"output_rate": 48_000})
    await becomes(lambda: socket.closed)
    assert socket.closed == (4400, "the rates of microphone and speaker are 24000 and 24000")


async def test_a_new_socket_replaces_a_stuck_one(visit: Visit) -> None:
    """A page that comes back is served at once, whatever became of its old socket, and gets what that one lost."""
    old = await visit.connect()
    old.is_stuck = True
    await visit.bridge.speaker.open(Listener())
    visit.bridge.speaker.play("a", 0, bytes(200))
    new = await visit.connect(generation=old.messages[0]["generation"], received=0)
    await becomes(lambda: old.closed)
    assert old.closed is not None
    assert old.closed[0] == 4409
    await becomes(lambda: new.sound)
    assert new.samples == 100


async def test_a_replaced_socket_takes_nothing_with_it(visit: Visit) -> None:
    """Sound that is on its way to a socket at the moment when another takes over goes to that other one."""
    old = await visit.connect()
    await visit.bridge.speaker.open(Listener())
    generation = old.messages[0]["generation"]
    assert isinstance(generation, int)
    visit.bridge.speaker.play("a", 0, bytes(200))
    new = FakeSocket()
    resumed = Hello(token="", input_rate=24_000, output_rate=24_000, generation=generation)
    visit.tasks.append(asyncio.create_task(visit.bridge.serve(new, resumed)))
    await becomes(lambda: old.closed)
    await becomes(lambda: old.samples + new.samples)
    assert (old.samples, new.samples) == (0, 100)
