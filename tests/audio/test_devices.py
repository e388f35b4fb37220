import asyncio
import time
from contextlib import aclosing
from statistics import median

import numpy as np
import pytest

from realtime_rx.abc import AudioInput
from realtime_rx.audio.devices import (
    AudioDevice,
    Microphone,
    Speaker,
    list_microphones,
    list_speakers,
    microphone_and_speaker,
)
from realtime_rx.audio.echo import EchoGate
from realtime_rx.audio.pcm import decode, encode, rms, to_float
from realtime_rx.errors import AudioDeviceError
from realtime_rx.formats import PCM16_16K, PCM16_24K, PCMU, AudioFormat
from tests.audio.fakes import Listener
from tests.audio.pulse import MONITOR, SPEAKER, PulseServer
from tests.audio.sounds import frequency, sine

pytestmark = pytest.mark.pulse

RECORDING_S = 0.09
"""How late what is recorded may come, on a busy machine."""


async def loud(microphone: AudioInput, seconds: float) -> bytes:
    """So much of what is heard from the first sound on, as PCM16, without the chunk in which it began."""
    heard = b""
    async with aclosing(microphone.chunks()) as chunks:
        async for chunk in chunks:
            pcm = decode(chunk, microphone.format)
            if heard or rms(to_float(pcm)) > 0.01:
                heard += pcm
            if len(heard) > 2 * microphone.format.rate * (seconds + 0.02):
                break
    return heard[-2 * round(microphone.format.rate * seconds) :]


def level(pcm: bytes) -> float:
    """Of the loudest part: on a busy machine there may be gaps."""
    return max(rms(part) for part in np.array_split(to_float(pcm), 20))


@pytest.mark.parametrize("form", [PCM16_24K, PCM16_16K, PCMU])
async def test_what_is_played_is_heard(pulse: PulseServer, listener: Listener, form: AudioFormat) -> None:
    """A tone that the speaker plays is recorded from its monitor at its frequency and level."""
    speaker, microphone = Speaker(SPEAKER, form), Microphone(MONITOR, form)
    tone = sine(440, 3, rate=form.rate, amplitude=0.5)
    await speaker.open(listener)
    speaker.play("item_1", 0, encode(tone, form))
    heard = await asyncio.wait_for(loud(microphone, 0.5), 10)
    await speaker.close()
    assert frequency(heard, form.rate) == pytest.approx(440, abs=3)
    assert level(heard) == pytest.approx(0.3536, rel=0.03)


async def test_everything_played_is_reported(speaker: Speaker, listener: Listener) -> None:
    """All of a sound is reported as heard, in order, in real time, and then it drains."""
    await speaker.open(listener)
    speaker.play("warm-up", 0, sine(440, 0.05))
    await listener.until(lambda heard: heard.drained == 1)
    began = time.monotonic()
    speaker.play("item_1", 0, sine(440, 0.5))
    await listener.until(lambda heard: heard.drained == 2)
    assert listener.heard[("item_1", 0)] == 12_000
    assert 0.45 < time.monotonic() - began < 2
    assert listener.lost == []


async def test_a_flush_is_silence_soon(speaker: Speaker, listener: Listener) -> None:
    """After a flush what the device holds goes on sounding, less than 60 ms, and all of it is reported as heard."""
    await speaker.open(listener)
    held, drained = list[float](), list[float]()
    for number in range(5):
        item = (f"item_{number}", 0)
        speaker.play(*item, sine(440, 30))
        await listener.until(lambda heard, item=item: heard.heard.get(item, 0) > 4_800)
        before, flushed = listener.heard[item], time.monotonic()
        speaker.flush()
        await listener.until(lambda heard, number=number: heard.drained == number + 1)
        drained.append(time.monotonic() - flushed)
        held.append((listener.heard[item] - before) / 24_000)
    assert median(held) <= 0.06 + 0.05
    assert median(drained) < 0.3


async def test_the_monitor_is_silent_after_a_flush(speaker: Speaker, listener: Listener) -> None:
    """What a flushed speaker's monitor hears ends within 60 ms, and is as long as what is reported, to 60 ms."""
    microphone = Microphone(MONITOR)
    heard: list[tuple[float, bytes]] = []
    microphone.meter.tap(lambda pcm, _: heard.append((time.monotonic(), pcm)))
    await speaker.open(listener)
    async with aclosing(microphone.chunks()) as chunks:
        await anext(chunks)
        speaker.play("item_1", 0, sine(440, 30))
        await listener.until(lambda heard: heard.heard.get(("item_1", 0), 0) > 12_000)
        flushed = time.monotonic()
        speaker.flush()
        await listener.until(lambda heard: heard.drained == 1)
        for _ in range(25):
            await anext(chunks)
    assert max(at for at, pcm in heard if rms(to_float(pcm)) > 0.01) - flushed < 0.06 + RECORDING_S
    assert abs(sounding_ms(b"".join(pcm for _, pcm in heard)) - listener.heard[("item_1", 0)] / 24) < 60


