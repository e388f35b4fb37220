"""How a conversation reads on a screen: plain text, never markup."""

from __future__ import annotations

import re
from typing import Any, cast

import msgspec

from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.items import AudioPart, ImagePart, TextPart, ToolPart, Usage
from realtime_rx.state import Latency, Message, SessionState

__all__ = [
    "activity",
    "advice",
    "brief",
    "compact",
    "complaint",
    "CONNECT_TO_WRITE",
    "connect_words",
    "is_empty",
    "is_open",
    "MODE_WORDS",
    "NAMES",
    "note",
    "outcome",
    "picture_url",
    "pretty",
    "sentence",
    "spent",
    "STATUS_WORDS",
    "summary",
    "TOOL_WORDS",
    "waited",
    "without_pictures",
    "words_of",
    "WRITE",
]

SUMMARY_LENGTH = 60
ONE_LINE = 80
WEB = "https://", "http://"
PICTURE_OR_LINK = re.compile(r"<(img|/?a)\b[^>]*>?", re.IGNORECASE)
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')

ADVICE = {
    "connect_failed": "Check the address and the network, then connect again.",
    "connect_timeout": "The provider did not answer. Try again in a moment.",
    "http_401": "The provider refused the key. Check it and connect again.",
    "http_403": "The key has no access to this model. Choose another one.",
    "http_404": "There is nothing at this address. Check the base URL and the model.",
    "http_429": "The provider is busy or the quota is used up. Wait, then try again.",
    "close_1001": "The provider ended the session. Connect again to go on.",
    "close_1006": "The connection dropped. Connect again to go on.",
    "rate_limit_exceeded": "Wait a moment, then send the message again.",
    "unknown_tool": "The model asked for a tool that this page does not offer.",
    "audio_device": "The conversation goes on in writing.",
    "tool_failed": "The model was told that its tool failed; the conversation goes on.",
    "tool_timeout": "The model was told that its tool took too long; the conversation goes on.",
    "unsupported_image": "The model was told of the rest; the conversation goes on.",
    "response_timeout": "Ask again, or connect again.",
    "audio_dropped": "The network is slow: what was just said may not have been heard.",
    "unconfirmed_setting": "It may not be in force; the conversation goes on.",
    "unsupported_setting": "The conversation goes on without it.",
    "idle": "Connect again to go on.",
}

TOOL_WORDS = {
    "input-streaming": "is being called",
    "input-available": "is running",
    "approval-requested": "waits for your approval",
    "approval-responded": "is running",
    "output-available": "is done",
    "output-error": "failed",
    "output-denied": "was not allowed",
}
"""What becomes of a tool call, after its name."""
STATUS_WORDS = {
    "disconnected": "Disconnected",
    "connecting": "Connecting",
    "connected": "Connected",
    "reconnecting": "Reconnecting",
    "error": "Connection error",
}
CONNECT_WORDS = {"connected": "Disconnect", "connecting": "Cancel", "reconnecting": "Cancel"}
MODE_WORDS = {"idle": "", "listening": "Listening", "thinking": "Thinking", "speaking": "Speaking"}
WRITE, CONNECT_TO_WRITE = "Write a message", "Connect to write a message"
"""What an empty box says."""
NAMES = {"user": "You", "assistant": "Assistant", "system": "System"}


def advice(error: RealtimeErrorInfo) -> str:
    """What to do about an error, in one sentence."""
    code = error.code or ""
    if not error.fatal and code.startswith(("close_", "connect_")):
        return "Reconnecting; the conversation goes on."
    fallback = "Connect again to go on." if error.fatal else "The conversation goes on; try that again."
    return ADVICE.get(code, fallback)


def activity(state: SessionState) -> str:
    """What goes on beside the status, in a word or three; nothing where nothing does."""
    if state.status == "reconnecting" and state.flow.attempt > 1:
        return f"Attempt {state.flow.attempt}"
    if state.status != "connected":
        return ""
    return "No answer yet" if state.stalled else MODE_WORDS[state.mode]


def summary(state: SessionState) -> str:
    """The status, and what goes on beside it."""
    return " · ".join(filter(None, (STATUS_WORDS[state.status], activity(state))))


def connect_words(state: SessionState) -> str:
    """What the button is called that connects and hangs up."""
    return CONNECT_WORDS.get(state.status, "Connect")


def complaint(error: RealtimeErrorInfo | None) -> tuple[str, str]:
    """What went wrong and what to do about it, a sentence each; both empty where nothing did, or where the tool call
    itself says so."""
    if error is None or error.code == "tool_failed":
        return "", ""
    return sentence(error.message), advice(error)


def sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def spent(usage: Usage) -> str:
    """The tokens of a session in a short line; nothing while there are none."""
    if not usage.total_tokens:
        return ""
    return f"{usage.total_tokens:,} tokens · {usage.input_tokens:,} in · {usage.output_tokens:,} out"


def waited(latency: Latency) -> str:
    """How long the last turn kept one waiting, in a short line; nothing while that is not known."""
    figures = (
        ("first word", latency.first_token_ms),
        ("voice", latency.first_audio_ms),
        ("silence", latency.barge_in_ms),
    )
    return " · ".join(f"{name} after {seconds(ms)}" for name, ms in figures if ms is not None)


def seconds(ms: float) -> str:
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def is_empty(message: Message) -> bool:
    """Whether there is nothing to read, see or expand in it yet."""
    return not message.text and not any(isinstance(part, (ImagePart, ToolPart)) for part in message.parts)


def is_open(part: TextPart | AudioPart) -> bool:
    """Whether words may still be added to it."""
    return part.state == "streaming"


def note(message: Message) -> str | None:
    """What happened to a message, where that is out of the ordinary."""
    heard = next((part.heard_ms for part in message.parts if isinstance(part, AudioPart) and part.heard_ms), None)
    if message.interrupted:
        return "Interrupted" if heard is None else f"Interrupted after {heard / 1000:.1f} s"
    match message.status:
        case "failed":
            return "Not delivered" if message.role == "user" else "Failed"
        case "incomplete":
            return "Not confirmed" if message.role == "user" else "Incomplete"
        case _:
            return None


def words_of(part: TextPart | AudioPart) -> str:
    """What was written or said, or why that is not known."""
    if isinstance(part, TextPart):
        return part.text
    return part.transcript or (f"No transcript: {part.error}" if part.error else "")


def without_pictures(html: str, *, in_link: bool = False) -> str:
    """The same with links for pictures, or their words within a link: a browser would fetch pictures from wherever the
    model says, with what it says in the address. The HTML is what a Markdown renderer made that escapes all HTML of the
    text; ``in_link`` says that it begins within a link."""

    def replaced(tag: re.Match[str]) -> str:
        nonlocal in_link
        kind = tag[1].lower()
        if kind == "img":
            return picture_words(tag[0], in_link=in_link)
        in_link = kind == "a"
        return tag[0]

    return PICTURE_OR_LINK.sub(replaced, html)


def picture_words(tag: str, *, in_link: bool) -> str:
    said = dict(ATTRIBUTE.findall(tag))
    url = said.get("src", "")
    words = said.get("alt") or url
    return f'<a href="{url}">{words}</a>' if url.startswith(WEB) and not in_link else words


def picture_url(part: ImagePart) -> str:
    """Where a browser finds the picture; empty for an address that no picture comes from."""
    if part.data is not None:
        return f"data:{part.mime_type};base64,{part.data}"
    url = part.url or ""
    return url if url.startswith((*WEB, "data:image/")) else ""


def pretty(value: Any) -> str:
    """JSON with line breaks; a text as it is."""
    return value if isinstance(value, str) else msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def compact(value: Any) -> str:
    """JSON on one line where it fits there."""
    line = msgspec.json.format(msgspec.json.encode(value), indent=0).decode()
    return line if len(line) <= ONE_LINE and not isinstance(value, str) else pretty(value)


def brief(part: ToolPart) -> str:
    """The arguments, or what came of them, on one line."""
    if part.is_failed:
        return shortened(part.error or "failed")
    if part.preliminary and isinstance(part.output, str):
        return shortened(part.output)
    if not isinstance(part.input, dict):
        return shortened(part.arguments)
    given = cast(dict[str, object], part.input)  # pyright: ignore[reportUnknownMemberType]
    return shortened(", ".join(str(value) for value in given.values()))


def shortened(text: str) -> str:
    """The text, or as much of it as there is room for beside a name."""
    return text if len(text) <= SUMMARY_LENGTH else f"{text[: SUMMARY_LENGTH - 1].rstrip(' ,;')}…"


def outcome(part: ToolPart) -> tuple[str, str]:
    """A title and a text; both empty while the tool runs."""
    match part.state:
        case "output-available":
            return "So far" if part.preliminary else "Output", compact(part.output)
        case "output-error":
            return "Error", part.error or "The call failed."
        case "output-denied":
            return "Not allowed", part.error or "The call was not allowed."
        case _:
            return "", ""
