"""realtime-rx for NiceGUI: ``use_realtime()`` inside a ``@ui.page``, and the elements that show a conversation.

::

    @ui.page("/")
    def page():
        rt = use_realtime("local", instructions="Be brief.")
        status_badge(rt)
        transcript(rt)
        composer(rt, connect_on_send=True)
"""

from __future__ import annotations

try:
    import nicegui as _nicegui  # noqa: F401  # pyright: ignore[reportUnusedImport]
except ModuleNotFoundError as error:
    if error.name != "nicegui":
        raise
    raise ImportError('realtime_rx_nicegui needs NiceGUI: pip install "realtime-rx[nicegui]"') from None

from realtime_rx_nicegui.composer import Composer, composer
from realtime_rx_nicegui.error_banner import ErrorBanner, error_banner
from realtime_rx_nicegui.events_inspector import EventsInspector, events_inspector
from realtime_rx_nicegui.hook import sessions, use_realtime
from realtime_rx_nicegui.microphone import (
    Microphone,
    SoundElement,
    level_meter,
    microphone,
    mute_button,
    realtime_audio,
    sound_menu,
    waveform,
)
from realtime_rx_nicegui.page_audio import serve_sound
from realtime_rx_nicegui.status_badge import StatusBadge, status_badge
from realtime_rx_nicegui.transcript import Transcript, transcript
from realtime_rx_nicegui.view import Realtime

__all__ = [
    "Composer",
    "composer",
    "error_banner",
    "ErrorBanner",
    "events_inspector",
    "EventsInspector",
    "level_meter",
    "microphone",
    "Microphone",
    "mute_button",
    "Realtime",
    "realtime_audio",
    "sessions",
    "sound_menu",
    "SoundElement",
    "status_badge",
    "StatusBadge",
    "Transcript",
    "transcript",
    "use_realtime",
    "waveform",
]

serve_sound()  # before the pages are made: one of those may answer to any path
