"""The page in Panel: ``python -m benchmarks.bindings.served.panel_page --port 8080``."""

import argparse
import json

import panel as pn
from realtime_rx_panel import ROUTES, status_badge, use_realtime
from tornado.web import RequestHandler

from .leftovers import leftovers
from .provider import provider


class Left(RequestHandler):
    def get(self) -> None:
        pages = [server.get_sessions("/") for server, *_ in pn.state._servers.values()]
        self.write(json.dumps({**leftovers(), "pages": sum(map(len, pages))}))


def page() -> pn.Column:
    rt = use_realtime(provider(), autoconnect=True, linger=0.2)
    rt.start_sound()
    return pn.Column(status_badge(rt), rt.chat(), height=600, sizing_mode="stretch_width")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    pn.serve(
        page,
        address="127.0.0.1",
        port=port,
        show=False,
        websocket_origin=[f"127.0.0.1:{port}"],
        extra_patterns=[*ROUTES, ("/left", Left)],
        check_unused_sessions_milliseconds=500,
        unused_session_lifetime_milliseconds=500,
    )
