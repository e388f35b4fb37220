"""What the app must do for the sessions: give their pages sound, and close them when it stops."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from reflex.config import get_config
from reflex.plugins import Plugin
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from realtime_rx.audio.bridge import STATIC as BRIDGE
from realtime_rx.audio.bridge import StarletteSocket
from realtime_rx.ui import STATIC as UI
from realtime_rx_reflex.visits import BRIDGES, SOCKETS, VISITS, working

__all__ = ["LIBRARY", "MODULES", "RealtimePlugin"]

STATIC = Path(__file__).with_name("static")
LIBRARY = "$/utils/realtime_rx"
MODULES = "/_realtime_rx"
"""Where the page's modules are served, beside the pages."""
STYLE = "realtime_rx.css"


class RealtimePlugin(Plugin):
    """``rx.Config(plugins=[RealtimePlugin()])``: pages have sound, and a server that stops hangs up first."""

    def get_static_assets(self, **context: Any) -> Sequence[tuple[Path, str | bytes]]:
        """The components, the style sheet, and the modules, which are served as they are: no bundler makes a worker
        and an audio worklet of them."""
        public = Path("public", MODULES.strip("/"))
        files = [(public / name / file.name, file) for name, folder in FOLDERS for file in folder.glob("*.js")]
        style = "".join(sheet.read_text("utf-8") for sheet in (UI / "elements.css", STATIC / "radix.css"))
        return [
            (Path("utils", "realtime_rx.jsx"), (STATIC / "realtime_rx.jsx").read_text("utf-8")),
            (Path("styles", STYLE), style),
            *((path, file.read_text("utf-8")) for path, file in files),
        ]

    def get_stylesheet_paths(self, **context: Any) -> Sequence[str]:
        return [f"./{STYLE}"]

    def post_compile(self, **context: Any) -> None:
        app = context["app"]
        # In front of the compiled pages, which answer to every path.
        app._api.router.routes.insert(0, WebSocketRoute(get_config().prepend_backend_path(SOCKETS), serve_sound))
        app.register_lifespan_task(realtime_sessions)


FOLDERS = (("ui", UI), ("bridge", BRIDGE))


async def serve_sound(socket: WebSocket) -> None:
    await socket.accept()
    await BRIDGES.serve(StarletteSocket(socket), socket.headers.get("origin"))


@asynccontextmanager
async def realtime_sessions(app: Any) -> AsyncGenerator[None]:
    async with working(app):
        try:
            yield
        finally:
            await VISITS.close_all()
