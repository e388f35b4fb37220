"""The app in Panel: ``python -m tests.bindings.contract.panel_app --port 8080``."""

from collections.abc import Callable

import panel as pn
from realtime_rx_panel import (
    error_alert,
    mute_button,
    realtime_audio,
    sessions,
    sound_menu,
    status_badge,
    use_realtime,
)
from realtime_rx_panel.routes import BRIDGES

from . import inside
from .panel_server import run


def showing(page: inside.Page) -> Callable[[], pn.viewable.Viewable]:
    def show() -> pn.viewable.Viewable:
        rt = use_realtime(page.model, linger=inside.LINGER_S, **page.options)
        said = pn.pane.Str(rt.rx(lambda state: f"{len(state.messages)} messages"))
        talk = rt.microphone(push_to_talk=page.is_held, connect_on_start=True)
        chat = rt.chat(tools=(mute_button(rt), realtime_audio(rt), sound_menu(rt), talk))
        return pn.Column(status_badge(rt), said, error_alert(rt), chat, height=600)

    return show


if __name__ == "__main__":
    pages = {path: showing(page) for path, page in inside.pages().items()}
    run(pages, inside.told(sessions, lambda: {"bridges": len(BRIDGES)}))
