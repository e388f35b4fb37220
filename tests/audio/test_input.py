import asyncio
from contextlib import aclosing

import pytest

from realtime_rx.audio.echo import EchoGate
from realtime_rx.audio.input import BACKLOG, QueuedInput
from realtime_rx.audio.pcm import encode
from realtime_rx.errors import AudioDeviceError
from realtime_rx.formats import PCM16_24K, PCMA
from tests.audio.fakes import PATIENCE, SILENCE, FakeSource
from tests.audio.sounds import sine

CHUNK = sine(440, 0.02)


def saying(*sound: bytes | Exception) -> FakeSource:
    source = FakeSource()
    for chunk in sound:
        source.sound.put(chunk)
    return source


async def test_what_is_heard_comes_in_order() -> None:
    """The chunks that a source gives come out in their order, as they are."""
    source = saying(b"ab", b"cd", b"ef")
    async with aclosing(QueuedInput(lambda: source, PCM16_24K).chunks()) as chunks:
        heard = [await anext(chunks) for _ in range(3)]
    assert heard == [b"ab", b"cd", b"ef"]


async def test_chunks_are_encoded() -> None:
    """Sound comes in the input's format."""
    source = saying(CHUNK)
    async with aclosing(QueuedInput(lambda: source, PCMA).chunks()) as chunks:
        assert await anext(chunks) == encode(CHUNK, PCMA)


async def test_who_leaves_lets_the_device_go() -> None:
    """The device is closed when its chunks are no longer asked for."""
    source = saying(CHUNK, CHUNK)
    async with aclosing(QueuedInput(lambda: source, PCM16_24K).chunks()) as chunks:
        await anext(chunks)
        assert source.is_open
    assert not source.is_open


async def test_a_lost_device_is_an_error() -> None:
    """After what was heard, a source that fails raises, and is closed."""
    source = saying(CHUNK, AudioDeviceError("the microphone is gone"))
    chunks = QueuedInput(lambda: source, PCM16_24K).chunks()
    assert await anext(chunks) == CHUNK
    with pytest.raises(AudioDeviceError, match="the microphone is gone"):
        await anext(chunks)
    assert not source.is_open


async def test_closing_ends_the_chunks() -> None:
    """`close` ends what listens, without an error, and lets the device go."""
    source = saying(CHUNK)
    microphone = QueuedInput(lambda: source, PCM16_24K)
    chunks = microphone.chunks()
    assert await anext(chunks) == CHUNK
    await microphone.close()
    assert not source.is_open
    assert {chunk async for chunk in chunks} <= {SILENCE}


async def test_a_microphone_can_be_opened_again() -> None:
    """Each `chunks` opens a device of its own."""
    sources = iter([saying(b"ab"), saying(b"cd")])
    microphone = QueuedInput(lambda: next(sources), PCM16_24K)
    for wanted in (b"ab", b"cd"):
        async with aclosing(microphone.chunks()) as chunks:
            assert await anext(chunks) == wanted


async def test_a_slow_listener_hears_the_latest() -> None:
    """Of a backlog of more than 5 s only the latest is kept."""
    source = saying(*(number.to_bytes(2) for number in range(BACKLOG + 50)), OSError("the end"))
    chunks = QueuedInput(lambda: source, PCM16_24K).chunks()
    await anext(chunks)
    assert await asyncio.to_thread(source.closed.wait, PATIENCE)
    heard: list[bytes] = []

    async def listen() -> None:
        async for chunk in chunks:
            heard.append(chunk)

    with pytest.raises(AudioDeviceError, match="the end"):
        await listen()
    assert len(heard) < BACKLOG
    assert heard[-1] == (BACKLOG + 49).to_bytes(2)


async def test_the_meter_shows_what_is_heard() -> None:
    """The meter shows the level while the microphone is open, and silence afterwards."""
    source = saying(*[CHUNK] * 5)
    microphone = QueuedInput(lambda: source, PCM16_24K)
    levels: list[float] = []
    microphone.meter.tap(lambda pcm, rate: levels.append(microphone.meter.level))
    async with aclosing(microphone.chunks()) as chunks:
        for _ in range(5):
            await anext(chunks)
    assert max(levels) > 0.1
    assert microphone.meter.level == 0.0


async def test_the_gate_is_before_everything() -> None:
    """What an echo gate holds back is silence in the chunks and in the meter."""

    class Shut(EchoGate):
        def admit(self, pcm: bytes, at: float) -> bytes:
            return bytes(len(pcm))

    source = saying(CHUNK)
    microphone = QueuedInput(lambda: source, PCM16_24K, gate=Shut())
    async with aclosing(microphone.chunks()) as chunks:
        assert await anext(chunks) == bytes(len(CHUNK))
        assert microphone.meter.level == 0.0
