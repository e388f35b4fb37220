import asyncio
from collections.abc import AsyncIterator

import pytest

from realtime_rx.audio.output import QueuedOutput
from realtime_rx.audio.pcm import encode
from realtime_rx.errors import AudioDeviceError
from realtime_rx.formats import PCM16_24K, PCMU
from tests.audio.fakes import FakeSink, Listener
from tests.audio.sounds import sine

TONE = sine(440, 0.1)
BLOCK = 2 * 240


@pytest.fixture
def sink() -> FakeSink:
    return FakeSink()


@pytest.fixture
async def output(sink: FakeSink) -> AsyncIterator[QueuedOutput]:
    output = QueuedOutput(lambda: sink, PCM16_24K)
    yield output
    for _ in range(1_000):
        sink.allowed.release()
    await output.close()


async def test_sound_is_played_and_reported(sink: FakeSink, listener: Listener, output: QueuedOutput) -> None:
    """What is queued reaches the sink in order; its parts are reported sample by sample, and then that all is over."""
    await output.open(listener)
    output.play("item_1", 0, TONE)
    output.play("item_1", 1, TONE[:960])
    await listener.until(lambda heard: heard.drained > 0)
    assert sink.written == TONE + TONE[:960]
    assert listener.heard == {("item_1", 0): 2_400, ("item_1", 1): 480}
    counts = [samples for item_id, index, samples in listener.played if index == 0]
    assert counts == sorted(set(counts))


async def test_playing_does_not_block(sink: FakeSink, listener: Listener, output: QueuedOutput) -> None:
    """A sink that takes nothing holds up neither `play` nor `flush`."""
    sink.allowed = FakeSink(allowed=0).allowed
    await output.open(listener)
    for _ in range(100):
        output.play("item_1", 0, TONE)
    output.flush()
    assert listener.played == []


async def test_what_a_sink_holds_is_not_heard_yet(listener: Listener) -> None:
    """Sound counts as heard when it has left the sink, and silence is written behind it until then."""
    sink = FakeSink(latency_s=0.04)
    output = QueuedOutput(lambda: sink, PCM16_24K)
    await output.open(listener)
    output.play("item_1", 0, TONE)
    await listener.until(lambda heard: heard.drained > 0)
    assert sink.written == TONE + bytes(2 * 960)
    assert listener.heard == {("item_1", 0): 2_400}
    assert listener.played[0] == ("item_1", 0, 240)
    await output.close()


async def test_a_flush_forgets_what_waits(sink: FakeSink, listener: Listener, output: QueuedOutput) -> None:
    """After a flush the sink gets nothing more of what was queued, and what it had is all that is reported."""
    sink.allowed = FakeSink(allowed=3).allowed
    await output.open(listener)
    output.play("item_1", 0, TONE)
    await listener.until(lambda heard: heard.heard == {("item_1", 0): 720})
    output.flush()
    for _ in range(100):
        sink.allowed.release()
    await listener.until(lambda heard: heard.drained > 0)
    assert sink.written == TONE[: 4 * BLOCK]
    assert listener.heard == {("item_1", 0): 960}


async def test_a_flush_of_unheard_sound_drains(sink: FakeSink, listener: Listener, output: QueuedOutput) -> None:
    """Sound that is forgotten before any of it was played still ends in a drain notice."""
    sink.allowed = FakeSink(allowed=0).allowed
    await output.open(listener)
    output.play("item_1", 0, TONE[:BLOCK])
    output.flush()
    sink.allowed.release()
    await listener.until(lambda heard: heard.drained > 0)
    assert sum(listener.heard.values()) in (0, 240)


async def test_sound_after_a_flush_is_played(sink: FakeSink, listener: Listener, output: QueuedOutput) -> None:
    """A flush forgets the past and not the future."""
    await output.open(listener)
    output.play("item_1", 0, TONE)
    output.flush()
    output.play("item_2", 0, TONE)
    await listener.until(lambda heard: heard.heard.get(("item_2", 0)) == 2_400)
    assert sink.written.endswith(TONE)