def sounding_ms(pcm: bytes) -> int:
    """How long something is heard, without the gaps of a busy machine."""
    whole = to_float(pcm[: len(pcm) // 48 * 48]).reshape(-1, 24)
    return int((np.abs(whole).max(axis=1) > 0.01).sum())


@pytest.mark.parametrize("pulse", [False], indirect=True)
async def test_a_speaker_may_take_its_time_to_begin(speaker: Speaker, listener: Listener) -> None:
    """A device that takes nothing for the first 1.5 s and then catches up is not lost, and plays everything."""
    await speaker.open(listener)
    speaker.play("item_1", 0, sine(440, 0.5))
    await listener.until(lambda heard: heard.drained == 1)
    assert listener.heard == {("item_1", 0): 12_000}
    assert listener.lost == []


async def test_devices_are_listed(pulse: PulseServer) -> None:
    """Speakers are listed by id and name with the default one marked, and their monitors only on demand."""
    pulse.control("load-module", "module-null-sink", "sink_name=other", "sink_properties=device.description=Kitchen")
    pulse.control("set-default-sink", "other")
    other = AudioDevice("other", "Kitchen", is_default=True)
    assert list_speakers() == [AudioDevice("test", "Null Output"), other]
    assert list_microphones() == []
    monitors = list_microphones(loopback=True)
    assert [(device.id, device.is_loopback) for device in monitors] == [("test.monitor", True), ("other.monitor", True)]


@pytest.mark.parametrize("choice", ["other", "kitch"])
async def test_a_device_is_chosen(pulse: PulseServer, listener: Listener, choice: str) -> None:
    """A speaker is chosen by its id or by a part of its name, and sounds there and nowhere else."""
    pulse.control("load-module", "module-null-sink", "sink_name=other", "sink_properties=device.description=Kitchen")
    speaker = Speaker(choice)
    await speaker.open(listener)
    names = {number: name for number, name, *_ in table(pulse.control("list", "short", "sinks"))}
    streams = [names[sink] for _, sink, *_ in table(pulse.control("list", "short", "sink-inputs"))]
    await speaker.close()
    assert streams == ["other"]


def table(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


async def test_the_default_device_is_the_servers(pulse: PulseServer, listener: Listener) -> None:
    """Without a choice the server's default speaker and microphone are used."""
    microphone, speaker = microphone_and_speaker(headphones=True)
    await speaker.open(listener)
    speaker.play("item_1", 0, sine(440, 3))
    assert frequency(await asyncio.wait_for(loud(microphone, 0.2), 10)) == pytest.approx(440, abs=6)
    await speaker.close()


async def test_an_echo_gate_is_between_them(pulse: PulseServer, listener: Listener) -> None:
    """A microphone that shares an echo gate with the speaker does not hear it, and one that does not, hears it."""
    gate = EchoGate(ratio=1.5)
    speaker, gated, open_microphone = Speaker(gate=gate), Microphone(gate=gate), Microphone()
    await speaker.open(listener)
    speaker.play("item_1", 0, sine(440, 30))
    await listener.until(lambda heard: heard.heard.get(("item_1", 0), 0) > 4_800)
    async with aclosing(gated.chunks()) as silence, aclosing(open_microphone.chunks()) as sound:
        pairs = [(await anext(silence), await anext(sound)) for _ in range(10)]
    await speaker.close()
    assert all(chunk == bytes(960) for chunk, _ in pairs)
    assert max(rms(to_float(chunk)) for _, chunk in pairs) > 0.3


async def test_an_unknown_device_is_an_error(pulse: PulseServer, listener: Listener) -> None:
    """A device that is not there is a device error that names those that are."""
    with pytest.raises(AudioDeviceError, match="there is no speaker 'Hall', only 'Null Output'"):
        await Speaker("Hall").open(listener)
    with pytest.raises(AudioDeviceError, match="there is no microphone 'Hall', only 'Monitor of Null Output'"):
        await anext(Microphone("Hall").chunks())


async def test_no_device_is_an_error(pulse: PulseServer, listener: Listener) -> None:
    """A server without devices gives empty lists, and a device error for whoever wants one."""
    pulse.control("unload-module", "module-null-sink")
    assert (list_speakers(), list_microphones(loopback=True)) == ([], [])
    with pytest.raises(AudioDeviceError, match="there is no speaker: connect one"):
        await Speaker().open(listener)
    with pytest.raises(AudioDeviceError, match="there is no microphone: connect one"):
        await anext(Microphone().chunks())
