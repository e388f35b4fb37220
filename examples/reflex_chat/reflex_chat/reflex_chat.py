"""A conversation in Reflex, spoken or written, with the embedded provider, its tools, and another page to go to."""

import reflex as rx
from realtime_rx_reflex import use_realtime

from realtime_rx import Transcription
from realtime_rx.ui.samples import INSTRUCTIONS, SUGGESTIONS, TOOLS

Voice = use_realtime("local", name="Voice", instructions=INSTRUCTIONS, tools=TOOLS, transcription=Transcription())


class Chat(Voice):
    """One's own vars and events stand beside those of the session."""

    asked: int = 0

    @rx.event
    def ask(self, question: str):
        self.asked += 1
        return Voice.send_text(question)


def header() -> rx.Component:
    dial = rx.button("Connect", on_click=Voice.connect)
    hang_up = rx.button("Disconnect", variant="soft", on_click=Voice.disconnect)
    link = rx.link("About", href="/about")
    parts = rx.heading("realtime-rx", size="5"), Voice.status_badge(), rx.spacer(), link
    return rx.hstack(*parts, rx.cond(Voice.connected, hang_up, dial), width="100%", align="center")


def sound() -> rx.Component:
    """What is heard and said, and the button to talk by."""
    wave = rx.box(Voice.waveform(), flex="1")
    switches = Voice.mute_button(), Voice.realtime_audio(), Voice.sound_menu()
    return rx.hstack(wave, *switches, Voice.microphone(connect_on_start=True), width="100%", align="center")


def index() -> rx.Component:
    chips = [rx.button(text, size="1", variant="soft", on_click=Chat.ask(text)) for text in SUGGESTIONS]
    parts = Voice.error_callout(), Voice.transcript(), rx.hstack(*chips, wrap="wrap"), sound(), Voice.composer()
    return rx.container(Voice.audio(), rx.vstack(header(), *parts, height="94vh"), size="3", padding="16px")


def about() -> rx.Component:
    asked = rx.text("Suggestions taken: ", Chat.asked)
    back = rx.link("Back to the chat", href="/")
    return rx.container(Voice.audio(), rx.vstack(header(), asked, back), size="3", padding="16px")


app = rx.App()
app.add_page(index, title="realtime-rx", on_load=Voice.start_sound)
app.add_page(about, title="About")
