"""Whoever is slow, the sound goes on: a subscriber, a callback, a tool. Sockets and pages have their own outboxes."""

import asyncio
import base64
import threading
from collections.abc import Callable
from typing import Any

from reactivex import operators as ops
from reactivex.scheduler import EventLoopScheduler

from realtime_rx.abc import PlaybackListener
from realtime_rx.callbacks import Callbacks
from realtime_rx.formats import PCM16_24K
from realtime_rx.session import RealtimeSession

from .support.frames import Frame, audio_delta, response, tool_turn
from .support.memory import Wire, connected
from .support.waiting import becomes, until

CHUNKS = 100
SOUND = bytes(960)
DELTAS: list[Frame] = [audio_delta(base64.b64encode(SOUND).decode())] * CHUNKS


class Speaker:
    """Counts what it is given."""

    format = PCM16_24K

    def __init__(self) -> None:
        self.given = 0
        self.on_play: Callable[[], object] = lambda: None

    async def open(self, listener: PlaybackListener) -> None:
        """It is there."""

    def play(self, item_id: str, content_index: int, pcm: bytes) -> None:
        self.given += 1
        self.on_play()

    def flush(self) -> None:
        """There is nothing to flush."""

    async def close(self) -> None:
        """There is nothing to let go."""


async def talking(wire: Wire, speaker: Speaker, **options: Any) -> RealtimeSession:
    """A session that is being answered."""
    session = await connected(wire, audio_output=speaker, **options)
    await until(session, lambda state: state.flow.has_output)
    return session


async def both_ways(wire: Wire, session: RealtimeSession, speaker: Speaker) -> None:
    """Sound comes in and goes out, all of it."""
    for _ in range(CHUNKS):
        session.send_audio(SOUND)
    wire.say(response("response.created", "resp_1", "in_progress"), *DELTAS)
    types = await wire.hear_types(CHUNKS)
    assert types == ["input_audio_buffer.append"] * CHUNKS
    await becomes(lambda: speaker.given == CHUNKS)


async def test_a_slow_subscriber_on_a_scheduler_of_its_own_stalls_nothing() -> None:
    """While a subscriber that observes on a thread of its own is stuck, sound goes out and comes in."""
    wire, speaker, go_on = Wire(), Speaker(), threading.Event()
    session = await talking(wire, speaker)
    scheduler = EventLoopScheduler(exit_if_empty=True)
    watch = session.states.pipe(ops.observe_on(scheduler)).subscribe(lambda _: go_on.wait(10) and None)
    try:
        await both_ways(wire, session, speaker)
        assert not go_on.is_set()
    finally:
        go_on.set()
        watch.dispose()
        await session.aclose()


async def test_sound_reaches_the_speaker_before_any_subscriber() -> None:
    """Sound that is here is given to the speaker before a subscriber, however slow, is told of its state."""
    wire, speaker, order = Wire(), Speaker(), list[str]()
    session = await talking(wire, speaker)
    speaker.on_play = lambda: order.append("speaker")
    watch = session.states.skip(1).subscribe(lambda _: order.append("subscriber"))
    wire.say(response("response.created", "resp_1", "in_progress"), *DELTAS[:3])
    await becomes(lambda: speaker.given == 3)
    watch.dispose()
    assert order[order.index("speaker") - 1 :][:4] == ["subscriber", "speaker", "subscriber", "speaker"]
    await session.aclose()


async def test_a_slow_callback_stalls_nothing() -> None:
    """While an asynchronous callback waits for something, sound goes out and comes in, and no event waits for it."""
    wire, speaker, go_on = Wire(), Speaker(), asyncio.Event()
    begun: list[int] = []

    async def on_event(_event: object) -> None:
        begun.append(1)
        await go_on.wait()

    session = await talking(wire, speaker, callbacks=Callbacks(on_event=on_event))
    await both_ways(wire, session, speaker)
    await becomes(lambda: len(begun) == CHUNKS + 2)
    go_on.set()
    await session.aclose()


async def test_a_slow_tool_stalls_nothing() -> None:
    """While a tool blocks its thread, sound goes out and comes in."""
    wire, speaker, go_on, started = Wire(), Speaker(), threading.Event(), threading.Event()

    def slow() -> str:
        """Takes its time."""
        started.set()
        go_on.wait(10)
        return "done"

    session = await talking(wire, speaker, tools=[slow])
    try:
        wire.say(*tool_turn(("call_1", "slow", "{}")))
        await becomes(started.is_set)
        await both_ways(wire, session, speaker)
    finally:
        go_on.set()
        await session.aclose()
