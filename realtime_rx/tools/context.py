"""What a tool may know of the call that it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from realtime_rx.state import SessionState

__all__ = ["ToolContext"]


def nobody(_: Any) -> None:
    """Progress that nobody listens to."""


class ToolContext:
    """One call, as its tool sees it: a parameter with this annotation gets it, and the model knows nothing of that.

    It may be used on the thread or the loop on which the tool runs.
    """

    def __init__(
        self,
        call_id: str = "",
        *,
        state: Callable[[], SessionState] = SessionState,
        report: Callable[[Any], None] = nobody,
    ) -> None:
        self.call_id = call_id
        self._state = state
        self._report = report
        self._cancelled = False

    def __repr__(self) -> str:
        return f"<ToolContext {self.call_id}{' cancelled' if self._cancelled else ''}>"

    @property
    def state(self) -> SessionState:
        """The session's state now."""
        return self._state()

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits for the output any more: it took too long, or the call or the session is over.

        A coroutine is cancelled besides; a thread cannot be, so a long one should look here.
        """
        return self._cancelled

    def report(self, progress: Any) -> None:
        """Say how far this got, in anything that is JSON: it is the call's preliminary output.

        Raises :class:`ToolError` where it is not JSON.
        """
        if not self._cancelled:
            self._report(progress)

    def cancel(self) -> None:
        self._cancelled = True
