"""The app in NiceGUI: ``python -m tests.bindings.contract.nicegui_app --port 8080``."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import Client, app, ui
from realtime_rx_nicegui import (
    composer,
    error_banner,
    microphone,
    mute_button,
    realtime_audio,
    sessions,
    sound_menu,
    status_badge,
    transcript,
    use_realtime,
)
from realtime_rx_nicegui.page_audio import BRIDGES

from . import inside
from .nicegui_server import run


def showing(page: inside.Page) -> Callable[[], None]:
    def show() -> None:
        rt = use_realtime(page.model, linger=inside.LINGER_S, **page.options)
        status_badge(rt)
        ui.label().bind_text_from(rt, "messages", lambda messages: f"{len(messages)} messages")
        error_banner(rt)
        transcript(rt).style("height: 400px")
        with composer(rt, connect_on_send=True).tools:
            for element in (mute_button, realtime_audio, sound_menu):
                element(rt)
            microphone(rt, push_to_talk=page.is_held, connect_on_start=True)

    return show


def telling(tell: inside.Tell) -> Callable[[], Awaitable[Any]]:
    async def told() -> Any:  # on the loop, as a function that does not wait would not be
        return tell()

    return told


for path, page in inside.pages().items():
    ui.page(path, reconnect_timeout=0.2)(showing(page))
for path, tell in inside.told(sessions, lambda: {"bridges": len(BRIDGES), "pages": len(Client.instances)}).items():
    app.get(path)(telling(tell))

if __name__ == "__main__":
    run()
