"""What one may import, and what importing needs."""

import inspect
import subprocess
import sys

import realtime_rx
import realtime_rx.testing

OPTIONAL = ("numpy", "soundcard", "nicegui", "reflex", "panel", "bokeh", "espeakng_loader", "soxr", "openai")

BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {optional!r}:
            raise ImportError(f"{{name}} is blocked")

sys.meta_path.insert(0, Blocked())
{program}
"""

TALK = """
import realtime_rx
from realtime_rx.local import LocalServer
from realtime_rx.testing import scripted_session
for name in realtime_rx.__all__:
    getattr(realtime_rx, name)
session = scripted_session([{"type": "session.created", "session": {}}])
session.connect().wait(5)
session.aclose().wait(5)
print("fine")
"""


def test_public_names_are_sorted_and_there() -> None:
    """Everything in `__all__` can be imported, is listed once, and stands in alphabetical order."""
    for module in (realtime_rx, realtime_rx.testing):
        assert module.__all__ == sorted(dict.fromkeys(module.__all__), key=str.casefold)
        assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_public_names_have_docstrings() -> None:
    """Every public class and function says what it is for."""
    public = [getattr(realtime_rx, name) for name in realtime_rx.__all__]
    kinds = [each for each in public if inspect.isclass(each) or inspect.isfunction(each)]
    assert [each for each in kinds if not inspect.getdoc(each)] == []


def test_the_core_needs_no_extra() -> None:
    """Without numpy, soundcard and the UI frameworks everything imports, and a session runs."""
    program = BLOCKED.format(optional=OPTIONAL, program=TALK)
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.stdout.strip(), ran.returncode) == ("fine", 0), ran.stderr


def test_importing_starts_nothing() -> None:
    """Importing the library starts no thread and opens no socket."""
    program = "import threading, realtime_rx; print(threading.active_count())"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.strip() == "1"
