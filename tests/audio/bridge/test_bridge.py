"""One visitor's microphone and speaker, without a browser."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

from realtime_rx.audio.bridge import AudioBridge, Bridges
from realtime_rx.audio.bridge import bridge as bridge_module
from realtime_rx.errors import AudioDeviceError
from realtime_rx.formats import PCMU
from tests.audio.bridge.fakes import FakeSocket, Visit, hello, listen, sound
from tests.audio.fakes import Listener
from tests.support.waiting import DEADLINE, becomes


async def test_sound_is_paced_and_reported(visit: Visit) -> None:
    """At most 600 ms are sent ahead; reports bring more, reach the listener by part, and end with the silence."""
    socket = await visit.connect()
    await visit.bridge.speaker.open(listener := Listener())
    visit.bridge.speaker.play("a", 0, bytes(2 * 20_000))
    visit.bridge.speaker.play("b", 1, bytes(2 * 4_000))
    await becomes(lambda: socket.samples == 14_400)
    generation = socket.sound[0][0]
    socket.say({"type": "played", "generation": generation, "played": 10_000, "heard": 9_000})
    await becomes(lambda: socket.samples == 24_000)
    assert [last for *_, last in socket.sound] == [False] * (len(socket.sound) - 1) + [True]
    assert listener.played == [("a", 0, 9_000)]
    socket.say({"type": "played", "generation": generation, "played": 24_000, "heard": 24_000})
    await becomes(lambda: listener.drained)
    assert listener.heard == {("a", 0): 20_000, ("b", 1): 4_000}


async def test_a_flush_overtakes_sound(visit: Visit) -> None:
    """A flush reaches the page as one message; what waited is void, and what comes after is of a new generation."""
    socket = await visit.connect()
    await visit.bridge.speaker.open(listener := Listener())
    visit.bridge.speaker.play("a", 0, bytes(100_000))
    await becomes(lambda: socket.sound)
    sent = socket.samples
    visit.bridge.speaker.flush()
    visit.bridge.speaker.play("b", 0, bytes(20))
    await becomes(lambda: socket.samples > sent)
    generation = socket.sound[-1][0]
    assert socket.messages[-1] == {"type": "flush", "generation": generation}
    assert listener.drained == 0
    old = {"type": "played", "generation": generation - 1, "played": 500, "heard": 500, "silent": True}
    socket.say(old)
    socket.say({"type": "played", "generation": generation, "played": 10, "heard": 10})
    await becomes(lambda: listener.drained)
    assert listener.played == [("a", 0, 500), ("b", 0, 10)]


async def test_a_flush_is_settled_without_the_page(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that does not say what was heard of flushed sound is not waited for for ever."""
    monkeypatch.setattr(bridge_module, "SETTLE_S", 0.0)
    socket = await visit.connect()
    await visit.bridge.speaker.open(listener := Listener())
    visit.bridge.speaker.play("a", 0, bytes(100))
    await becomes(lambda: socket.sound)
    visit.bridge.speaker.flush()
    await becomes(lambda: listener.drained)
    assert listener.played == []


async def test_the_microphone_is_asked_for(visit: Visit) -> None:
    """The page is asked for sound while somebody listens, and what it sends at other times is dropped."""
    socket = await visit.connect()
    socket.say(sound(b"early!"))
    heard: list[bytes] = []
    listening = asyncio.create_task(listen(visit, heard))
    await becomes(lambda: {"type": "capture", "on": True} in socket.messages)
    socket.say(sound(b"now!"))
    await becomes(lambda: heard)
    await visit.bridge.microphone.close()
    await listening
    await becomes(lambda: socket.messages[-1] == {"type": "capture", "on": False})
    assert heard == [b"now!"]
    assert (await visit.connect()).messages[0]["capture"] is False


@pytest.mark.parametrize("state", ["denied", "no-device", "in-use", "unsupported", "lost", "insecure-context"])
async def test_a_missing_microphone_is_an_error(visit: Visit, state: str) -> None:
    """What is wrong with the visitor's microphone reaches who listens, and the page stays."""
    socket = await visit.connect()
    listening = asyncio.create_task(listen(visit, []))
    await becomes(lambda: visit.bridge.microphone.is_wanted)
    socket.say({"type": "microphone", "state": state, "message": "because"})
    with pytest.raises(AudioDeviceError, match="because"):
        await listening
    assert visit.bridge.microphone.state == state
    assert socket.closed is None


async def test_there_may_be_no_page(visit: Visit) -> None:
    """Where no page starts its sound in time there is no microphone; the speaker waits, and drops what is played."""
    visit.bridge.speaker.play("a", 0, bytes(20))
    with pytest.raises(AudioDeviceError, match="no page"):
        await listen(visit, [])
    opening = asyncio.create_task(visit.bridge.speaker.open(Listener()))
    socket = await visit.connect()
    await opening
    assert socket.samples == 0


async def test_a_page_is_summoned_for_the_microphone() -> None:
    """Who listens where there is no page has one called for, and hears it once it is there."""
    summoned: list[bool] = []
    bridges, bridge = Bridges(), AudioBridge(summon=lambda: summoned.append(True))
    listening = asyncio.ensure_future(anext(bridge.microphone.chunks()))
    await becomes(lambda: summoned)
    socket = FakeSocket(hello(bridges.add(bridge)))
    serving = asyncio.create_task(bridges.serve(socket))
    await becomes(lambda: bridge.is_started and socket.messages)
    assert socket.messages[0]["capture"] is True
    socket.say(sound(b"in"))
    assert await listening == b"in"
    assert summoned == [True]
    bridge.close()
    await serving


