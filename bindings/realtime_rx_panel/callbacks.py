"""A page's callbacks, called where they belong, with their errors going where Panel's errors go."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

import panel as pn
from bokeh.document import Document

from realtime_rx.ui import Screen
from realtime_rx.ui.coalescer import hand_over
from realtime_rx_panel.host import reporting

__all__ = ["bound"]


def bound(document: Document | None, loop: Screen, name: str, callback: Callable[..., Any]) -> Callable[..., Any]:
    """The callback of this name among a hook's options, for the session to call: as one of the document's own.

    Where there is no document it is called, and awaited, on the session's loop. Nobody hears of it whose document is
    gone.
    """
    if name == "on_tool_call":
        return callback
    if document is None:
        return partial(on_the_spot, callback)
    return lambda *args: hand_over(loop, partial(reporting, document, begun(callback), *args))


def begun(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Panel awaits coroutine functions; this has it await whatever else gives back something to be awaited."""
    if inspect.iscoroutinefunction(callback):
        return callback

    def begin(*args: Any) -> None:
        result = callback(*args)
        if inspect.isawaitable(result):
            pn.state.execute(partial(finish, result))

    return begin


async def finish(awaitable: Awaitable[Any]) -> None:
    await awaitable


def on_the_spot(callback: Callable[..., Any], *args: Any) -> Awaitable[None] | None:
    """Call it; what is left to be awaited is given back."""
    with told():
        result = callback(*args)
        return seen_through(result) if inspect.isawaitable(result) else None


async def seen_through(awaitable: Awaitable[Any]) -> None:
    with told():
        await awaitable


@contextmanager
def told() -> Generator[None]:
    """What is raised goes to Panel's ``exception_handler``, where there is one."""
    try:
        yield
    except Exception as error:
        if pn.config.exception_handler is None:
            raise
        pn.config.exception_handler(error)
