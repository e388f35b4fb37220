"""A conversation on a terminal or in a pipe: each message once, when it is whole."""

from __future__ import annotations

import msgspec
from rich.console import Console
from rich.text import Text

from realtime_rx.items import ImagePart, ToolPart
from realtime_rx.state import Message, SessionState

__all__ = ["Printer"]

STYLES = {"user": "bold cyan", "assistant": "bold green", "system": "bold magenta"}
WIDTH = 11


class Printer:
    """Prints what is new in each state that it is shown."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._printed: set[str] = set()
        self._error = ""

    def show(self, state: SessionState) -> None:
        """The messages of this state that are whole and were not printed yet."""
        for message in state.messages:
            if message.id not in self._printed and is_whole(message):
                self._print(message)
        self._show_error(state)

    def show_rest(self, state: SessionState) -> None:
        """What never became whole, as far as it got."""
        self.show(state)
        for message in state.messages:
            if message.id not in self._printed and message.parts:
                self._print(message)

    def _print(self, message: Message) -> None:
        self._printed.add(message.id)
        calls = [part for part in message.parts if isinstance(part, ToolPart)]
        for call in calls:
            self._line("tool", "bold yellow", told(call))
        pictures = sum(isinstance(part, ImagePart) for part in message.parts)
        words = message.text + " [picture]" * pictures + (" [interrupted]" if message.interrupted else "")
        if words or not calls:
            self._line(message.role, STYLES.get(message.role, "bold"), words or "[no words]")

    def _line(self, who: str, style: str, words: str) -> None:
        # Text, not a string: what a model says is no markup.
        self._console.print(Text.assemble((who.ljust(WIDTH), style), words), soft_wrap=True)

    def _show_error(self, state: SessionState) -> None:
        message = state.error.message if state.error is not None else ""
        if message and message != self._error:
            self._line("error", "bold red", message)
        self._error = message


def is_whole(message: Message) -> bool:
    calls = [part for part in message.parts if isinstance(part, ToolPart)]
    said = message.text or any(isinstance(part, ImagePart) for part in message.parts)
    return message.status != "in_progress" and bool(said or calls) and all(call.is_settled for call in calls)


def told(call: ToolPart) -> str:
    """A call and what came of it, on one line."""
    outcome = call.error if call.is_failed else spelled(call.output) if call.is_settled else "…"
    return f"{call.tool_name}({spelled(call.input) if call.input is not None else call.arguments}) → {outcome}"


def spelled(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
