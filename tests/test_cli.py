"""The command `realtime-rx`, run as a process."""

import json
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from realtime_rx.version import __version__

from .support.frames import CREATED, text_turn, tool_turn

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-m", "realtime_rx.cli")
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
SECONDS = 60


def run(*arguments: str | Path, stdin: str = "", code: int = 0) -> subprocess.CompletedProcess[str]:
    """What came of the command, which ended with this code."""
    done = subprocess.run(
        (*COMMAND, *map(str, arguments)),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == code, done.stderr
    return done


def written(path: Path, *frames: dict[str, Any], provider: str | None = "openai") -> Path:
    lines = [{"kind": "message", "direction": "received", "data": frame} for frame in frames]
    meta = [{"kind": "meta", "provider": provider}] if provider else []
    path.write_text("".join(json.dumps(line) + "\n" for line in [*meta, *lines]))
    return path


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    frames = (CREATED, *tool_turn(("call_1", "double", '{ "number": 21 }')), *text_turn("It is [b]42[/b]"))
    return written(tmp_path / "talk.jsonl", *frames)


def test_the_command_is_installed_with_the_library() -> None:
    """The project's one script is this command."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts == {"realtime-rx": "realtime_rx.cli:main"}


def test_help_and_version() -> None:
    """`--help` names every command, each of which has a help of its own, and `--version` tells the version."""
    said = run("--help").stdout
    for command in ("replay", "record", "events"):
        assert f"\n  {command} " in said
        assert "FILE" in run(command, "--help").stdout
    assert __version__ in run("--version").stdout


def test_a_conversation_is_printed(talk: Path) -> None:
    """`replay` prints each message and each call, and what looks like markup as it is."""
    assert sorted(run("replay", talk).stdout.splitlines()) == [
        "assistant  It is [b]42[/b]",
        'tool       double({"number":21}) → …',
    ]


def test_a_recording_can_be_piped_in(talk: Path) -> None:
    """`-` is the standard input."""
    assert "It is [b]42[/b]" in run("replay", "--fast", "-", stdin=talk.read_text()).stdout


def test_a_conversation_is_recorded_and_played(tmp_path: Path) -> None:
    """`record` says each line of its input and writes the answers to a file that `replay` plays to the same words."""
    path = tmp_path / "talk.jsonl"
    done = run("record", "--model", "local", path, stdin="What is 2 plus 2?\n\nWhat is 3 plus 4?\n")
    assert done.stdout.split("\n")[:-1] == [
        "user       What is 2 plus 2?",
        "assistant  2 + 2 is 4.",
        "user       What is 3 plus 4?",
        "assistant  3 + 4 is 7.",
    ]
    assert str(path) in done.stderr
    assert run("replay", "--fast", path).stdout == done.stdout


def test_events_in_a_pipe(talk: Path) -> None:
    """In a pipe the events are lines of tab-separated cells, below a line of their names."""
    head, *rows = run("events", talk).stdout.splitlines()
    assert head.split("\t") == ["line", "time", "connection", "direction", "kind", "detail"]
    assert rows[1].split("\t")[3:5] == ["received", "session-created"]
    assert all(row.count("\t") == 5 for row in rows)


def test_events_are_filtered(talk: Path) -> None:
    """`--kind` takes patterns, any of which may fit, and `--direction` one direction."""
    rows = run("events", talk, "-k", "response-done", "-k", "session-*").stdout.splitlines()[1:]
    assert [row.split("\t")[4] for row in rows] == ["session-created", "response-done", "response-done"]
    assert run("events", talk, "-d", "sent").stdout.count("\n") == 1


def test_events_as_json(talk: Path) -> None:
    """`--json` gives one object a line, with the frame."""
    rows = [json.loads(line) for line in run("events", "--json", talk).stdout.splitlines()]
    assert rows[1]["data"]["type"] == "session.created"


def test_the_name_of_the_file_says_whose_wire_it_is(tmp_path: Path) -> None:
    """Where neither the recording nor its name says whose wire it is, `--provider` must."""
    named = written(tmp_path / "openai__talk.jsonl", CREATED, *text_turn("Hi"), provider=None)
    assert "Hi" in run("replay", named).stdout
    nameless = named.rename(tmp_path / "talk.jsonl")
    assert "pass --provider" in run("replay", nameless, code=1).stderr
    assert "Hi" in run("replay", nameless, "--provider", "openai").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("replay", "nowhere.jsonl"), 2, "does not exist"),
        (("dance",), 2, "No such command"),
        (("record", "--model", "nobody:x", "x.jsonl"), 1, "no provider 'nobody'"),
        (("record", "--model", "local", "nowhere/x.jsonl"), 1, "cannot record into"),
        (("record", "--model", "openai", "--base-url", "http://127.0.0.1:9", "x.jsonl"), 1, "cannot reach"),
    ],
)
def test_what_goes_wrong_is_one_line(
    arguments: tuple[str, ...], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes wrong is said in a line, never as a traceback, and told by the exit code."""
    monkeypatch.chdir(tmp_path)
    done = run(*arguments, code=code)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_line_that_is_no_record(tmp_path: Path) -> None:
    """A file that is no recording is named with the line that is none."""
    path = tmp_path / "talk.jsonl"
    path.write_text("hello\n")
    for command in ("replay", "events"):
        assert "talk.jsonl, line 1" in run(command, path, "--provider", "openai", code=1).stderr


def test_without_its_extra_the_command_names_it() -> None:
    """Without click the command ends in one line that names the extra."""
    program = "import sys; sys.modules['click'] = None; from realtime_rx.cli import main; main()"
    done = subprocess.run(
        (sys.executable, "-c", program),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert 'pip install "realtime-rx[cli]"' in done.stderr


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_replay_can_be_interrupted(tmp_path: Path, ending: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end a replay at once, with the code of an interruption and what was said so far."""
    line = {"kind": "message", "direction": "received"}
    lines = [{**line, "at": 1.0, "data": frame} for frame in (CREATED, *text_turn("Hi"))]
    path = tmp_path / "openai__talk.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in [*lines, {**line, "at": 1e6, "data": CREATED}]))
    with subprocess.Popen(
        (*COMMAND, "replay", str(path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        try:
            assert "Hi" in process.stdout.readline()
            process.send_signal(ending)
            assert process.wait(SECONDS) == 130
        finally:
            process.kill()


def test_a_closed_pipe_ends_it_quietly(talk: Path) -> None:
    """Where the reader of a pipe has gone, the command ends without a traceback."""
    talk.write_text(talk.read_text() * 2000)
    command = f"{sys.executable} -m realtime_rx.cli events --json {talk} | head -1"
    done = subprocess.run(
        command,
        shell=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
