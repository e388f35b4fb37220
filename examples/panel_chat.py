"""A page on which every visitor has a conversation, in Panel: python examples/panel_chat.py, then http://localhost:5006."""

import os

import panel as pn
from realtime_rx_panel import status_badge, use_realtime


def page() -> pn.Column:
    rt = use_realtime("local", instructions="Be brief.", output_modalities=("text",))
    words = pn.pane.Str(rt.rx(lambda state: f"{state.usage.total_tokens} tokens"))
    return pn.Column(pn.Row(status_badge(rt), words), rt.chat(), sizing_mode="stretch_both")


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "5006"))
    origins = [f"127.0.0.1:{port}", f"localhost:{port}"]
    pn.serve(page, address="127.0.0.1", port=port, show=False, websocket_origin=origins, title="realtime-rx")
