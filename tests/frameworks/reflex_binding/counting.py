"""What the app under test tells of itself besides: how much there is of it, and what was said."""

import asyncio
import os
import threading
from functools import partialmethod
from typing import Any

from granian.server import Server
from realtime_rx_reflex import sessions
from realtime_rx_reflex.visits import BRIDGES
from reflex.plugins import Plugin
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


class Counting(Plugin):
    """Its routes stand in front of the compiled pages, which answer to every path."""

    def post_compile(self, **context: Any) -> None:
        context["app"]._api.router.routes[:0] = (Route("/counts", counts), Route("/worker", worker))


def counted() -> dict[str, int]:
    return {
        "sessions": len(sessions()),
        "tasks": sum(task.get_name().startswith("realtime-rx") for task in asyncio.all_tasks()),
        "subscribers": sum(session.subscriber_count for session in sessions()),
        "bridges": len(BRIDGES),
        "threads": sum(thread.name.startswith("realtime-rx") for thread in threading.enumerate()),
    }


async def counts(_: Request) -> JSONResponse:
    """How many sessions there are, and what else there is because of them."""
    return JSONResponse(counted())


async def worker(_: Request) -> JSONResponse:
    """The same, which process says so, and what was said in each session."""
    said = [[message.text for message in session.state.messages] for session in sessions()]
    return JSONResponse({**counted(), "process": os.getpid(), "said": said})


# A deployment starts a worker again that was killed; Granian by itself ends the others, too.
Server.__init__ = partialmethod(Server.__init__, respawn_failed_workers=True, respawn_interval=0.1)
