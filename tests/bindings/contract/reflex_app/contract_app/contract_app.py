"""The pages of the app in Reflex."""

import reflex as rx
from realtime_rx_reflex import RealtimeState, use_realtime

from tests.bindings.contract import inside

Text = use_realtime("local", name="Text", linger=inside.LINGER_S, **inside.text())
Voice = use_realtime("local", name="Voice", linger=inside.LINGER_S, **inside.voice())
Refused = use_realtime("openai", name="Refused", linger=inside.LINGER_S, **inside.refused())


def show(state: type[RealtimeState]) -> rx.Component:
    said = rx.text(state.messages.length() + state.live.length(), " messages")
    shown = state.status_badge(), said, state.error_callout(), state.transcript(height="400px")
    return rx.vstack(*shown, state.composer(), state.microphone(connect_on_start=True), state.audio())


app = rx.App()
app.add_page(lambda: show(Text), "/")
app.add_page(lambda: show(Voice), "/voice")
app.add_page(lambda: show(Refused), "/refused")
