"""What an echo gate does in simulated rooms, and why its settings are as they are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from benchmarks.echo import ECHOES_DB, FIXED, Room, Studio, table, try_out
from realtime_rx.audio.echo import EchoGate

ROOMS = [Room(echo_db, 0.2, noise_db) for echo_db in (6, 10, 20) for noise_db in (-70, -45)]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tmp_path_factory.mktemp("spoken"))


class Shares(NamedTuple):
    """Of false seconds and of missed voices."""

    false: float
    missed: float


def tried(studio: Studio, **settings: float) -> Shares:
    tally = try_out(studio, lambda: EchoGate(**settings), ROOMS)
    return Shares(*(float(np.mean([*map(np.mean, of.values())])) for of in (tally.false, tally.missed)))


@pytest.fixture(scope="module")
def chosen(studio: Studio) -> Shares:
    """What the defaults do."""
    return tried(studio)


def test_replies_do_not_interrupt_themselves(studio: Studio) -> None:
    """Echoes from 6 to 20 dB below a reply do not get through the gate, and most voices that are louder do."""
    tally = try_out(studio, EchoGate, ROOMS)
    assert np.mean([*map(np.mean, tally.false.values())]) <= 0.02
    assert np.mean(tally.missed[6]) < 0.5
    assert np.mean(tally.missed[12]) < 0.2


@pytest.mark.parametrize("ratio", [0.25, 0.5])
def test_a_lower_fixed_ratio_lets_echoes_through(studio: Studio, ratio: float) -> None:
    """A gate that learns nothing and lets softer voices through lets through the echo of a third of the rooms."""
    assert tried(studio, ratio=ratio, margin=FIXED).false > 0.3


def test_a_higher_fixed_ratio_misses_voices(studio: Studio, chosen: Shares) -> None:
    """A gate that learns nothing and holds back every echo misses far more voices than one that learns."""
    fixed = tried(studio, ratio=0.7, margin=FIXED)
    assert fixed.false <= 0.02
    assert fixed.missed > 1.3 * chosen.missed


@pytest.mark.parametrize("settings", [{"margin": 1.2}, {"memory_s": 0.5}, {"hold_s": 0.2}], ids=str)
def test_less_caution_lets_echoes_through(studio: Studio, chosen: Shares, settings: dict[str, float]) -> None:
    """A smaller margin, a shorter memory and a shorter hold each let through more than the defaults."""
    assert tried(studio, **settings).false > chosen.false + 0.02


@pytest.mark.parametrize("settings", [{"margin": 2.0}, {"memory_s": 3.0}, {"open_s": 0.1}], ids=str)
def test_more_caution_misses_voices(studio: Studio, chosen: Shares, settings: dict[str, float]) -> None:
    """A larger margin, a longer memory and a gate that shuts earlier each miss more voices than the defaults."""
    assert tried(studio, **settings).missed > chosen.missed + 0.05


def test_the_table_has_a_row_for_each_gate(studio: Studio) -> None:
    """What is printed says for each gate how often it was wrong, by echo and by voice."""
    rooms = [Room(echo_db, 0.06, -70) for echo_db in ECHOES_DB]
    head, _, row = table({"wide open": try_out(studio, lambda: EchoGate(ratio=0.01), rooms)}).splitlines()
    assert head.count("|") == row.count("|")
    assert row.split("|")[1].strip() == "wide open"
    assert row.split("|")[7].strip() == "100%"