@pytest.mark.parametrize(("last", "why"), [(None, "the page is gone"), ({"type": "bye"}, "has stopped")])
async def test_a_page_that_goes_is_lost(visit: Visit, last: object, why: str) -> None:
    """A page that stays away, or says goodbye, is a lost device; the bridge serves the next one."""
    socket = await visit.connect()
    listening = asyncio.create_task(listen(visit, []))
    await visit.bridge.speaker.open(listener := Listener())
    visit.bridge.speaker.play("a", 0, bytes(20))
    await becomes(lambda: visit.bridge.microphone.is_wanted)
    socket.say(last)
    await becomes(lambda: listener.lost)
    assert listener.lost == [None]
    with pytest.raises(AudioDeviceError, match=why):
        await listening
    again = await visit.connect()
    await visit.bridge.speaker.open(listener)
    visit.bridge.speaker.play("b", 0, bytes(40))
    await becomes(lambda: again.samples == 20)


async def test_closing_hangs_up_from_any_thread(visit: Visit) -> None:
    """A closed bridge hangs up, tells who used it, and serves nobody any more."""
    socket = await visit.connect()
    await visit.bridge.speaker.open(listener := Listener())
    threads = [threading.Thread(target=visit.bridge.close) for _ in range(3)]
    for thread in threads:
        thread.start()
    await becomes(lambda: socket.closed)
    assert socket.closed == (4410, "the bridge is closed")
    assert [str(error) for error in listener.lost] == ["the bridge is closed"]
    with pytest.raises(AudioDeviceError, match="closed"):
        await visit.bridge.speaker.open(listener)
    stranger = visit.serve(hello(visit.token))
    await becomes(lambda: stranger.closed)
    assert stranger.closed == (4401, "wrong token")


async def test_sound_crosses_threads(visit: Visit) -> None:
    """A session on another thread's loop plays to the page and hears it."""
    socket = await visit.connect()
    heard: list[bytes] = []

    async def session() -> None:
        await visit.bridge.speaker.open(Listener())
        visit.bridge.speaker.play("a", 0, bytes(20))
        await listen(visit, heard)

    def run() -> None:
        with suppress(AudioDeviceError):
            asyncio.run(session())

    thread = threading.Thread(target=run)
    thread.start()
    await becomes(lambda: socket.sound and visit.bridge.microphone.is_wanted)
    socket.say(sound(b"hi"))
    await becomes(lambda: heard)
    visit.bridge.close()
    await asyncio.to_thread(thread.join, DEADLINE)
    assert heard == [b"hi"]


async def test_fifty_visits_leave_nothing(visit: Visit) -> None:
    """Sockets that come and go leave no task and no timer behind."""
    for _ in range(50):
        socket = await visit.connect()
        socket.say(None)
        await becomes(lambda: not visit.bridge.is_connected)
    async with asyncio.timeout(DEADLINE):
        await asyncio.gather(*visit.tasks)


async def test_a_bridge_that_nobody_visited_closes() -> None:
    """A bridge may be closed before there was a page, and flushed."""
    bridge = AudioBridge()
    bridge.speaker.flush()
    bridge.close()
    bridge.close()
    assert bridge.is_closed


def test_the_bridge_needs_no_numpy() -> None:
    """A server without the audio extra has the bridge all the same."""
    script = "import sys; sys.modules['numpy'] = None; import realtime_rx.audio.bridge"
    subprocess.run([sys.executable, "-c", script], check=True)


async def test_what_goes_by_can_be_watched() -> None:
    """An ear is fed what the visitor says and what they have heard, and told when it stops."""

    class Ear:
        def __init__(self) -> None:
            self.fed: list[bytes] = []
            self.cleared = 0

        def feed(self, pcm: bytes) -> None:
            self.fed.append(pcm)

        def clear(self) -> None:
            self.cleared += 1

    heard, spoken = Ear(), Ear()
    bridges, bridge = Bridges(), AudioBridge(heard=heard, spoken=spoken)
    socket = FakeSocket(hello(bridges.add(bridge)))
    serving = asyncio.create_task(bridges.serve(socket))
    await bridge.speaker.open(listener := Listener())
    listening = asyncio.create_task(anext(bridge.microphone.chunks()))
    await becomes(lambda: bridge.microphone.is_wanted)
    socket.say(sound(b"in"))
    assert await listening == b"in"
    bridge.speaker.play("a", 0, b"outs")
    await becomes(lambda: socket.sound)
    for position in (1, 2):
        socket.say({"type": "played", "generation": socket.sound[0][0], "played": position, "heard": position})
    await becomes(lambda: listener.drained)
    assert (heard.fed, spoken.fed, spoken.cleared) == ([b"in"], [b"ou", b"ts"], 1)
    bridge.close()
    await serving


def test_only_pcm16_passes() -> None:
    """A bridge for another encoding than PCM16 cannot be made."""
    with pytest.raises(ValueError, match="PCM16"):
        AudioBridge(PCMU)
