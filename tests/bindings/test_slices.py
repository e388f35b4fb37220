"""What of a state pages bind to: realtime_rx.ui.slices."""

from msgspec.structs import replace

from realtime_rx import SessionState
from realtime_rx.ui import SLICES, changed, is_answering, is_connected, is_gone

BEFORE = SessionState()


def test_what_did_not_change_is_not_written() -> None:
    """Between a state and itself no slice changed."""
    assert [*changed(BEFORE, BEFORE)] == []


def test_what_changed_is_told_with_the_whole() -> None:
    """A new status changes the status, what follows from it and the state as a whole, and nothing else."""
    after = replace(BEFORE, status="connected")
    assert dict(changed(BEFORE, after)) == {"status": "connected", "is_connected": True, "state": after}
    assert [*SLICES][-1] == "state"


def test_what_a_status_means_for_a_page() -> None:
    """Without a connection one may dial, with one and an answer on its way one may interrupt."""
    answering = replace(BEFORE, status="connected", mode="speaking")
    assert (is_gone(BEFORE), is_connected(BEFORE), is_answering(BEFORE)) == (True, False, False)
    assert (is_gone(answering), is_connected(answering), is_answering(answering)) == (False, True, True)