async def test_every_burst_ends_in_a_drain_notice(sink: FakeSink, listener: Listener, output: QueuedOutput) -> None:
    """Sound that comes after a drain is played, counted on, and drains again."""
    await output.open(listener)
    for burst in (1, 2, 3):
        output.play("item_1", 0, TONE)
        await listener.until(lambda heard, burst=burst: heard.drained == burst)
        assert listener.heard == {("item_1", 0): burst * 2_400}


async def test_other_formats_reach_the_sink_as_pcm16(sink: FakeSink, listener: Listener) -> None:
    """G.711 is decoded on its way to the sink."""
    output = QueuedOutput(lambda: sink, PCMU)
    await output.open(listener)
    output.play("item_1", 0, encode(TONE, PCMU))
    await listener.until(lambda heard: heard.drained > 0)
    assert len(sink.written) == len(TONE)
    assert listener.heard == {("item_1", 0): 2_400}
    await output.close()


async def test_the_meter_shows_what_is_heard(sink: FakeSink, listener: Listener, output: QueuedOutput) -> None:
    """The meter gets the sound when the sink gets it, and shows silence when it is over."""
    tapped: list[bytes] = []
    output.meter.tap(lambda pcm, rate: tapped.append(pcm))
    sink.allowed = FakeSink(allowed=0).allowed
    await output.open(listener)
    output.play("item_1", 0, TONE)
    for _ in range(5):
        sink.allowed.release()
    await listener.until(lambda heard: heard.heard == {("item_1", 0): 1_200})
    assert output.meter.level > 0.1
    for _ in range(5):
        sink.allowed.release()
    await listener.until(lambda heard: heard.drained > 0)
    assert output.meter.level == 0.0
    assert b"".join(tapped) == TONE


async def test_a_lost_device_is_told(sink: FakeSink, listener: Listener, output: QueuedOutput) -> None:
    """A sink that fails is told to the listener, once, and closed; what is played then is dropped in silence."""
    await output.open(listener)
    sink.error = AudioDeviceError("the speaker is gone")
    output.play("item_1", 0, TONE)
    await listener.until(lambda heard: bool(heard.lost))
    output.play("item_1", 0, TONE)
    output.flush()
    await output.close()
    assert [str(error) for error in listener.lost] == ["the speaker is gone"]
    assert (listener.drained, sink.is_open) == (0, False)


async def test_a_lost_device_can_be_opened_again(sink: FakeSink, listener: Listener, output: QueuedOutput) -> None:
    """After a loss the next `open` takes the device anew, with a queue of its own."""
    await output.open(listener)
    sink.error = AudioDeviceError("the speaker is gone")
    output.play("item_1", 0, TONE)
    await listener.until(lambda heard: bool(heard.lost))
    sink.error = None
    again = Listener()
    await output.open(again)
    output.play("item_2", 0, TONE)
    await again.until(lambda heard: heard.drained > 0)
    assert again.heard == {("item_2", 0): 2_400}
    assert sink.opened == 2


async def test_a_closed_output_drops_sound(sink: FakeSink, listener: Listener, output: QueuedOutput) -> None:
    """Before it is opened and after it is closed, an output takes sound and verbs and does nothing."""
    output.play("item_1", 0, TONE)
    output.flush()
    await output.open(listener)
    await output.close()
    await output.close()
    output.play("item_1", 0, TONE)
    assert (sink.written, sink.is_open, listener.played) == (b"", False, [])


async def test_a_listener_may_call_back(sink: FakeSink, output: QueuedOutput) -> None:
    """A listener that plays or flushes from within its own call does not lock the output up."""

    class Encore(Listener):
        def on_drained(self) -> None:
            if self.drained == 0:
                output.play("encore", 0, TONE)
            output.flush() if self.drained else None
            super().on_drained()

    listener = Encore()
    await output.open(listener)
    output.play("item_1", 0, TONE)
    await listener.until(lambda heard: heard.drained == 2)
    assert listener.heard[("encore", 0)] == 2_400


async def test_many_threads_may_play(sink: FakeSink, listener: Listener, output: QueuedOutput) -> None:
    """Sound from several threads is all played, each chunk whole."""
    await output.open(listener)
    plays = (asyncio.to_thread(output.play, f"item_{number}", 0, TONE) for number in range(8))
    await asyncio.gather(*plays)
    await listener.until(lambda heard: sum(heard.heard.values()) == 8 * 2_400)
    assert sink.written == TONE * 8
