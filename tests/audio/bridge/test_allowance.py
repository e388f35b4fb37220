"""So much a second."""

from __future__ import annotations

import pytest

from realtime_rx.audio.bridge.allowance import Allowance


def test_an_allowance_is_saved_up() -> None:
    """What was saved up may be spent at once, comes back with time, and never becomes more than the most."""
    allowance = Allowance(10.0, 50.0)
    allowance.spend(50, 7.0)
    assert allowance.left(7.0) == 0
    allowance.spend(10, 8.0)
    allowance.spend(1, 8.0)
    assert allowance.left(8.0) == -1
    assert allowance.left(1_000.0) == 50


def test_an_allowance_says_when() -> None:
    """Who waits as long as it says has enough, and who has enough does not wait."""
    allowance = Allowance(10.0, 50.0)
    assert allowance.wait_s(50, 0.0) == 0
    allowance.spend(50, 0.0)
    assert allowance.wait_s(20, 0.5) == pytest.approx(1.5)
    assert allowance.left(2.0) == pytest.approx(20)
