"""The app in Panel: ``python -m tests.bindings.contract.panel_app --port 8080``."""

import argparse
import json
from collections.abc import Callable
from typing import Any

import panel as pn
from realtime_rx_panel import ROUTES, error_alert, sessions, status_badge, use_realtime
from realtime_rx_panel.routes import BRIDGES
from tornado.web import RequestHandler

from . import inside


def show(model: str, options: dict[str, Any]) -> pn.viewable.Viewable:
    rt = use_realtime(model, linger=inside.LINGER_S, **options)
    said = pn.pane.Str(rt.rx(lambda state: f"{len(state.messages)} messages"))
    chat = rt.chat(tools=(rt.microphone(connect_on_start=True),))
    return pn.Column(status_badge(rt), said, error_alert(rt), chat, height=600)


def telling(tell: Callable[[], Any]) -> type[RequestHandler]:
    class Telling(RequestHandler):
        def get(self) -> None:
            self.write(json.dumps(tell()))

    return Telling


PAGES = {
    "/": lambda: show("local", inside.text()),
    "/voice": lambda: show("local", inside.voice()),
    "/refused": lambda: show("openai", inside.refused()),
}
INSIDES = {
    "/counts": lambda: inside.counts(sessions(), bridges=len(BRIDGES)),
    "/logs": lambda: inside.logs(sessions()),
    "/cut": inside.cut,
    "/mend": inside.mend,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    pn.serve(
        PAGES,
        address="127.0.0.1",
        port=port,
        show=False,
        websocket_origin=[f"127.0.0.1:{port}"],
        extra_patterns=[*ROUTES, *((path, telling(tell)) for path, tell in INSIDES.items())],
        check_unused_sessions_milliseconds=500,
        unused_session_lifetime_milliseconds=500,
    )
