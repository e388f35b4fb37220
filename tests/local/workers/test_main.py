"""The process at the far end of the pipe."""

import io
import subprocess
import sys

import pytest

from realtime_rx.local.pipe import MAIN
from realtime_rx.local.workers.main import read, write


def test_what_is_written_is_read() -> None:
    """Messages go through a pipe whole, with and without sound, and end with it."""
    pipe = io.BytesIO()
    write(pipe, {"a": "\u00e9"}, b"\x00\xff")
    write(pipe, {})
    pipe.seek(0)
    assert [read(pipe), read(pipe), read(pipe)] == [({"a": "\u00e9"}, b"\x00\xff"), ({}, b""), None]


@pytest.mark.parametrize("engine", ["speech", "recognition"])
def test_a_process_has_nothing_of_the_library_in_it(engine: str) -> None:
    """An engine is loaded alone: none of our other modules is in its process."""
    loading = f"runpy.run_path({MAIN[0]!r})['load']({engine!r})"
    code = f"import runpy, sys; {loading}; print([m for m in sys.modules if 'realtime' in m or 'msgspec' in m])"
    run = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
