"""What the app under test tells of itself besides: how much there is of it, and what its sessions did."""

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

from realtime_rx.ui import Keeper, Lease
from tests.bindings.logs import follow, heard_by, logs_of

keep = Keeper.keep


class Counting(Plugin):
    """Its routes stand in front of the compiled pages, which answer to every path."""

    def post_compile(self, **context: Any) -> None:
        routes = (Route("/counts", counts), Route("/logs", logs), Route("/hearing", hearing))
        context["app"]._api.router.routes[:0] = routes
        Keeper.keep = followed


def followed(keeper: Keeper, key: Any, lease: Lease) -> None:
    follow(lease.session)
    keep(keeper, key, lease)


async def counts(_: Request) -> JSONResponse:
    """How many sessions there are, what was said in each, and what else there is because of them."""
    said = [[message.text for message in session.state.messages] for session in sessions()]
    return JSONResponse(
        {
            "sessions": len(said),
            "said": said,
            "tasks": sum(task.get_name().startswith("realtime-rx") for task in asyncio.all_tasks()),
            "subscribers": sum(session.subscriber_count for session in sessions()),
            "bridges": len(BRIDGES),
            "threads": threading.active_count(),
            "process": os.getpid(),
        }
    )


async def logs(_: Request) -> JSONResponse:
    return JSONResponse(logs_of(sessions()))


async def hearing(_: Request) -> JSONResponse:
    return JSONResponse(heard_by(sessions()))


# A deployment starts a worker again that was killed; Granian by itself ends the others, too.
Server.__init__ = partialmethod(Server.__init__, respawn_failed_workers=True, respawn_interval=0.1)
