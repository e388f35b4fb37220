"""The demo and what it leaves: ``python -m tests.frameworks.panel_binding.serve --port 8080``."""

import argparse
import json

import panel as pn
from realtime_rx_panel import sessions
from realtime_rx_panel.demo import demo
from tornado.web import RequestHandler


class Counts(RequestHandler):
    """How many sessions there are, and what was said in each."""

    def get(self) -> None:
        said = [[message.text for message in session.state.messages] for session in sessions()]
        self.write(json.dumps({"sessions": len(said), "said": said, "tasks": sum(s.task_count for s in sessions())}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    pn.serve(
        demo,
        address="127.0.0.1",
        port=port,
        show=False,
        websocket_origin=[f"127.0.0.1:{port}"],
        extra_patterns=[("/counts", Counts)],
        check_unused_sessions_milliseconds=500,
        unused_session_lifetime_milliseconds=500,
    )
