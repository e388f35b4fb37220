"""What the app must do for the sessions: close them when it stops."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from reflex.plugins import Plugin

from realtime_rx_reflex.visits import close_all

__all__ = ["RealtimePlugin"]


class RealtimePlugin(Plugin):
    """``rx.Config(plugins=[RealtimePlugin()])``: a server that stops hangs up first."""

    def post_compile(self, **context: Any) -> None:
        context["app"].register_lifespan_task(realtime_sessions)


@asynccontextmanager
async def realtime_sessions() -> AsyncGenerator[None]:
    try:
        yield
    finally:
        await close_all()
