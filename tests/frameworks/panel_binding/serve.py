"""The demo and what it leaves: ``python -m tests.frameworks.panel_binding.serve --port 8080``."""

import argparse
import asyncio
import json
from collections.abc import Callable
from typing import Any

import panel as pn
from bokeh.settings import settings
from realtime_rx_panel import ROUTES, sessions
from realtime_rx_panel.demo import demo
from realtime_rx_panel.routes import BRIDGES
from tornado.web import RequestHandler

from tests.bindings.logs import follow, logs_of

LINGER_S = 6.0
"""A busy machine takes its time to load a page anew."""


def watched() -> Any:
    """The demo, of which the log is kept, and which forgets its visitor soon."""
    before = set(sessions())
    page = demo(linger=LINGER_S)
    for session in set(sessions()) - before:
        follow(session)
    return page


def counts() -> dict[str, Any]:
    """How many sessions there are, and what was said in each."""
    said = [[message.text for message in session.state.messages] for session in sessions()]
    tasks = sum(session.task_count for session in sessions())
    tasks += sum(task.get_name().startswith("realtime-rx") for task in asyncio.all_tasks())
    return {"sessions": len(said), "said": said, "tasks": tasks, "bridges": len(BRIDGES)}


def telling(tell: Callable[[], Any]) -> type[RequestHandler]:
    class Telling(RequestHandler):
        def get(self) -> None:
            self.write(json.dumps(tell()))

    return Telling


TOLD: dict[str, Callable[[], Any]] = {
    "/counts": counts,
    "/logs": lambda: {"logs": logs_of(sessions())},
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    settings.resources = "server"  # else Panel 1.8 has the browser fetch style sheets from a CDN, and hides what waits
    pn.serve(
        watched,
        address="127.0.0.1",
        port=port,
        show=False,
        websocket_origin=[f"127.0.0.1:{port}"],
        extra_patterns=[*ROUTES, *((path, telling(tell)) for path, tell in TOLD.items())],
        check_unused_sessions_milliseconds=500,
        unused_session_lifetime_milliseconds=500,
    )
