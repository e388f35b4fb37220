"""The package itself: realtime_rx_nicegui."""

import subprocess
import sys

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
