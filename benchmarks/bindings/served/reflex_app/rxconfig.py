"""Reflex runs in this folder; the page is a module like those of the other frameworks."""

import reflex as rx
from realtime_rx_reflex import RealtimePlugin

from benchmarks.bindings.served.reflex_plugin import Leftovers

config = rx.Config(
    app_name="measured",
    app_module_import="benchmarks.bindings.served.reflex_page",
    plugins=[rx.plugins.RadixThemesPlugin(), RealtimePlugin(), Leftovers()],
    show_built_with_reflex=False,
    disable_plugins=[rx.plugins.SitemapPlugin],
)
