"""Running a callback where it was registered: in its slot, with its errors going where NiceGUI's errors go."""

from __future__ import annotations

import asyncio
import inspect
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import core
from nicegui.awaitable_response import AwaitableResponse
from nicegui.slot import Slot

from realtime_rx_nicegui.host import run

__all__ = ["Bound", "bound"]


class Bound:
    """A callback and the slot that it was registered in.

    It is called on NiceGUI's loop only: all other threads share one stack of slots, so an element made there could
    land on another visitor's page.
    """

    def __init__(self, callback: Callable[..., Any]) -> None:
        stack = Slot.get_stack()
        self._callback = callback
        self._slot = weakref.ref(stack[-1]) if stack else None

    @property
    def is_gone(self) -> bool:
        """Whether the element that it belongs to was deleted: then it is not called any more."""
        return self._slot is not None and self._living_slot() is None

    def __call__(self, *args: Any) -> Any:
        """What the callback returns; an awaitable is to be awaited by the caller."""
        slot = self._living_slot()
        if slot is None:
            return None if self._slot is not None else self._callback(*args)
        with slot:
            result = self._callback(*args)
        return _finish(result, slot) if _is_to_be_awaited(result) else result

    def fire(self, *args: Any) -> None:
        """Call it and see it through: what it raises goes to ``ui.on_exception`` and ``app.on_exception``."""
        try:
            result = self(*args)
        except Exception as error:
            self.report(error)
        else:
            if asyncio.iscoroutine(result):
                run(self._see_through(result))

    async def _see_through(self, result: Awaitable[Any]) -> None:
        try:
            await result
        except Exception as error:
            self.report(error)

    def report(self, error: Exception) -> None:
        """Tell the page, where there still is one, and the app."""
        slot = self._living_slot()
        if slot is None:
            core.app.handle_exception(error)
        else:
            with slot:
                core.app.handle_exception(error)

    def _living_slot(self) -> Slot | None:
        slot = self._slot() if self._slot is not None else None
        if slot is None:
            return None
        try:
            return None if slot.parent.is_deleted else slot
        except RuntimeError:  # the slot's element was collected
            return None


def bound(name: str, callback: Callable[..., Any]) -> Callable[..., Any]:
    """The callback of this name among a hook's options, for the session to call."""
    here = Bound(callback)
    return here if name == "on_tool_call" else here.fire


def _is_to_be_awaited(result: object) -> bool:
    """What a browser answers is not waited for: nobody asked for it, and the browser may be gone."""
    return inspect.isawaitable(result) and not isinstance(result, AwaitableResponse)


async def _finish(awaitable: Awaitable[Any], slot: Slot) -> Any:
    with slot:
        return await awaitable
