"""The README: its programs run, its tables are true."""

import asyncio
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from realtime_rx import SessionState, errors
from realtime_rx.abc import Capabilities
from tools import capabilities

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
PATHS = os.pathsep.join(str(ROOT / folder) for folder in (".", "bindings"))


def program_with(word: str) -> str:
    (found,) = [program for program in PROGRAMS if word in program]
    return found


def run(program: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**environment, "PYTHONPATH": PATHS},
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def table_under(heading: str) -> list[list[str]]:
    """The cells of the table in that section, without its head."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def names(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


def test_the_script_runs() -> None:
    """The script talks to the embedded provider and prints the answer that its tool made possible."""
    assert "sunny" in run(program_with("asyncio.run(main())"))


def test_the_streams_run() -> None:
    """The program with the streams prints the life of a connection."""
    assert run(program_with("session.server_events")).split() == [
        "disconnected",
        "connecting",
        "connected",
        "disconnected",
    ]


def test_the_replay_runs() -> None:
    """The program that records and replays prints the answer that the replay heard."""
    assert run(program_with("Replay(path)")) == "2 + 2 is 4.\n"


def test_the_test_of_a_conversation_passes() -> None:
    """The test that a reader is shown passes."""
    scope: dict[str, Any] = {"__name__": "readme"}
    exec(program_with("scripted_session"), scope)
    asyncio.run(scope["test_the_model_gets_the_double"]())


def test_the_tools_are_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tools that a reader is shown have the schemas that they promise, and give what they say."""
    scope: dict[str, Any] = {"__name__": "readme"}
    exec(program_with("def photograph"), scope)
    forecast, refund = scope["get_forecast"], scope["refund"]
    days = forecast.definition.parameters["properties"]["days"]
    assert (days["description"], days["maximum"], days["default"]) == ("how many days ahead", 7, 3)
    assert asyncio.run(refund.run({"order": 7, "amount": 12})) == "12 euros for order 7 are on their way"
    assert [refund.needs_approval({"amount": amount}) for amount in (100, 101)] == [False, True]
    (tmp_path / "door.png").write_bytes(b"png")
    monkeypatch.chdir(tmp_path)
    assert asyncio.run(scope["photograph"].run({"camera": "door"})) == {"type": "image", "mime_type": "image/png"}


def test_the_page_can_be_made() -> None:
    """The programs with a page run up to the moment when they would serve."""
    pytest.importorskip("nicegui")
    for word in ("realtime_rx_nicegui import composer", "realtime_rx_nicegui import microphone"):
        assert "served" in run(f"from nicegui import ui\nui.run = lambda: print('served')\n{program_with(word)}")


def test_the_policies_are_policies() -> None:
    """The session that a reader is shown tries as hard as it was told, and has who takes over."""
    shown = "print(session.state.reconnect.attempts, [each.id for each in session.state.providers])"
    assert run(f"{program_with('ReconnectPolicy(')}\n{shown}") == "5 ['local', 'openai']\n"


def test_the_setup_endpoint_can_be_made() -> None:
    """The server that keeps the key runs up to the moment when it would serve."""
    program = program_with("setup_endpoint(")
    assert "/api/realtime/setup" in run(
        f"from aiohttp import web\nweb.run_app = lambda app: print([*app.router.resources()])\n{program}"
    )


def test_every_program_is_tested() -> None:
    """There is no program here that no test runs; those for Panel and Reflex are run where these are installed."""
    elsewhere = [program for program in PROGRAMS if re.search("realtime_rx_(panel|reflex)", program)]
    assert len(PROGRAMS) - len(elsewhere) == 9


def test_the_state_is_described() -> None:
    """The table of the state names each field and the two derived transcripts, and nothing that is not there."""
    described = [name for row in table_under("The state") for name in names(row[0])]
    derived = {"pending_user_transcript", "pending_assistant_transcript"}
    assert set(described) - derived == set(SessionState.__struct_fields__)
    assert len(described) == len(set(described))


def test_the_errors_are_described() -> None:
    """The table of errors names every error, each with the code that it has."""
    kinds = {name for name in errors.__all__ if name not in ("RealtimeError", "RealtimeErrorInfo")}
    rows = {names(row[0])[0]: names(row[1]) for row in table_under("Errors")}
    assert set(rows) == kinds
    constant = {
        name: kind("x").code for name in kinds if (kind := getattr(errors, name)) not in NEEDS_MORE and kind("x").code
    }
    assert {name: rows[name][0] for name in constant} == constant


NEEDS_MORE = (errors.AuthenticationError, errors.ConnectionLostError, errors.ProviderError)


def test_the_providers_are_described() -> None:
    """The tables of providers say what their capability data says (`make tables` writes them)."""
    assert README.split(capabilities.START)[1].split(capabilities.END)[0] == capabilities.tables()


def test_no_ability_is_left_out() -> None:
    """Every field of the capability data is in a table, or is known to concern nobody but the library."""
    assert capabilities.described() | capabilities.INTERNAL == set(Capabilities.__struct_fields__)
    assert not capabilities.described() & capabilities.INTERNAL


def test_links_lead_somewhere() -> None:
    """Every link to a file of the project leads to one."""
    links = re.findall(r"[^!]\[[^\]]*\]\((?!http)([^)#]+)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_licence_is_the_one_that_is_there() -> None:
    """The licence that is named is the one in the file."""
    assert "MIT License" in (ROOT / "LICENSE").read_text()


def test_the_architecture_draws_the_layers_that_are_enforced() -> None:
    """The layers in ARCHITECTURE.md are those of the import contract, in its order, as far as they exist."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    enforced = next(contract["layers"] for contract in contracts if contract["name"] == "Layers")
    drawn = (ROOT / "ARCHITECTURE.md").read_text().split("## The layers")[1].split("```\n")[1].splitlines()
    assert [existing(line.split("  ")[0]) for line in drawn] == [existing(layer) for layer in enforced]


def existing(layer: str) -> list[str]:
    """The modules of a layer that there are."""
    modules = [name.strip(" ()") for name in layer.split("|")]
    return [name for name in modules if any((ROOT / "realtime_rx").glob(f"{name}*"))]
