"""What a page of each binding does while a reply grows on it: benchmarks.bindings, but for what is timing."""

import pytest

from benchmarks.bindings.measuring import visited
from benchmarks.bindings.serving import FRAMEWORKS
from benchmarks.bindings.tables import Measured, wrong

SLID_OUT = 1
"""Panel shows the last messages; one more on the page is one less at the other end."""


@pytest.mark.frameworks
@pytest.mark.browser
@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_a_reply_grows_on_a_page(framework: str) -> None:
    """At 100 deltas a second a page has at most 31 updates a second and every word in the end, no older message is
    touched, and the sound of what is spoken does not come by the UI's socket."""
    async with visited(framework, 2) as visit:
        measured = Measured(framework, await visit.write(3.0), await visit.speak(2.0))
    assert wrong(measured) == []
    assert measured.spoken is not None
    assert min(measured.spoken.workers) > 0, "no page has its sound"
    assert len(measured.written.latencies) == 2 * 300
    for older in measured.written.older:
        assert older["shown"] >= 20
        assert older["kept"] >= older["shown"] - SLID_OUT
