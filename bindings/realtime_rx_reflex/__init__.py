"""realtime-rx for Reflex: ``use_realtime()`` at module level gives a state class, and that the components to show it.

::

    Voice = use_realtime("local", instructions="Be brief.", output_modalities=("text",))

    def index():
        return rx.vstack(Voice.status_badge(), Voice.transcript(), Voice.composer())
"""

from __future__ import annotations

try:
    import reflex as _reflex  # noqa: F401  # pyright: ignore[reportUnusedImport]
except ModuleNotFoundError as error:
    if error.name != "reflex":
        raise
    raise ImportError('realtime_rx_reflex needs Reflex: pip install "realtime-rx[reflex]"') from None

from realtime_rx.ui import MessageView, ToolView
from realtime_rx_reflex.hook import use_realtime
from realtime_rx_reflex.plugin import RealtimePlugin
from realtime_rx_reflex.state import RealtimeState
from realtime_rx_reflex.visits import sessions

__all__ = ["MessageView", "RealtimePlugin", "RealtimeState", "sessions", "ToolView", "use_realtime"]
