"""A spoken conversation, as ``panel serve`` takes it; hosts.py serves it."""

import panel as pn
from realtime_rx_panel import status_badge, use_realtime

from realtime_rx.ui.choices import options


def page() -> pn.Column:
    rt = use_realtime("local", linger=1.0, **options(), output_modalities=("audio",))
    return pn.Column(status_badge(rt), rt.chat(tools=(rt.microphone(connect_on_start=True),)), height=600)


if pn.state.served:
    page().servable()
