import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from realtime_rx.audio import soundcards
from realtime_rx.audio.devices import Microphone, Speaker, list_microphones, list_speakers
from realtime_rx.errors import AudioDeviceError
from tests.audio.fakes import Listener
from tests.audio.pulse import MONITOR, PulseServer
from tests.audio.sounds import sine

pytestmark = pytest.mark.pulse

LOST_S = 2.0
"""A device that is gone is told within this time."""


async def test_a_server_that_dies_while_playing_is_told(
    pulse: PulseServer, speaker: Speaker, listener: Listener
) -> None:
    """When the sound server dies mid-sound, the speaker is lost within 2 s, and a new server is used like the first."""
    await speaker.open(listener)
    speaker.play("item_1", 0, sine(440, 60))
    await listener.until(lambda heard: bool(heard.played))
    pulse.kill()
    await listener.until(lambda heard: bool(heard.lost), LOST_S)
    assert "the speaker is gone" in str(listener.lost[0])
    assert listener.heard[("item_1", 0)] < 60 * 24_000 / 2
    await speaker.close()
    pulse.start()
    again = Listener()
    await speaker.open(again)
    speaker.play("item_2", 0, sine(440, 0.1))
    await again.until(lambda heard: heard.drained == 1)
    assert again.heard == {("item_2", 0): 2_400}


async def test_a_server_that_dies_while_recording_is_told(pulse: PulseServer) -> None:
    """When the sound server dies, the microphone's chunks raise within 2 s; a new server is used as the first was."""
    microphone = Microphone(MONITOR)
    async with aclosing(microphone.chunks()) as chunks:
        await anext(chunks)
        pulse.kill()
        with pytest.raises(AudioDeviceError, match="the microphone is gone"):
            await asyncio.wait_for(exhaust(chunks), LOST_S)
    pulse.start()
    async with aclosing(microphone.chunks()) as chunks:
        assert len(await anext(chunks)) == 960


async def exhaust(chunks: AsyncIterator[bytes]) -> None:
    async for _ in chunks:
        pass


async def test_a_speaker_that_is_unplugged_is_told(pulse: PulseServer, speaker: Speaker, listener: Listener) -> None:
    """When the speaker itself goes away, while its server stays, it is lost within 2 s, and the process lives on."""
    await speaker.open(listener)
    speaker.play("item_1", 0, sine(440, 60))
    await listener.until(lambda heard: bool(heard.played))
    pulse.control("unload-module", "module-null-sink")
    await listener.until(lambda heard: bool(heard.lost), LOST_S)
    await speaker.close()
    assert list_speakers() == []


async def test_a_silent_speaker_is_lost_at_the_next_sound(
    pulse: PulseServer, speaker: Speaker, listener: Listener
) -> None:
    """A server that died while nothing was played is told when something is, and none of it is reported as heard."""
    await speaker.open(listener)
    speaker.play("item_1", 0, sine(440, 0.05))
    await listener.until(lambda heard: heard.drained == 1)
    pulse.kill()
    speaker.play("item_2", 0, sine(440, 0.1))
    await listener.until(lambda heard: bool(heard.lost), LOST_S)
    assert ("item_2", 0) not in listener.heard


async def test_no_server_is_an_error_that_says_what_to_do(pulse_folder: Path, listener: Listener) -> None:
    """Where no sound server is, everything that needs one is a device error with advice."""
    advice = "no sound server answers: start PulseAudio or PipeWire"
    for ask in (list_speakers, list_microphones):
        with pytest.raises(AudioDeviceError, match=advice):
            ask()
    with pytest.raises(AudioDeviceError, match=advice):
        await Speaker().open(listener)
    with pytest.raises(AudioDeviceError, match=advice):
        await anext(Microphone().chunks())


def test_a_command_line_program_gets_an_error_and_no_crash(pulse_folder: Path) -> None:
    """Under `python -c`, where soundcard's import fails in a way of its own, there is a device error as well."""
    program = "from realtime_rx.audio.devices import list_speakers; list_speakers()"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "AudioDeviceError: soundcard does not work under `python -c`" in ended.stderr


async def test_a_server_that_does_not_answer_is_an_error(
    pulse_folder: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sound server that takes the connection and says nothing is a device error after a bounded time."""
    monkeypatch.setattr(soundcards, "ANSWER_S", 0.3)
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(PulseServer(pulse_folder).socket))
        mute.listen()
        with pytest.raises(AudioDeviceError, match="the sound server does not answer: restart it"):
            await Speaker().open(listener)
        with pytest.raises(AudioDeviceError, match="the sound server does not answer: restart it"):
            list_speakers()


ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

PROGRAM = """
import asyncio, sys
from tests.audio.fakes import Listener
from realtime_rx.audio.devices import Microphone, Speaker

async def main():
    listener, speaker = Listener(), Speaker()
    await speaker.open(listener)
    speaker.play("item_1", 0, bytes(480_000))
    await anext(Microphone("test.monitor").chunks())
    await listener.until(lambda heard: heard.played)
    print("playing", flush=True)
    sys.stdin.readline()

asyncio.run(main())
"""


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_program_that_ends_while_playing_ends_well(pulse: PulseServer, tmp_path: Path, is_killed: bool) -> None:
    """A program that forgets to close its devices ends without a crash, with its sound server alive or dead."""
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, str(tmp_path / "program.py")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**ENVIRONMENT, **pulse.environment}
    ) as program:
        try:
            assert program.stdout is not None
            assert program.stdout.readline() == b"playing\n"
            if is_killed:
                pulse.kill()
            program.communicate(b"\n", timeout=10)
        finally:
            program.kill()
    assert program.returncode == 0
