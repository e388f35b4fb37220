"""A chat in Reflex: a conversation with the embedded provider, its tools, and another page to go to and come back."""

import reflex as rx
from realtime_rx_reflex import use_realtime

from realtime_rx.ui.samples import INSTRUCTIONS, SUGGESTIONS, TOOLS

Voice = use_realtime("local", name="Voice", instructions=INSTRUCTIONS, tools=TOOLS, output_modalities=("text",))


class Chat(Voice):
    """One's own vars and events stand beside those of the session."""

    asked: int = 0

    @rx.event
    def ask(self, question: str):
        self.asked += 1
        return Voice.send_text(question)


def header() -> rx.Component:
    return rx.hstack(
        rx.heading("realtime-rx", size="5"),
        Voice.status_badge(),
        rx.spacer(),
        rx.link("About", href="/about"),
        rx.cond(
            Voice.connected,
            rx.button("Disconnect", variant="soft", on_click=Voice.disconnect),
            rx.button("Connect", on_click=Voice.connect),
        ),
        width="100%",
        align="center",
    )


def index() -> rx.Component:
    chips = [rx.button(text, size="1", variant="soft", on_click=Chat.ask(text)) for text in SUGGESTIONS]
    parts = Voice.error_callout(), Voice.transcript(), rx.hstack(*chips, wrap="wrap"), Voice.composer()
    return rx.container(rx.vstack(header(), *parts, height="94vh"), size="3", padding="16px")


def about() -> rx.Component:
    asked = rx.text("Suggestions taken: ", Chat.asked)
    return rx.container(rx.vstack(header(), asked, rx.link("Back to the chat", href="/")), size="3", padding="16px")


app = rx.App()
app.add_page(index, title="realtime-rx")
app.add_page(about, title="About")
