"""How the tests are shared out among the workers of pytest-xdist."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

IN_REAL_TIME = (
    "tests/audio/bridge/test_browser.py",
    "tests/audio/bridge/test_narrow_link.py",
    "tests/audio/test_devices.py",
    "tests/audio/test_devices_lost.py",
    "tests/bindings/contract/test_sound.py",
    "tests/bindings/contract/test_talking.py",
    "tests/bindings/test_elements_in_a_browser.py",
    "tests/bindings/test_sound_elements_in_a_browser.py",
    "tests/test_voice.py",
    "tests/test_voice_devices.py",
)
"""What plays or records sound, or measures milliseconds: one worker runs it, and the others make way for that one."""

LONG = (
    "tests/bindings/contract/test_writing.py",
    "tests/test_examples.py",
    "tests/bindings/test_demo_in_a_browser.py",
    "tests/faults/test_every_point.py",
    "tests/test_cli.py",
    "tests/local/test_spoken_turns.py",
)
"""The others that take longest: begun early, none of them is what all wait for in the end."""

NICENESS = 5
"""A third of the processor time that what runs in real time gets."""


def file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def place(nodeid: str) -> int:
    """Where in the queue a test is; 0 is in real time."""
    file = file_of(nodeid)
    if file in IN_REAL_TIME:
        return 0
    return 1 + (LONG.index(file) if file in LONG else len(LONG))


@cache
def make_way() -> None:
    """Let what runs in real time go first from now on: nobody but root can take that back."""
    os.nice(NICENESS)


class Lanes(LoadFileScheduling):
    """One worker runs a file from end to end, for what its tests share; to it, what is in real time is one file."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # by the number of tests; the workers have sorted them by `place`

    def _split_scope(self, nodeid: str) -> str:
        return "in real time" if place(nodeid) == 0 else file_of(nodeid)
