"""What a tab may ask of its session, by name: the session may be in another process than what hears the tab.

A browser can send whatever it likes. So what pages ask for by themselves is no more than a visitor may do, and what
comes with it is looked at; what only the app may say, as to change the session's settings, has no such way in.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec

from realtime_rx.errors import ConfigurationError
from realtime_rx.session import RealtimeSession
from realtime_rx.ui.page_sound import listen as listen_or_stop
from realtime_rx.ui.verbs import dial, say
from realtime_rx.ui.visits import Visit

__all__ = ["BY_APPS", "BY_PAGES", "COMMANDS", "fitting", "OPENING"]

PICTURE = "data:image/"
BASE64 = ";base64"


@dataclass(frozen=True, slots=True)
class Command:
    """``act`` is done to a tab's visit. ``takes``: what else it is given, of what types."""

    act: Callable[..., object]
    takes: tuple[Any, ...] = ()


def listen(session: RealtimeSession, on: bool, hold: bool, connect: bool) -> None:
    listen_or_stop(session, on, hold=hold, connect=connect)


def send_picture(session: RealtimeSession, picture: str, text: str) -> None:
    """Send a picture, which is a data URL or base64. No other address: it would be the provider that goes there."""
    head, comma, data = picture.rpartition(",")
    kind = head.removeprefix("data:").removesuffix(BASE64) if comma else "image/png"
    if comma and not (head.startswith(PICTURE) and head.endswith(BASE64)):
        raise ConfigurationError(f"send_image() takes base64, or a URL that begins with {PICTURE} and is {BASE64[1:]}")
    try:
        base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise ConfigurationError(f"send_image() takes base64: {error}") from error
    session.send_image(data, mime_type=kind, text=text or None)


def send_feedback(session: RealtimeSession, liked: bool) -> None:
    session.send_feedback(liked=liked)


def send_sound(session: RealtimeSession, audio: bytes | str) -> None:
    """``audio`` is base64 where it comes from another process, as JSON has no bytes."""
    session.send_audio(base64.b64decode(audio) if isinstance(audio, str) else audio)


def be_there(visit: Visit) -> None:
    """There is a visit now: the rest follows from that."""


def of_session(verb: Callable[..., object]) -> Callable[..., object]:
    def act(visit: Visit, *args: Any, **options: Any) -> object:
        return verb(visit.session, *args, **options)

    return act


def by_page(verb: Callable[..., object], *takes: Any) -> Command:
    return Command(of_session(verb), takes)


BY_PAGES: Mapping[str, Command] = MappingProxyType(
    {
        "connect": by_page(dial),
        "disconnect": by_page(RealtimeSession.disconnect),
        "send_text": by_page(say, str),
        "send_image": by_page(send_picture, str, str),
        "send_feedback": by_page(send_feedback, bool),
        "request_response": by_page(RealtimeSession.request_response),
        "cancel_response": by_page(RealtimeSession.cancel_response),
        "interrupt": by_page(RealtimeSession.interrupt),
        "stop_playback": by_page(RealtimeSession.stop_playback),
        "approve": by_page(RealtimeSession.approve, str),
        "reject": by_page(RealtimeSession.reject, str),
        "start_audio_capture": by_page(RealtimeSession.start_audio_capture),
        "stop_audio_capture": by_page(RealtimeSession.stop_audio_capture),
        "start_listening": by_page(RealtimeSession.start_listening),
        "stop_listening": by_page(RealtimeSession.stop_listening),
        "commit_audio": by_page(RealtimeSession.commit_audio),
        "clear_audio_buffer": by_page(RealtimeSession.clear_audio_buffer),
        "listen": by_page(listen, bool, bool, bool),
        "come": Command(be_there),
        "destroy": Command(Visit.end),
        "arrive": Command(Visit.arrive, (str,)),
        "hear": Command(Visit.hear, (dict[str, Any],)),
        "start_sound": Command(Visit.start_sound),
    }
)
"""What a page may ask for by itself."""
BY_APPS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "update_session": of_session(RealtimeSession.update_session),
        "add_tool_output": of_session(RealtimeSession.add_tool_output),
        "send_event": of_session(RealtimeSession.send_event),
        "send_audio": of_session(send_sound),
        "send_video_frame": of_session(RealtimeSession.send_video_frame),
        "delete_item": of_session(RealtimeSession.delete_item),
        "retrieve_item": of_session(RealtimeSession.retrieve_item),
        "truncate_item": of_session(RealtimeSession.truncate_item),
        "restart": of_session(RealtimeSession.restart),
    }
)
"""What the app alone may say to a tab's session, which checks it itself."""
COMMANDS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {**{name: command.act for name, command in BY_PAGES.items()}, **BY_APPS}
)
OPENING = frozenset({"arrive", "come", "connect", "send_text", "start_sound", "update_session"})
"""For these a session is made where there is none; of none, nothing else is asked."""


def fitting(verb: str, args: Sequence[Any]) -> tuple[Any, ...]:
    """What a page gives with a verb, where that is of the right types. Raises :class:`ConfigurationError`."""
    try:
        return msgspec.convert(args, tuple[BY_PAGES[verb].takes or ()])
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{verb}: {error}") from error
