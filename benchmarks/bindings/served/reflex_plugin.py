"""What the page's server in Reflex tells besides."""

from typing import Any

from reflex.plugins import Plugin
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from .leftovers import leftovers


class Leftovers(Plugin):
    """``/left``, in front of the compiled pages, which answer to every path."""

    def post_compile(self, **context: Any) -> None:
        app = context["app"]

        async def left(_: Request) -> JSONResponse:
            return JSONResponse({**leftovers(), "pages": len(getattr(app.state_manager, "states", {}))})

        app._api.router.routes.insert(0, Route("/left", left))
