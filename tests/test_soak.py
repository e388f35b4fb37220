"""Many sessions at once, on connections that are dropped at random."""

import asyncio

import pytest

from benchmarks.soak import Soak, kib_per_turn, report, run


@pytest.mark.slow
def test_nothing_is_lost() -> None:
    """Forty sessions whose connections are dropped again and again lose no message, and keep little but those."""
    soak = Soak(sessions=40, seconds=12, drop_s=5)
    asyncio.run(run(soak))
    assert soak.lost == [], report(soak)
    assert soak.turns > 40
    assert soak.drops > 10
    assert kib_per_turn(soak) < 40, report(soak)
