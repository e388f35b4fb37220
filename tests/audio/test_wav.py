import wave
from pathlib import Path

import numpy as np
import pytest

from realtime_rx.audio.pcm import decode, samples, to_float
from realtime_rx.audio.wav import WavInput, WavOutput, read_wav
from realtime_rx.errors import AudioDeviceError
from realtime_rx.formats import PCM16_16K, PCMU
from tests.audio.fakes import Listener
from tests.audio.sounds import frequency, sine


def written(path: Path, frames: bytes, *, rate: int = 24_000, width: int = 2, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(frames)
    return path


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    return written(tmp_path / "tone.wav", sine(440, 0.5))


class Time:
    """Passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += max(0.0, seconds)

    async def sleep(self, seconds: float) -> None:
        self.pause(seconds)


async def test_a_file_is_heard_as_it_is(tone: Path) -> None:
    """A file of the wanted rate comes out sample by sample, in chunks of 20 ms."""
    chunks = [chunk async for chunk in WavInput(tone, paced=False).chunks()]
    assert b"".join(chunks) == sine(440, 0.5)
    assert {len(chunk) for chunk in chunks} == {960}


async def test_a_file_can_be_heard_again(tone: Path) -> None:
    """Each `chunks` begins at the file's beginning."""
    microphone = WavInput(tone, paced=False)
    first = [chunk async for chunk in microphone.chunks()]
    assert [chunk async for chunk in microphone.chunks()] == first


async def test_the_last_chunk_is_filled_up(tmp_path: Path) -> None:
    """A file that is not a multiple of 20 ms ends in silence."""
    path = written(tmp_path / "odd.wav", sine(440, 0.03))
    chunks = [chunk async for chunk in WavInput(path, paced=False).chunks()]
    assert b"".join(chunks) == sine(440, 0.03) + bytes(480)


async def test_other_rates_are_resampled(tone: Path) -> None:
    """A file of another rate keeps its pitch and its length."""
    chunks = [chunk async for chunk in WavInput(tone, PCM16_16K, paced=False).chunks()]
    assert len(b"".join(chunks)) == 2 * 8_000
    assert frequency(b"".join(chunks), 16_000) == pytest.approx(440, abs=2)


async def test_other_formats_are_encoded(tone: Path) -> None:
    """A file is heard in the wanted encoding."""
    heard = b"".join([chunk async for chunk in WavInput(tone, PCMU, paced=False).chunks()])
    assert len(heard) == 4_000
    assert frequency(decode(heard, PCMU), 8_000) == pytest.approx(440, abs=2)


async def test_a_paced_file_takes_its_time(tone: Path) -> None:
    """Chunks come when a microphone would give them, however long somebody took with the one before."""
    time = Time()
    arrivals: list[float] = []
    async for _ in WavInput(tone, sleep=time.sleep, clock=time).chunks():
        arrivals.append(time.now - 100)
        time.now += 0.03 if len(arrivals) == 3 else 0.0
    assert arrivals[:3] == pytest.approx([0.02, 0.04, 0.06])
    assert arrivals[3] == pytest.approx(0.09)
    assert arrivals[4:] == pytest.approx([0.02 * number for number in range(5, 26)])


async def test_a_closed_file_is_not_heard(tone: Path) -> None:
    """`close` ends the chunks."""
    microphone = WavInput(tone, paced=False)
    chunks = microphone.chunks()
    await anext(chunks)
    await microphone.close()
    assert [chunk async for chunk in chunks] == []


async def test_a_file_has_a_meter(tone: Path) -> None:
    """The meter of a file shows the level of what was heard last."""
    microphone = WavInput(tone, paced=False)
    assert [chunk async for chunk in microphone.chunks()]
    assert microphone.meter.level == pytest.approx(0.3536, abs=5e-3)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_every_width_is_read(tmp_path: Path, width: int) -> None:
    """Samples of one to four bytes are the same sound."""
    values = np.array([0, 0.5, -0.5, 0.25, -1.0])
    whole = (values * 2 ** (8 * width - 1)).astype(np.int64)
    whole = whole + 128 if width == 1 else whole
    frames = b"".join(int(value).to_bytes(width, "little", signed=width > 1) for value in whole)
    assert to_float(read_wav(written(tmp_path / "wide.wav", frames, width=width), 24_000)).tolist() == values.tolist()


def test_channels_are_mixed(tmp_path: Path) -> None:
    """Of two channels the mean is heard."""
    frames = np.array([[1_000, 3_000], [-2_000, 0]], "<i2").tobytes()
    assert samples(read_wav(written(tmp_path / "two.wav", frames, channels=2), 24_000)).tolist() == [2_000, -1_000]


def test_an_empty_file_is_silence(tmp_path: Path) -> None:
    """A file without samples is no sound and no error."""
    assert read_wav(written(tmp_path / "empty.wav", b"", rate=8_000), 24_000) == b""


async def test_no_such_file_is_a_missing_device(tmp_path: Path) -> None:
    """A file that is missing or no WAV file is a device error that names it."""
    (tmp_path / "text.wav").write_text("hello")
    for name in ("none.wav", "text.wav"):
        with pytest.raises(AudioDeviceError, match=rf"{name} cannot be read as WAV"):
            await anext(WavInput(tmp_path / name).chunks())


async def test_what_is_played_is_written(tmp_path: Path) -> None:
    """An output to a file holds the sound that was played, is reported as heard and drains."""
    listener, speaker = Listener(), WavOutput(tmp_path / "out.wav", paced=False)
    await speaker.open(listener)
    speaker.play("item_1", 0, sine(440, 0.5))
    await listener.until(lambda heard: heard.drained == 1)
    await speaker.close()
    assert read_wav(tmp_path / "out.wav", 24_000) == sine(440, 0.5)
    assert listener.heard == {("item_1", 0): 12_000}


async def test_what_is_flushed_is_not_written(tmp_path: Path) -> None:
    """A file holds exactly what was reported as heard before the flush, and what came after it."""
    listener, speaker = Listener(), WavOutput(tmp_path / "out.wav")
    await speaker.open(listener)
    speaker.play("item_1", 0, sine(440, 5))
    await listener.until(lambda heard: heard.heard.get(("item_1", 0), 0) > 1_000)
    speaker.flush()
    await listener.until(lambda heard: heard.drained == 1)
    speaker.play("item_2", 0, sine(880, 0.1))
    await listener.until(lambda heard: heard.drained == 2)
    await speaker.close()
    cut = listener.heard[("item_1", 0)]
    assert 1_000 < cut < 60_000
    assert read_wav(tmp_path / "out.wav", 24_000) == sine(440, 5)[: 2 * cut] + sine(880, 0.1)


async def test_a_paced_output_takes_its_time(tmp_path: Path) -> None:
    """Sound is written no faster than it would be heard, after a pause too."""
    time = Time()
    listener, speaker = Listener(), WavOutput(tmp_path / "out.wav", sleep=time.pause, clock=time)
    await speaker.open(listener)
    speaker.play("item_1", 0, sine(440, 0.5))
    await listener.until(lambda heard: heard.drained == 1)
    assert time.now == pytest.approx(100.5)
    time.now = 200.0
    speaker.play("item_1", 0, sine(440, 0.5))
    await listener.until(lambda heard: heard.drained == 2)
    assert time.now == pytest.approx(200.5)
    await speaker.close()


async def test_a_file_is_whole_at_any_time(tmp_path: Path) -> None:
    """What was written so far can be read before the output is closed."""
    listener, speaker = Listener(), WavOutput(tmp_path / "out.wav", paced=False)
    await speaker.open(listener)
    speaker.play("item_1", 0, sine(440, 0.1))
    await listener.until(lambda heard: heard.drained == 1)
    assert len(read_wav(tmp_path / "out.wav", 24_000)) == 4_800
    await speaker.close()


async def test_a_file_that_cannot_be_written_is_a_missing_device(tmp_path: Path) -> None:
    """Opening an output in a directory that is not there is a device error that names the file."""
    with pytest.raises(AudioDeviceError, match=r"out\.wav cannot be written"):
        await WavOutput(tmp_path / "none" / "out.wav").open(Listener())
