"""The speed of an answer."""

import asyncio

import pytest

from realtime_rx.local.pace import AT_ONCE, Pace, Pacer


class Slept(list[float]):
    """Stands for asyncio.sleep, and moves the loop's clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: self.now)
        monkeypatch.setattr(asyncio, "sleep", self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.append(round(seconds, 6))
        self.now += seconds


async def test_the_lead_goes_out_at_once_and_the_rest_at_its_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """0.4 s of lead, then twice real time: a delta of 0.1 s every 0.05 s."""
    slept = Slept(monkeypatch)
    pacer = Pacer(Pace())
    for _ in range(8):
        await pacer.send(0.1)
    assert slept == [0, 0, 0, 0, 0, 0.05, 0.05, 0.05]


async def test_lost_time_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a late delta the next ones go out at once until the rate is met again."""
    slept = Slept(monkeypatch)
    pacer = Pacer(Pace(lead=0.0, rate=1.0))
    await pacer.send(1.0)
    slept.now += 2.5
    await pacer.send(1.0)
    await pacer.send(1.0)
    await pacer.send(1.0)
    assert slept == [0, 0, 0, 0.5]


async def test_at_once_means_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pauses an hour of sound takes no time."""
    slept = Slept(monkeypatch)
    pacer = Pacer(AT_ONCE)
    for _ in range(10):
        await pacer.send(360.0)
    assert set(slept) == {0}
