"""A program as an app has it, for a type checker: what is wrong in it says so, or the check fails."""

from typing import Any

import reflex as rx
from realtime_rx_reflex import MessageView, RealtimePlugin, use_realtime

from realtime_rx import RealtimeSession, tool

said: list[str] = []


@tool
def tell_time() -> str:
    """Tell the time."""
    return "noon"


Voice = use_realtime(
    "local",
    name="Voice",
    instructions="Be brief.",
    vad_mode="semantic",
    tools=[tell_time],
    autoconnect=True,
    on_message=lambda message: said.append(message.text),
)
use_realtime("local", instrctions="Be brief.")  # pyright: ignore[reportCallIssue]
use_realtime("local", temperature="hot")  # pyright: ignore[reportArgumentType]


class Chat(Voice):
    asked: int = 0

    @rx.event
    async def ask(self, question: str) -> Any:
        self.asked += 1
        await self.update_session(instructions="Be kind.")
        await self.add_tool_output("call", {"sky": "clear"})
        await self.truncate_item("item", 300)
        await self.truncate_item("item", "300")  # pyright: ignore[reportArgumentType]
        session: RealtimeSession | None = self.session
        if session is not None:
            session.request_response(instructions="In one word.")
        words: str | None = self.pending_user_transcript
        growing: tuple[MessageView, ...] = self.live
        tokens: int = self.usage.total_tokens
        await self.send_text(f"{question} {words} {growing} {tokens}")
        return [Voice.send_text("And?"), Voice.request_response]


def row(message: Any) -> rx.Component:
    return rx.text(message.name)


def index() -> rx.Component:
    verbs = [
        rx.button("Answer", on_click=Voice.request_response),
        rx.button("Be silent", on_click=[Voice.cancel_response, Voice.stop_playback]),
        rx.button("Say", on_click=Voice.send_text("Hello")),
        rx.button("Say", on_click=Voice.send_text_message("Hello")),
        rx.button("Say", on_click=Voice.send_text(5)),  # pyright: ignore[reportArgumentType]
        rx.button("Show", on_click=Voice.send_image("data:image/png;base64,aGk=", "What is it?")),
        rx.button("Ask", on_click=Chat.ask("What time is it?")),
    ]
    sound = [Voice.level_meter("output"), Voice.mute_button(), Voice.realtime_audio(), Voice.sound_menu()]
    waves = [Voice.waveform("input"), Voice.waveform("louder")]  # pyright: ignore[reportArgumentType]
    words = [rx.text(Voice.pending_user_transcript), rx.text(Voice.pending_assistant_transcript)]
    rest = [Voice.transcript(), Voice.composer(), Voice.microphone(), Voice.audio(), rx.text(Voice.usage.total_tokens)]
    return rx.vstack(*verbs, *sound, *waves, *words, *rest, rx.foreach(Voice.messages, row))


config = rx.Config(app_name="typed", plugins=[RealtimePlugin()])
app = rx.App()
app.add_page(index, on_load=Voice.start_sound)
