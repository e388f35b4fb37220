"""The pages of the app in Reflex."""

from collections.abc import Callable

import reflex as rx
from realtime_rx_reflex import RealtimeState, use_realtime

from tests.bindings.contract import inside

ELSEWHERE = "/elsewhere"
"""Another page of the conversation at /voice, which a visitor goes to without leaving the app."""


def showing(state: type[RealtimeState], is_held: bool) -> Callable[[], rx.Component]:
    said = rx.text(state.messages.length() + state.live.length(), " messages")
    shown = state.status_badge(), said, state.error_callout(), state.transcript(height="400px")
    switches = state.mute_button(), state.realtime_audio(), state.sound_menu()
    talk = state.microphone(push_to_talk=is_held, connect_on_start=True)
    ways = rx.link("Elsewhere", href=ELSEWHERE), rx.link("Back", href="/voice")
    foot = rx.hstack(*switches, *ways, rx.spacer(), talk, width="100%")
    return lambda: rx.vstack(*shown, state.composer(), foot, state.audio())


app = rx.App()
for path, page in inside.pages().items():
    state = use_realtime(page.model, name=page.name, linger=inside.LINGER_S, **page.options)
    for place in (path, ELSEWHERE) if page.name == "Voice" else (path,):
        app.add_page(showing(state, page.is_held), place)
