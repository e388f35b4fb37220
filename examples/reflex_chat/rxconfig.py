"""``reflex run`` in this folder serves the chat; ``make demo-reflex`` does so with all it needs."""

import reflex as rx
from realtime_rx_reflex import RealtimePlugin

config = rx.Config(
    app_name="reflex_chat",
    plugins=[rx.plugins.RadixThemesPlugin(), RealtimePlugin()],
    show_built_with_reflex=False,
    disable_plugins=[rx.plugins.SitemapPlugin],
)
