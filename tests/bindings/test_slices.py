"""What of a state pages bind to: realtime_rx.ui.slices, realtime_rx_nicegui.slices."""

from msgspec.structs import replace
from nicegui import ui
from realtime_rx_nicegui import use_realtime

from realtime_rx import SessionState
from realtime_rx.ui import SLICES, changed, is_answering, is_connected, is_gone

from ..support.waiting import becomes
from .pages import site

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


async def test_what_is_bound_after_a_verb_follows() -> None:
    """What is bound between two verbs shows what the first one did, and then what the second made of it, also where
    that is what was shown before both."""
    async with site() as pages:
        labels, shown = list[ui.label](), list[str]()

        def page() -> None:
            rt = use_realtime("local", output_modalities=("text",))
            rt.connect()
            labels.append(ui.label().bind_text_from(rt, "status"))
            shown.append(labels[0].text)
            rt.disconnect()

        await pages.open(page)
        await becomes(lambda: labels[0].text == "disconnected")
        assert shown == ["connecting"]
