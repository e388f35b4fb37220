"""A PulseAudio server of a test's own, whose one speaker is heard by nobody but its monitor."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

SPEAKER, MONITOR = "test", "test.monitor"

START_S = 10.0


class PulseServer:
    """Its socket, cookie and everything else is in one folder, whose path must be short: a socket's path is."""

    def __init__(self, folder: Path, *, is_quick: bool = True) -> None:
        """``is_quick``: the speaker takes sound at once. A null sink as it is takes 1.5 s to begin."""
        self.folder = folder
        self.is_quick = is_quick
        self.socket = folder / "socket"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> Mapping[str, str]:
        """What makes a program use this server and none of the user's."""
        folder = str(self.folder)
        return {
            "PULSE_SERVER": f"unix:{self.socket}",
            "PULSE_COOKIE": f"{folder}/cookie",
            "PULSE_RUNTIME_PATH": folder,
            "XDG_RUNTIME_DIR": folder,
        }

    def start(self) -> None:
        """Returns when it listens."""
        options = "-n --daemonize=no --exit-idle-time=-1 --use-pid-file=no --log-level=error"
        protocol = f"module-native-protocol-unix auth-anonymous=1 socket={self.socket}"
        null_sink = f"module-null-sink sink_name={SPEAKER} norewinds={int(self.is_quick)}"
        self._process = subprocess.Popen(
            ["pulseaudio", *options.split(), "-L", protocol, "-L", null_sink],
            env={**os.environ, **self.environment, "HOME": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_S
        while not self.socket.exists():
            assert self._process.poll() is None, "pulseaudio ended while it started"
            assert time.monotonic() < deadline, "pulseaudio does not listen"
            time.sleep(0.005)

    def kill(self) -> None:
        """At once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self.socket.unlink(missing_ok=True)

    def control(self, *arguments: str) -> str:
        """What ``pactl`` says to this."""
        environment = {**os.environ, **self.environment}
        return subprocess.run(["pactl", *arguments], env=environment, check=True, capture_output=True, text=True).stdout


def is_installed() -> bool:
    return all(shutil.which(program) for program in ("pulseaudio", "pactl"))
