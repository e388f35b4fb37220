"""What a strict type checker says of a program as users write it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DEADLINE = 240
STRICT = {
    "typeCheckingMode": "strict",
    "reportUnnecessaryTypeIgnoreComment": "error",
    "extraPaths": [str(ROOT), str(ROOT / "bindings")],
}


def check_types(folder: Path, *programs: Path, python: str = sys.executable, **settings: str) -> None:
    """``AssertionError``, with what was said, where one is wrong or where what is marked as wrong in it is not.

    They are checked in ``folder``, an empty one, with what is installed for this ``python``.
    """
    for number, program in enumerate(programs):
        shutil.copy(program, folder / f"program_{number}.py")
    (folder / "pyrightconfig.json").write_text(json.dumps({**STRICT, **settings}), "utf-8")
    pyright = (sys.executable, "-m", "pyright", "--project", str(folder), "--pythonpath", python)
    checked = subprocess.run(pyright, capture_output=True, text=True, timeout=DEADLINE, check=False)
    assert checked.returncode == 0, checked.stdout[-4000:] + checked.stderr[-2000:]
