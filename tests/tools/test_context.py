"""What a tool may know of its call."""

from typing import Any

from realtime_rx.state import SessionState
from realtime_rx.tools import ToolContext


def test_a_context_reports_until_it_is_cancelled() -> None:
    """Progress is passed on while somebody waits for the output, and not after that."""
    told: list[Any] = []
    context = ToolContext("c1", report=told.append)
    context.report(1)
    context.cancel()
    context.report(2)
    assert (told, context.cancelled, repr(context)) == ([1], True, "<ToolContext c1 cancelled>")


def test_a_context_can_stand_alone() -> None:
    """Without a session there is an empty state, and reports go nowhere: a tool can be tried by hand."""
    context = ToolContext()
    context.report("half")
    assert (context.state, context.cancelled) == (SessionState(), False)
