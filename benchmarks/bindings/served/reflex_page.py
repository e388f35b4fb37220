"""The page in Reflex, as its app's module."""

import reflex as rx
from realtime_rx_reflex import use_realtime

from .provider import provider

Voice = use_realtime(provider(), name="Voice", linger=0.2)


def index() -> rx.Component:
    return rx.vstack(Voice.audio(), Voice.status_badge(), Voice.transcript(), height="600px")


app = rx.App()
app.add_page(index, on_load=[Voice.connect, Voice.start_sound])
