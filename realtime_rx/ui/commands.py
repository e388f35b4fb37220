"""What a tab may ask of its session, by name: the session may be in another process than what hears the tab."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from realtime_rx.session import RealtimeSession
from realtime_rx.ui.page_sound import listen as listen_or_stop
from realtime_rx.ui.verbs import dial, say
from realtime_rx.ui.visits import Visit

__all__ = ["COMMANDS", "OPENING"]


def listen(session: RealtimeSession, on: bool, hold: bool, connect: bool) -> None:
    listen_or_stop(session, on, hold=hold, connect=connect)


def of_session(verb: Callable[..., object]) -> Callable[..., object]:
    def act(visit: Visit, *args: Any) -> object:
        return verb(visit.session, *args)

    return act


COMMANDS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "connect": of_session(dial),
        "disconnect": of_session(RealtimeSession.disconnect),
        "send_text": of_session(say),
        "interrupt": of_session(RealtimeSession.interrupt),
        "approve": of_session(RealtimeSession.approve),
        "reject": of_session(RealtimeSession.reject),
        "start_audio_capture": of_session(RealtimeSession.start_audio_capture),
        "stop_audio_capture": of_session(RealtimeSession.stop_audio_capture),
        "start_listening": of_session(RealtimeSession.start_listening),
        "stop_listening": of_session(RealtimeSession.stop_listening),
        "listen": of_session(listen),
        "arrive": Visit.arrive,
        "hear": Visit.hear,
        "start_sound": Visit.start_sound,
    }
)
OPENING = frozenset({"arrive", "connect", "send_text", "start_sound"})
"""For these a session is made where there is none; of none, nothing else is asked."""
