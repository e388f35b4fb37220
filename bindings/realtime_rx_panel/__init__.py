"""realtime-rx for Panel: ``use_realtime()`` in an app, its parameters to bind to, and a chat that shows it.

::

    rt = use_realtime("local", instructions="Be brief.")
    pn.Column(status_badge(rt), rt.chat()).servable()
"""

from __future__ import annotations

try:
    import panel as _panel  # noqa: F401  # pyright: ignore[reportUnusedImport]
except ModuleNotFoundError as error:
    if error.name != "panel":
        raise
    raise ImportError('realtime_rx_panel needs Panel: pip install "realtime-rx[panel]"') from None

from realtime_rx_panel.chat import Chat
from realtime_rx_panel.error_alert import error_alert
from realtime_rx_panel.hook import sessions, use_realtime
from realtime_rx_panel.microphone import (
    Microphone,
    SoundElement,
    level_meter,
    microphone,
    mute_button,
    realtime_audio,
    sound_menu,
    waveform,
)
from realtime_rx_panel.routes import ROUTES
from realtime_rx_panel.status_badge import status_badge
from realtime_rx_panel.view import Realtime

__all__ = [
    "Chat",
    "error_alert",
    "level_meter",
    "microphone",
    "Microphone",
    "mute_button",
    "Realtime",
    "realtime_audio",
    "ROUTES",
    "sessions",
    "sound_menu",
    "SoundElement",
    "status_badge",
    "use_realtime",
    "waveform",
]
