"""Panel's server of an app that tells of its insides."""

import argparse
import json
from collections.abc import Callable, Mapping
from typing import Any

import panel as pn
from realtime_rx_panel import ROUTES
from tornado.web import RequestHandler

Tell = Callable[[], Any]


def telling(tell: Tell) -> type[RequestHandler]:
    class Telling(RequestHandler):
        def get(self) -> None:
            self.write(json.dumps(tell()))

    return Telling


def run(pages: Any, told: Mapping[str, Tell]) -> None:
    """Serve these pages, and at these paths what is told as JSON, on the port of the command line. Visitors who left
    are soon forgotten."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    pn.serve(
        pages,
        address="127.0.0.1",
        port=port,
        show=False,
        websocket_origin=[f"127.0.0.1:{port}"],
        extra_patterns=[*ROUTES, *((path, telling(tell)) for path, tell in told.items())],
        check_unused_sessions_milliseconds=500,
        unused_session_lifetime_milliseconds=500,
    )
