"""What changes with every word: vars of the fast class, at home in the slow one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import reflex as rx
from reflex.vars import VarData

from realtime_rx.ui.visits import Visit
from realtime_rx_reflex.visits import VISITS

__all__ = ["ASSISTANT", "grown", "said_by", "USER"]

T = TypeVar("T")

USER, ASSISTANT = 0, 1
"""Whose id stands where in ``pending``."""


class Grown:
    """For a page, the var of the fast class; in a handler, what it is now, where its session is in this process."""

    def __init__(self, var: Callable[[Any], Any], now: Callable[[Visit], Any], nothing: Any) -> None:
        self._var = var
        self._now = now
        self._nothing = nothing

    def __get__(self, state: Any, kind: Any) -> Any:
        if state is None:
            return self._var(kind._live)
        visit = VISITS.find(state._key)
        return self._nothing if visit is None else self._now(visit)


def grown(var: Callable[[Any], Any], now: Callable[[Visit], T], nothing: T) -> rx.Field[T]:
    made: Any = Grown(var, now, nothing)
    return made


def said_by(whom: int) -> Callable[[Any], Any]:
    """The words of a message that grows, which the page finds by its id: they are sent once."""

    def find(live: Any) -> rx.Var[str | None]:
        found = f"({live.live}.find((message) => message.id === {live.pending}[{whom}])?.text ?? null)"
        data = VarData.merge(*(var._get_all_var_data() for var in (live.live, live.pending)))
        var: rx.Var[str | None] = rx.Var(_js_expr=found, _var_type=str | None, _var_data=data)
        return var.guess_type()

    return find
