"""What the app under test tells of itself besides: how much there is of it."""

from typing import Any

from realtime_rx_reflex import sessions
from reflex.plugins import Plugin
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


class Counting(Plugin):
    """``/counts``, in front of the compiled pages, which answer to every path."""

    def post_compile(self, **context: Any) -> None:
        context["app"]._api.router.routes.insert(0, Route("/counts", counts))


async def counts(_: Request) -> JSONResponse:
    """How many sessions there are, and what was said in each."""
    said = [[message.text for message in session.state.messages] for session in sessions()]
    return JSONResponse({"sessions": len(said), "said": said, "tasks": sum(s.task_count for s in sessions())})
