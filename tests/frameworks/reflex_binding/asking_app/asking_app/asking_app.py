"""A page of an app's own look: it is dialled by itself, and asks for what no component of ours does."""

import reflex as rx
from realtime_rx_reflex import use_realtime

Voice = use_realtime("local", name="Voice", output_modalities=("text",), autoconnect=True)


class Chat(Voice):
    looks: int = 0
    told: str = ""

    @rx.event
    async def be_kind(self):
        await self.update_session(instructions="Be kind.")

    @rx.event
    async def look(self):
        self.looks += 1
        session = self.session
        self.told = "elsewhere" if session is None else str(session.state.config.instructions)


def index() -> rx.Component:
    shown = [
        Voice.audio(),
        rx.text(Voice.error, id="error"),
        Voice.status_badge(),
        rx.text(Voice.pending_assistant_transcript, id="pending"),
        rx.text(Voice.messages.length(), " messages"),
        rx.text(Voice.usage.total_tokens, " tokens"),
        rx.text(Chat.looks, " ", Chat.told, id="told"),
    ]
    events = {
        "Ask": Voice.send_text("Count to two hundred"),
        "Ask on": Voice.request_response,
        "Stop": Voice.cancel_response,
        "Be kind": Chat.be_kind,
        "Look": Chat.look,
        "Forget": Voice.destroy,
        "Nonsense": Voice.approve(rx.Var("({})").to(str)),
    }
    return rx.vstack(*shown, *(rx.button(name, on_click=event) for name, event in events.items()))


app = rx.App()
app.add_page(index)
