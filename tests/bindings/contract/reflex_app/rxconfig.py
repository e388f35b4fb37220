"""The app in Reflex, and what it tells a test of its insides."""

from typing import Any

import reflex as rx
from realtime_rx_reflex import RealtimePlugin, sessions
from realtime_rx_reflex.visits import BRIDGES
from reflex.plugins import Plugin
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.bindings.contract import inside

INSIDES = inside.told(sessions, lambda: {"bridges": len(BRIDGES)})


class Insides(Plugin):
    """Routes in front of the compiled pages, which answer to every path."""

    def post_compile(self, **context: Any) -> None:
        routes = context["app"]._api.router.routes
        routes[:0] = [Route(path, self._tell) for path in INSIDES]

    async def _tell(self, request: Request) -> JSONResponse:
        return JSONResponse(INSIDES[request.url.path]())


plugins = [rx.plugins.RadixThemesPlugin(), RealtimePlugin(), Insides()]
config = rx.Config(app_name="contract_app", plugins=plugins, disable_plugins=[rx.plugins.SitemapPlugin])
