"""The server of the whole process."""

import json
import subprocess
import sys
import threading

import pytest
from websockets.sync.client import connect

from realtime_rx.local import EmbeddedServer, embedded

CONNECT = """
import json
from websockets.sync.client import connect
from realtime_rx.local import embedded
socket = connect(embedded().url).__enter__()
print(json.loads(socket.recv())["type"])
"""


def test_there_is_one_for_the_process() -> None:
    """Every thread gets the same running server, started by the first."""
    found: list[EmbeddedServer] = []
    threads = [threading.Thread(target=lambda: found.append(embedded())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 8
    assert len(set(map(id, found))) == 1
    with connect(found[0].url) as socket:
        assert json.loads(socket.recv(timeout=10))["type"] == "session.created"
    assert found[0].capabilities.brain == "KeywordBrain"


def test_after_a_stop_there_is_a_new_one() -> None:
    """A process-wide server that was stopped is replaced by the next who asks."""
    first = embedded()
    first.stop()
    second = embedded()
    assert second is not first
    with connect(second.url) as socket:
        socket.recv(timeout=10)


def test_it_stops_twice_and_frees_its_thread() -> None:
    """A server of one's own can be stopped, twice, and leaves no thread."""
    server = EmbeddedServer()
    name = server._thread.name
    server.stop()
    server.stop()
    assert not server._thread.is_alive()
    assert name == "realtime-rx-local"


@pytest.mark.parametrize("last", ["socket.close()", "", "raise SystemExit(0)"])
def test_it_ends_with_the_process(last: str) -> None:
    """A program that used it exits by itself, quietly, whether its session is still open or not."""
    command = [sys.executable, "-c", f"{CONNECT}{last}"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (run.returncode, run.stdout) == (0, "session.created\n")
    assert "Traceback" not in run.stderr


ANSWERED = """
import atexit, asyncio, threading
from realtime_rx import use_realtime

def refuse(thread):
    raise RuntimeError("can't create new thread at interpreter shutdown")

async def main():
    answered = asyncio.Event()
    session = use_realtime("local", on_message=lambda message: message.role == "assistant" and answered.set())
    async with session, asyncio.timeout(20):
        session.send_text_message("What is 2 plus 3?")
        await answered.wait()
        print(session.state.messages[-1].text)

asyncio.run(main())
atexit.register(lambda: setattr(threading.Thread, "start", refuse))
"""


def test_a_script_that_talked_ends_without_a_word() -> None:
    """A script that had an answer exits with nothing on stderr, also where Python starts no thread then (3.12)."""
    command = [sys.executable, "-W", "error", "-c", ANSWERED]
    run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "2 + 3 is 5.\n", "")
