"""What waits to be sent: bounded in sound, in order, and complete in everything else."""

import asyncio
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.abc import Frame
from realtime_rx.events import AppendAudio, ClientEvent, CommitAudio, RawEvent
from realtime_rx.outbox import Outbox
from realtime_rx.transports import MemoryTransport

from .support.frames import CREATED
from .support.memory import session_on
from .support.waiting import until

said = st.lists(st.one_of(st.integers(0, 40).map(lambda size: AppendAudio(bytes(size))), st.builds(CommitAudio)))


def emptied(outbox: Outbox) -> list[ClientEvent]:
    return list(iter(outbox.pop, None))


@given(said, st.integers(1, 100))
def test_only_sound_is_dropped_and_the_oldest_first(events: list[ClientEvent], longest: int) -> None:
    """Everything else comes out in order, and of the sound exactly the latest that there is room for."""
    outbox = Outbox(longest)
    for event in events:
        outbox.push(event)
    out = emptied(outbox)
    assert [e for e in out if not isinstance(e, AppendAudio)] == [e for e in events if not isinstance(e, AppendAudio)]
    sounds = [e for e in events if isinstance(e, AppendAudio)]
    kept = [e for e in out if isinstance(e, AppendAudio)]
    assert kept == sounds[len(sounds) - len(kept) :]
    assert sum(len(e.audio) for e in kept) <= longest
    if len(kept) < len(sounds):
        assert sum(len(e.audio) for e in sounds[len(sounds) - len(kept) - 1 :]) > longest


def test_falling_behind_is_told_once_each_time() -> None:
    """The first sound that is dropped is told, the next ones are not, until the queue was empty again."""
    outbox = Outbox(10)
    told = [outbox.push(AppendAudio(bytes(6))) for _ in range(5)]
    assert told == [False, True, False, False, False]
    emptied(outbox)
    assert [outbox.push(AppendAudio(bytes(6))) for _ in range(3)] == [False, True, False]


def test_a_queue_that_keeps_up_drops_nothing() -> None:
    """Sound that is taken as it comes is all there, however much of it there is."""
    outbox = Outbox(10)
    taken = [outbox.push(AppendAudio(bytes(8))) or outbox.pop() for _ in range(100)]
    assert taken == [AppendAudio(bytes(8))] * 100


def test_any_thread_may_fill_it() -> None:
    """What several threads say at once is all there, each one's in its order, and its room is counted to the byte."""
    outbox, taken = Outbox(10**9), list[ClientEvent]()
    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(2) as pool:
            saying = [pool.submit(say, outbox, voice) for voice in (b"a", b"b")]
            while not all(each.done() for each in saying):
                taken.extend(emptied(outbox))
    finally:
        sys.setswitchinterval(switching)
    taken.extend(emptied(outbox))
    for voice in (b"a", b"b"):
        said = [event.audio for event in taken if isinstance(event, AppendAudio) and event.audio[:1] == voice]
        assert said == sayings(voice)
    assert vars(outbox)["_waiting"] == 0


def sayings(voice: bytes) -> list[bytes]:
    return [voice + b"%d" % number for number in range(20_000)]


def say(outbox: Outbox, voice: bytes) -> None:
    for sound in sayings(voice):
        outbox.push(AppendAudio(sound))


async def test_a_slow_socket_costs_sound_and_nothing_else() -> None:
    """While a socket takes nothing, sound is bounded and its loss an event; every other event arrives, in order."""
    flowing = asyncio.Event()

    class Slow(MemoryTransport):
        async def send(self, frame: Frame) -> None:
            await flowing.wait()
            await super().send(frame)

    pipe = Slow()
    pipe.receive(json.dumps(CREATED))
    session = session_on(lambda: pipe)
    await session.connect()
    for number in range(100):
        session.send_audio(bytes(9_600))
        session.send_event({"type": "note", "number": number})
    state = await until(session, lambda state: state.error is not None)
    assert (state.status, state.error and state.error.code) == ("connected", "audio_dropped")
    flowing.set()
    sent = [json.loads(await pipe.sent.get()) for _ in range(1 + 100 + 25)]
    notes = [frame["number"] for frame in sent if frame["type"] == "note"]
    assert notes == list(range(100))
    assert sum(frame["type"] == "input_audio_buffer.append" for frame in sent) == 25
    assert all(a < b for a, b in pairwise(notes))
    await session.aclose()


def test_any_event_may_wait() -> None:
    """What is no sound waits without a bound."""
    outbox = Outbox(1)
    for number in range(1_000):
        assert not outbox.push(RawEvent({"type": str(number)}))
    assert len(emptied(outbox)) == 1_000
