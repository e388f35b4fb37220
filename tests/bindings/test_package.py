"""The package itself: realtime_rx_nicegui."""

import subprocess
import sys

import pytest
from realtime_rx_nicegui.__main__ import arguments

WITHOUT_NICEGUI = "import sys; sys.modules['nicegui'] = None; import realtime_rx_nicegui"


def test_without_nicegui_it_says_what_to_install() -> None:
    """Importing the binding without NiceGUI is an ImportError whose one line names the extra to install."""
    run = subprocess.run([sys.executable, "-c", WITHOUT_NICEGUI], capture_output=True, text=True, check=False)
    *_, last = run.stderr.strip().splitlines()
    assert run.returncode == 1
    assert last == 'ImportError: realtime_rx_nicegui needs NiceGUI: pip install "realtime-rx[nicegui]"'


def test_the_core_imports_no_framework() -> None:
    """What the bindings have in common is imported without any UI framework."""
    code = "import sys, realtime_rx.ui; sys.exit(any(name in sys.modules for name in ('nicegui', 'panel', 'reflex')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_demo_listens_on_this_machine_only() -> None:
    """Unless told otherwise the demo listens on this machine, on port 8080, and opens a browser."""
    given = arguments([])
    assert (given.host, given.port, given.no_browser) == ("127.0.0.1", 8080, False)
    told = arguments(["--host", "0.0.0.0", "--port", "9000", "--no-browser"])
    assert (told.host, told.port, told.no_browser) == ("0.0.0.0", 9000, True)


def test_the_demo_needs_a_number_for_a_port(capsys: pytest.CaptureFixture[str]) -> None:
    """A port that is no number is refused with a message that names the option."""
    with pytest.raises(SystemExit):
        arguments(["--port", "web"])
    assert "--port" in capsys.readouterr().err
