"""The examples: each runs as a reader would run it, against the embedded provider."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
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


def spoken(path: Path, text: str) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(say(text, after_ms=1500))
    return path


def seconds(path: Path) -> float:
    """How long the sound in a file is that is not silence all through."""
    with wave.open(str(path)) as file:
        assert any(file.readframes(file.getnframes()))
        return file.getnframes() / file.getframerate()


def test_talking_aloud(tmp_path: Path) -> None:
    """talk.py hears a question in a file, shows it in words, and writes the spoken answer to another."""
    asked, answered = spoken(tmp_path / "asked.wav", "What time is it"), tmp_path / "answered.wav"
    printed = run("talk.py", "--model", "local", "--ask", str(asked), "--answer", str(answered), "--seconds", "9")
    assert re.search("user: .*time", printed)
    assert "assistant: It is" in printed
    assert seconds(answered) > 0.5


def test_push_to_talk(tmp_path: Path) -> None:
    """push_to_talk.py listens from one Enter to the next, answers what it heard, and ends with the input."""
    asked, answered = spoken(tmp_path / "asked.wav", "What time is it"), tmp_path / "answered.wav"
    program = [sys.executable, "-W", "error", EXAMPLES / "push_to_talk.py", "--model", "local"]
    files = ["--ask", str(asked), "--answer", str(answered)]
    with subprocess.Popen(
        [*program, *files],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(),
    ) as talk:
        watchdog = threading.Timer(PATIENCE, talk.kill)
        watchdog.daemon = True
        watchdog.start()
        printed = [line_with(talk, "Enter to speak"), enter(talk), line_with(talk, "(listening)")]
        printed += [line_with(talk, "(idle)"), enter(talk)]  # the file has ended; nobody has been answered
        printed += [line_with(talk, "(speaking)"), line_with(talk, "(idle)")]
        rest, _ = talk.communicate()
        watchdog.cancel()
    before, after = "".join(printed[:5]), "".join(printed[5:]) + rest
    assert "user: " not in before
    assert re.search("user: .*time", after)
    assert "assistant: It is" in after
    assert talk.returncode == 0
    assert seconds(answered) > 0.5


def enter(program: subprocess.Popen[str]) -> str:
    assert program.stdin is not None
    program.stdin.write("\n")
    program.stdin.flush()
    return ""


def line_with(program: subprocess.Popen[str], text: str) -> str:
    """What a program prints up to this, and with it."""
    assert program.stdout is not None
    printed = ""
    for line in program.stdout:
        printed += line
        if text in line:
            return printed
    raise AssertionError(f"it never said {text!r}, only {printed!r}")


def test_recording_answers(tmp_path: Path) -> None:
    """record_to_wav.py writes the sound of each answer to a file of its own, without any device."""
    questions = ["What is 2 plus 3?", "Count to ten"]
    printed = run("record_to_wav.py", "--model", "local", "--folder", str(tmp_path / "answers"), *questions)
    short, long = (tmp_path / "answers" / f"answer-{number}.wav" for number in (1, 2))
    said = printed.splitlines()
    assert [line.partition(": ")[0] for line in said] == [str(short), str(long)]
    assert "5" in said[0].partition(": ")[2]
    assert seconds(long) > seconds(short) > 0.5


def test_tools() -> None:
    """tools.py runs both tools, and waits for the person's answer to the third call."""
    printed = run("tools.py")
    assert "sunny" in re.findall("assistant: .*", printed)[0]
    assert '[roll_dice {"sides":20}]' in printed
    assert "(a person looks at refund_order {'order': 1234})" in printed
    assert "approved" in re.findall("assistant: .*", printed)[-1]


def test_approving_tools() -> None:
    """approval.py runs the tool that is allowed, shows how far it gets, and tells the model that the other is not."""
    printed = run("approval.py", said="y\nn\n").splitlines()
    assert "refund_order {'order': 1234}?" in printed[0]
    assert printed[1:3] == ["  … asking the bank", "  … order 1234 is refunded"]
    assert "order 1234 is refunded" in printed[3]
    assert "not before Friday" in printed[-1]


def test_a_setup_endpoint() -> None:
    """setup_endpoint.py serves tokens, and a session without a key has a conversation with one of them."""
    printed = run("setup_endpoint.py").splitlines()
    assert re.fullmatch(r"http://127.0.0.1:\d+/setup gives tokens for local", printed[0])
    assert printed[1] == "user: What is the weather in Lisbon?"
    assert "sunny" in printed[2]


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


def test_a_panel_app_is_tested_with_panel() -> None:
    """panel_chat.py is run where Panel is installed, by the tests of its binding."""
    there = Path(__file__).parent / "frameworks" / "panel_binding" / "test_sessions.py"
    assert "panel_chat.py" in there.read_text()


def test_a_reflex_app_is_tested_with_reflex() -> None:
    """reflex_chat is built, served and looked at where Reflex is installed, by the tests of its binding."""
    there = Path(__file__).parent / "frameworks" / "reflex_binding" / "serving.py"
    assert "reflex_chat" in there.read_text()


def test_every_example_is_run_here() -> None:
    """No example stands untested."""
    source = Path(__file__).read_text()
    assert [path.name for path in EXAMPLES.glob("*.py") if f'"{path.name}"' not in source] == []
