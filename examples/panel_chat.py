"""A page on which every visitor has a conversation, in Panel: python examples/panel_chat.py, then http://localhost:5006."""

import os

import panel as pn
from realtime_rx_panel import ROUTES, microphone, status_badge, use_realtime


def page() -> pn.Column:
    rt = use_realtime("local", instructions="Be brief.", output_modalities=("text",))
    words = pn.pane.Str(rt.rx(lambda state: f"{state.usage.total_tokens} tokens"))
    talk = microphone(rt, connect_on_start=True, align="center")
    return pn.Column(pn.Row(status_badge(rt), words), rt.chat(tools=(talk,)), sizing_mode="stretch_both")


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "5006"))
    origins = [f"127.0.0.1:{port}", f"localhost:{port}"]
    app = {"address": "127.0.0.1", "port": port, "websocket_origin": origins, "title": "realtime-rx"}
    pn.serve(page, extra_patterns=ROUTES, show=False, **app)
