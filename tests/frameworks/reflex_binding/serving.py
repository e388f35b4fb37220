"""An app as it is deployed: built, and served by one process on one port."""

import asyncio
import os
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

from benchmarks import environments
from tests.bindings.browser import DEADLINE, ROOT, Site, browsing, environment, free_port, listening

EXAMPLE = ROOT / "examples" / "reflex_chat"
CACHE = ROOT / ".cache" / "reflex"
BUILD_S = 150
ONE_WORKER = {"GRANIAN_WORKERS": "1"}
CONFIG = """
import reflex as rx
from realtime_rx_reflex import RealtimePlugin
from tests.frameworks.reflex_binding.counting import Counting

plugins = [rx.plugins.RadixThemesPlugin(), RealtimePlugin(), Counting()]
config = rx.Config(app_name="reflex_chat", plugins=plugins, disable_plugins=[rx.plugins.SitemapPlugin])
"""


@asynccontextmanager
async def serving(
    app: Path = EXAMPLE, *, config: str = CONFIG, name: str = "tested", python: str = sys.executable, **settings: str
) -> AsyncIterator[Site]:
    """The app with these settings of Reflex, and a browser. What was installed for its pages is kept under its name."""
    venv = Path(python).parent.parent
    home = CACHE / venv.name / name
    async with alone(home):
        copy(app, home)
        if config:
            (home / "rxconfig.py").write_text(config, "utf-8")
        port = free_port()
        log = home / "server.log"
        with log.open("wb") as output:
            process = await start(home, venv, port, output.fileno(), settings)
        try:
            await answering(port, process, log)
            async with browsing() as browser:
                yield Site(f"http://127.0.0.1:{port}", process, browser)
        finally:
            await end(process)


@asynccontextmanager
async def alone(home: Path) -> AsyncIterator[None]:
    """Have this folder for oneself. Where tests run twice at once the one that builds its pages would take away those
    that the other serves."""
    with ExitStack() as stack:
        await asyncio.to_thread(stack.enter_context, environments.alone(home))
        yield


def copy(app: Path, home: Path) -> None:
    shutil.copytree(app, home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))


async def start(home: Path, venv: Path, port: int, output: int, settings: Mapping[str, str]) -> Process:
    """In a process group of its own: Reflex has workers."""
    command = (str(ROOT / "tools" / "reflex"), str(venv), str(home), "run", "--env", "prod", "--single-port")
    ports = ("--frontend-port", str(port), "--backend-port", str(port), "--backend-host", "127.0.0.1")
    env = {**environment(), "PYTHONPATH": str(ROOT), **ONE_WORKER, **settings}
    return await asyncio.create_subprocess_exec(
        *command, *ports, env=env, stdout=output, stderr=STDOUT, start_new_session=True
    )


def said(log: Path) -> str:
    return log.read_text("utf-8")[-4000:]


async def answering(port: int, process: Process, log: Path) -> None:
    """Wait for the app, which is built first."""

    async def reachable() -> bool:
        assert process.returncode is None, said(log)
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    async with asyncio.timeout(BUILD_S):
        while not await reachable():  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.2)


async def end(process: Process) -> None:
    """End the server as Ctrl+C does, and whatever of it stays."""
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGINT)
    try:
        await asyncio.wait_for(process.wait(), DEADLINE)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@asynccontextmanager
async def redis() -> AsyncIterator[str]:
    """The address of a server that keeps nothing."""
    port = free_port()
    options = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
    process = await asyncio.create_subprocess_exec("redis-server", *options, stdout=DEVNULL)
    try:
        await listening(port, process)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()
