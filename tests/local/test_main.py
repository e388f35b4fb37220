"""`python -m realtime_rx.local`."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from websockets.sync.client import connect

from realtime_rx.local.__main__ import parse


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and what it said up to its URL."""
    command = [sys.executable, "-m", "realtime_rx.local", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        said = ""
        while process.stdout is not None and "Listening" not in said and (line := process.stdout.readline()):
            said += line
        try:
            yield process, said
        finally:
            process.kill()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_stop(ending: signal.Signals) -> None:
    """It prints its URL and its limits, serves, and ends cleanly on Ctrl-C and on SIGTERM."""
    with running("--no-speech") as (process, said):
        assert "NOT an assistant" in said
        assert "Writes, cannot speak." in said
        found = re.search(r"Listening on (ws://127\.0\.0\.1:\d+/v1/realtime)", said)
        assert found
        with connect(found[1]) as socket:
            assert json.loads(socket.recv(timeout=10))["type"] == "session.created"
        process.send_signal(ending)
        assert process.wait(20) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.usefixtures("needs_hearing", "needs_speech")
def test_it_says_what_it_hears_and_speaks_with() -> None:
    """With the extra installed it names its recogniser, its turn detector and its synthesiser."""
    with running() as (_, said):
        assert re.search(r"^Hears with pocketsphinx [\d.]+, turns by Silero\.$", said, re.MULTILINE)
        assert "Speaks with espeak-ng" in said


def test_its_help_says_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """--help says plainly that this is no assistant."""
    with pytest.raises(SystemExit):
        parse(["--help"])
    assert "NOT an assistant" in capsys.readouterr().out
