"""How fast a page is silent when its visitor speaks over the answer: ten times, in a real Chromium."""

from pathlib import Path
from statistics import median

import pytest

from ..bindings.contract.guests import App
from ..bindings.contract.serving import served
from ..bindings.contract.talking import converse
from ..bindings.listening import written
from ..local.spoken import say, silence

pytestmark = [pytest.mark.peers, pytest.mark.browser]

TIMES = 10


async def test_ten_interruptions(tmp_path: Path) -> None:
    """The median of ten interruptions is silence within 150 ms; the model is told of each, to 60 ms by the median."""
    spoken = say("Count to thirty", after_ms=3000) * TIMES + say("Count to three") + silence(60_000)
    path = written(tmp_path / "spoken.wav", spoken)
    async with served("nicegui") as site:
        conversation = await converse(App("nicegui", site), path, TIMES + 1, "1, 2, 3.")
    cuts = conversation.barge_ins()
    silent = sorted(cut.silent for cut in cuts)
    off = sorted(abs(cut.told - cut.output) for cut in cuts)
    for what, figures in (("silent after", silent), ("told wrong by", off)):
        print(f"{what} {median(figures):.0f} ms (median), {figures[-1]:.0f} ms (worst)")
    assert len(cuts) == TIMES
    assert len({item for item, _ in conversation.log["truncated"]}) == TIMES
    assert median(silent) <= 150
    assert median(off) <= 60
