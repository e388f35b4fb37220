"""The functions of NiceGUI that we call and that it types loosely, each once and with the types that it means."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import WebSocket
from nicegui import Client, background_tasks, core, ui
from nicegui.functions.refreshable import RefreshableTarget

from realtime_rx.audio.bridge import Socket, StarletteSocket

__all__ = [
    "add_sockets",
    "add_static_files",
    "on_delete",
    "on_shutdown",
    "refresh",
    "run",
    "serve",
    "when_connected",
]

Handler = Callable[[], Any]


def when_connected(client: Client, handler: Handler) -> None:
    """Call it once, as soon as the browser of this page is there: now, where it is already."""
    called = False

    def once() -> None:
        nonlocal called
        if not called:  # a browser that reconnects is the same visitor
            called = True
            handler()

    if client.has_socket_connection:
        once()
    else:
        client.on_connect(once)


def on_delete(client: Client, handler: Handler) -> None:
    """Called once, when the page is gone for good."""
    client.on_delete(handler)


def on_shutdown(handler: Callable[[], Awaitable[None]]) -> None:
    """Called when the server stops. Ignored where a script runs again for a visitor."""
    core.app.on_shutdown(handler)


def add_static_files(path: str, folder: Path) -> None:
    """Serve these files there, to be asked about anew each time: they change with the library. Once is enough."""
    if not _is_served(path + "/{path:path}"):
        core.app.add_static_files(path, folder, max_cache_age=0)


def add_sockets(path: str, serve: Callable[[Socket, str | None], Awaitable[None]]) -> None:
    """Have this serve the WebSockets that are opened there. Once is enough."""
    if _is_served(path):
        return

    @core.app.websocket(path)
    async def accept(socket: WebSocket) -> None:  # pyright: ignore[reportUnusedFunction]
        await socket.accept()
        await serve(StarletteSocket(socket), socket.headers.get("origin"))


def _is_served(path: str) -> bool:
    return any(getattr(route, "path", None) == path for route in core.app.routes)


def run(awaitable: Awaitable[Any]) -> None:
    """See it through in the background."""
    background_tasks.create(awaitable, name="realtime-rx callback")


def refresh(target: RefreshableTarget) -> None:
    """Run this refreshable function again."""
    target.refreshable.refresh(_instance=target.instance)


def serve(*, host: str, port: int, show: bool, title: str, favicon: Path) -> None:
    """Run the server until the process is told to stop. Tailwind is not needed: our elements bring their own styles.

    Its sockets are not compressed: that takes time for every frame of sound, and saves nothing.
    """
    ui.run(
        host=host,
        port=port,
        show=show,
        title=title,
        favicon=favicon,
        reload=False,
        tailwind=False,
        ws_per_message_deflate=False,
    )
