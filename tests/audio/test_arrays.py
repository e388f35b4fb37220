import subprocess
import sys

import pytest


def run(program: str) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter's."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_the_library_needs_no_sound() -> None:
    """The library, and the package of sound itself, are imported where numpy, soxr and soundcard are missing."""
    missing = "import sys; sys.modules.update(numpy=None, soxr=None, soundcard=None)"
    assert run(f"{missing}; import realtime_rx, realtime_rx.audio, realtime_rx.testing").stderr == ""


def test_the_library_does_not_load_sound() -> None:
    """Importing the library loads none of them where they are there."""
    program = "import realtime_rx, sys; print({'numpy', 'soxr', 'soundcard'} & set(sys.modules))"
    assert run(program).stdout == "set()\n"


@pytest.mark.parametrize(
    ("module", "missing"),
    [("pcm", "numpy"), ("levels", "numpy"), ("wav", "numpy"), ("devices", "numpy"), ("resampling", "soxr")],
)
def test_what_needs_a_package_names_the_extra(module: str, missing: str) -> None:
    """A module whose package is missing says in its error's one line what to install."""
    program = f"import sys; sys.modules['{missing}'] = None; import realtime_rx.audio.{module}"
    assert run(program).stderr.splitlines()[-1].endswith(f'needs {missing}: pip install "realtime-rx[audio]"')
