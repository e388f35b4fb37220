"""The examples: each runs as a reader would run it, against the embedded provider."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import wave
from pathlib import Path

import pytest

from realtime_rx import to_ui_messages
from realtime_rx.testing import reduce_recording

from .local.spoken import RATE, say

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PATIENCE = 60
PATHS = os.pathsep.join(str(EXAMPLES.parent / folder) for folder in (".", "bindings"))


def environment(**more: str) -> dict[str, str]:
    """The tests' own, without keys, so that an example talks to nobody else; NiceGUI must not know of pytest."""
    plain = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_CURRENT_TEST"))}
    return {**plain, "PYTHONPATH": PATHS, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", **more}


def run(name: str, *arguments: str, said: str = "") -> str:
    """What an example prints; it must end well and complain of nothing."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES / name, *arguments],
        input=said,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env=environment(),
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    return ran.stdout


def test_talking_by_typing() -> None:
    """talk_text.py answers each piped line, and ends with the input."""
    answers = run("talk_text.py", "--model", "local", said="Hello\nWhat is 2 plus 3?\n").splitlines()
    assert len(answers) == 2
    assert "5" in answers[1]


def test_talking_aloud(tmp_path: Path) -> None:
    """talk.py hears a question in a file, shows it in words, and writes the spoken answer to another."""
    asked, answered = tmp_path / "asked.wav", tmp_path / "answered.wav"
    with wave.open(str(asked), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(say("What time is it", after_ms=1500))
    printed = run("talk.py", "--model", "local", "--ask", str(asked), "--answer", str(answered), "--seconds", "9")
    assert re.search("user: .*time", printed)
    assert "assistant: It is" in printed
    with wave.open(str(answered)) as file:
        assert file.getnframes() > RATE // 2


def test_tools() -> None:
    """tools.py runs both tools, and waits for the person's answer to the third call."""
    printed = run("tools.py")
    assert "sunny" in re.findall("assistant: .*", printed)[0]
    assert '[roll_dice {"sides":20}]' in printed
    assert "(a person looks at refund_order {'order': 1234})" in printed
    assert "approved" in re.findall("assistant: .*", printed)[-1]


def test_an_own_interface() -> None:
    """custom_ui_observables.py follows status, mode and words as they come, and counts the events."""
    printed = run("custom_ui_observables.py")
    lines = [line for line in printed.splitlines() if line]
    assert lines[0].startswith("disconnected · idle")
    speaking = [line for line in lines if line.startswith("connected · speaking")]
    assert len(speaking) > 3
    assert re.search(r"\d+ events: \{'text-delta': \d+", printed)
    assert lines[-1].startswith("assistant: ")


def test_reducing_a_recording() -> None:
    """reduce_a_recording.py prints the transcript and the UI messages of the recording that comes with it."""
    said, counts, messages = run("reduce_a_recording.py").split("\n\n")
    assert said.splitlines()[0] == "user: Hello"
    assert counts == "5 messages, 67 events, 131 tokens"
    assert json.loads(messages) == to_ui_messages(reduce_recording(EXAMPLES / "data" / "weather.jsonl"))


@pytest.mark.skipif("REALTIME_RX_RECORDINGS" not in os.environ, reason="REALTIME_RX_RECORDINGS is not set")
def test_reducing_somebody_elses_recording() -> None:
    """reduce_a_recording.py takes any recording."""
    path = Path(os.environ["REALTIME_RX_RECORDINGS"]) / "openai__tool_call_round.jsonl"
    assert "assistant: " in run("reduce_a_recording.py", str(path), "--provider", "openai")


def fetched(url: str, server: subprocess.Popen[bytes]) -> str:
    """The page, as soon as the server has come up."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as page:
                return page.read().decode()
        except urllib.error.URLError:
            time.sleep(0.05)
    raise AssertionError(f"it never came up: {server.poll()}")


def test_a_page() -> None:
    """nicegui_app.py serves its page."""
    pytest.importorskip("nicegui")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    program = [sys.executable, EXAMPLES / "nicegui_app.py"]
    with subprocess.Popen(program, stdout=subprocess.DEVNULL, env=environment(PORT=port)) as server:
        try:
            text = fetched(f"http://127.0.0.1:{port}/", server)
        finally:
            server.terminate()
    assert "<title>realtime-rx</title>" in text


def test_every_example_is_run_here() -> None:
    """No example stands untested."""
    source = Path(__file__).read_text()
    assert [path.name for path in EXAMPLES.glob("*.py") if f'"{path.name}"' not in source] == []
