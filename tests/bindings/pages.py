"""Pages without a browser: NiceGUI's own simulation of a visitor, with the errors a page reports."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from nicegui import Client, app, ui
from nicegui.testing import User, user_simulation
from realtime_rx_nicegui import sessions

from ..support.waiting import becomes


@dataclass
class Site:
    """The pages of a test, their visitor, and what was raised on them."""

    visitor: User
    raised: list[Exception] = field(default_factory=list)

    async def open(self, page: Callable[[], Any], path: str = "/") -> Client:
        ui.page(path)(page)
        return await self.visitor.open(path)


@asynccontextmanager
async def site() -> AsyncIterator[Site]:
    """A site for one test; when it stops, no session is left."""
    async with user_simulation(root=lambda: None) as user:
        it = Site(user)
        app.on_exception(it.raised.append)
        yield it
    await becomes(lambda: not sessions())


def leave(client: Client) -> None:
    """The visitor closes the tab and does not come back in time."""
    client.delete()
