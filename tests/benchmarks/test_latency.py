"""What the benchmark of a spoken conversation says of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.latency import ROWS, measure, rows


@pytest.mark.slow
async def test_a_conversation_is_timed(tmp_path: Path) -> None:
    """One conversation gives every figure: a turn ends after 500 ms of silence, and an interruption is heard soon."""
    (moments,) = await measure(1, tmp_path)
    took = {name: moments[end] - moments[begin] for name, (begin, end) in ROWS.items()}
    print(rows([moments]))
    assert 0.4 < took["end of speech -> speech_stopped"] < 2.0
    assert took["end of speech -> speech_stopped"] < took["end of speech -> first audio delta"]
    # Sound is on its way to the speaker before observers are told of its delta.
    assert took["end of speech -> first audio delta"] - 0.05 < took["end of speech -> first audio played"] < 4.0
    assert 0 < took["barge-in onset -> speech_started"] < 1.0
    assert took["speech_started -> silence"] < 0.5
    assert 0 < took["barge-in onset -> silence"] < 1.5
    assert [name for name, _ in rows([moments])] == list(ROWS)
