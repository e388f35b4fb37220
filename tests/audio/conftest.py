"""A sound server for the tests that are marked ``pulse``."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from realtime_rx.audio.devices import Speaker
from realtime_rx.audio.soundcards import Server
from tests.audio.fakes import Listener
from tests.audio.pulse import SPEAKER, PulseServer, is_installed


@pytest.fixture
def pulse_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where a server would be; programs look for it here, and there is none."""
    folder = Path(tempfile.mkdtemp(prefix="pulse-"))
    for name, value in PulseServer(folder).environment.items():
        monkeypatch.setenv(name, value)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def pulse(pulse_folder: Path, request: pytest.FixtureRequest) -> Iterator[PulseServer]:
    """A server that runs; its parameter is whether it is quick."""
    if not is_installed():
        pytest.fail("the sound tests need PulseAudio: install Debian's package pulseaudio (tools/sound does)")
    server = PulseServer(pulse_folder, is_quick=getattr(request, "param", True))
    server.start()
    yield server
    connected = Server.connect() if server.socket.exists() else None
    server.kill()
    # soundcard notices a moment later, and must have when the next test asks it.
    while connected is not None and connected.is_up:
        time.sleep(0.001)


@pytest.fixture
async def speaker(pulse: PulseServer) -> AsyncIterator[Speaker]:
    """That of the server."""
    speaker = Speaker(SPEAKER)
    yield speaker
    await speaker.close()


@pytest.fixture
def listener() -> Listener:
    return Listener()
