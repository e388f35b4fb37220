"""The demo: ``python -m realtime_rx_panel``."""

from __future__ import annotations

from functools import partial

import panel as pn

from realtime_rx.ui import connect_words, hang_up_or_dial
from realtime_rx.ui.samples import INSTRUCTIONS, SUGGESTIONS, TOOLS
from realtime_rx_panel.chat import Chat
from realtime_rx_panel.error_alert import error_alert
from realtime_rx_panel.hook import use_realtime
from realtime_rx_panel.status_badge import status_badge
from realtime_rx_panel.view import Realtime

__all__ = ["demo", "serve"]


def demo() -> pn.template.FastListTemplate:
    """One conversation with the embedded provider. Nothing is dialled before the visitor connects or writes."""
    rt = use_realtime("local", instructions=INSTRUCTIONS, tools=TOOLS, output_modalities=("text",))
    chat = rt.chat()
    chips = [pn.widgets.Button(label=text, on_click=partial(ask, chat, text)) for text in SUGGESTIONS]
    return pn.template.FastListTemplate(
        title="realtime-rx",
        header=[pn.Row(status_badge(rt), connect_button(rt))],
        main=[pn.Column(error_alert(rt), chat, pn.FlexBox(*chips), sizing_mode="stretch_both", min_height=560)],
        main_layout=None,
        theme_toggle=True,
    )


def ask(chat: Chat, text: str, _: object) -> None:
    chat.send(text)


def connect_button(rt: Realtime) -> pn.widgets.Button:
    return pn.widgets.Button(
        label=rt.rx(connect_words),
        on_click=lambda _: hang_up_or_dial(rt.session),
    )


def serve(*, host: str, port: int, show: bool) -> None:
    """Serve the page until the process is told to stop."""
    pn.serve(demo, address=host, port=port, show=show, title="realtime-rx", websocket_origin=[f"{host}:{port}"])
