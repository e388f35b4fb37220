"""The two sockets on which Cartesia listens, as codecs. Each remembers the turn that is being spoken."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from msgspec import UNSET, Raw, Struct

from realtime_rx import events as ev
from realtime_rx.config import SessionConfig, TurnDetection
from realtime_rx.errors import ProtocolError

__all__ = ["CommitCodec", "TurnCodec"]

EXCERPT = 80
FINALIZE = "finalize"


class Heard(Struct, frozen=True):
    """Any frame of either socket; each kind has some of these."""

    type: str
    request_id: str | None = None
    transcript: str = ""
    text: str = ""
    is_final: bool = False
    message: str | None = None
    title: str | None = None
    error_code: str | None = None
    status_code: int | None = None


_decoder = msgspec.json.Decoder(Heard)


def heard(frame: str | bytes) -> Heard:
    """The frame. Raises :class:`ProtocolError` naming what is wrong."""
    try:
        text = frame.encode() if isinstance(frame, str) else frame
        str(text, "utf-8")
        msgspec.json.decode(text)  # fields that nobody reads are not looked into otherwise; a reader of `raw` does
        return _decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ProtocolError(f"not a frame of Cartesia's: {error}: {frame[:EXCERPT]!r}") from error


class _Listening:
    """What both sockets have in common: ids that count up behind the time of the first frame, and errors."""

    def __init__(self) -> None:
        self._prefix: str | None = None
        self._turn = 1

    @property
    def _item(self) -> str:
        return f"{self._prefix}_{self._turn}"

    def _begin(self, at: float) -> bool:
        """Whether this is the connection's first frame."""
        if self._prefix is not None:
            return False
        self._prefix = f"stt_{int(at * 1000):x}"
        return True

    def _completed(self, transcript: str, common: dict[str, Any]) -> ev.ServerEvent:
        item, self._turn = self._item, self._turn + 1
        return ev.InputTranscriptionCompleted(item, transcript, **common)


class TurnCodec(_Listening):
    """``/stt/turns/websocket``: it hears when a turn begins and ends."""

    def __init__(self) -> None:
        super().__init__()
        self._open = False

    def decode(self, frame: str | bytes, *, at: float = 0.0) -> tuple[ev.ServerEvent, ...]:
        """The events in a frame. Raises :class:`ProtocolError` naming what is wrong."""
        said = heard(frame)
        self._begin(at)
        common = common_of(frame, at)
        match said.type:
            case "connected":
                return (ev.SessionCreated(said.request_id, **common),)
            case "turn.start":
                self._open = True
                return (ev.SpeechStarted(self._item, **common),)
            case "turn.update" | "turn.eager_end":
                return (ev.InputTranscriptionDelta(self._item, said.transcript, 0, True, **common),)
            case "turn.end":
                return self._ended(said, common)
            case _:
                return (other(said, common),)

    def _ended(self, said: Heard, common: dict[str, Any]) -> tuple[ev.ServerEvent, ...]:
        """A turn in which nothing was understood is no message."""
        was_open, self._open = self._open, False
        stopped = (ev.SpeechStopped(self._item, **common),) if was_open else ()
        return (*stopped, *((self._completed(said.transcript, common),) if said.transcript else ()))

    def encode(self, event: ev.ClientEvent) -> tuple[str | bytes, ...]:
        """Sound as it is, settings as a command; it has no other verbs."""
        match event:
            case ev.AppendAudio():
                return (event.audio,)
            case ev.UpdateSession():
                turn = turn_json(event.config)
                return (written({"type": "config", "turn": turn}),) if turn else ()
            case ev.RawEvent():
                return (written(event.raw),)
            case _:
                return ()


class CommitCodec(_Listening):
    """``/stt/websocket``: it writes down what is committed."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = False
        self._final = ""

    def decode(self, frame: str | bytes, *, at: float = 0.0) -> tuple[ev.ServerEvent, ...]:
        """The events in a frame. Raises :class:`ProtocolError` naming what is wrong."""
        said = heard(frame)
        common = common_of(frame, at)
        first = said.type != "error" and self._begin(at)
        greeting = (ev.SessionCreated(said.request_id, **common),) if first else ()
        match said.type:
            case "transcript":
                return (*greeting, self._understood(said, common))
            case "flush_done" | "done":
                words, self._final = self._final, ""
                return (*greeting, *((self._completed(words, common),) if words else ()))
            case _:
                return (*greeting, other(said, common))

    def _understood(self, said: Heard, common: dict[str, Any]) -> ev.ServerEvent:
        words = self._final + said.text
        if said.is_final:
            self._final = words
        return ev.InputTranscriptionDelta(self._item, words, 0, True, **common)

    def encode(self, event: ev.ClientEvent) -> tuple[str | bytes, ...]:
        """Sound as it is, and the command to write down the rest; with the first settings it is asked to speak."""
        match event:
            case ev.AppendAudio():
                return (event.audio,)
            case ev.CommitAudio():
                return (FINALIZE,)
            case ev.UpdateSession() if not self._asked:
                self._asked = True
                return (FINALIZE,)
            case ev.RawEvent():
                return (written(event.raw),)
            case _:
                return ()


def other(said: Heard, common: dict[str, Any]) -> ev.ServerEvent:
    """An error, or what only Cartesia has."""
    if said.type != "error":
        return ev.ProviderEvent(said.type, **common)
    status = str(said.status_code) if said.status_code is not None else None
    message = said.message or said.title or "Cartesia reported an error and did not say which"
    return ev.ServerError(message, said.error_code, status, **common)


def common_of(frame: str | bytes, at: float) -> dict[str, Any]:
    return {"at": at, "frame": Raw(frame if isinstance(frame, bytes) else frame.encode())}


def turn_json(config: SessionConfig) -> dict[str, Any]:
    """The thresholds of turns; ``provider_options={"turn": {…}}`` says them in Cartesia's words."""
    detection = config.turn_detection
    named = (
        {"start_threshold": detection.threshold, "end_timeout_ms": detection.silence_duration_ms}
        if isinstance(detection, TurnDetection)
        else {}
    )
    turn = {name: value for name, value in named.items() if value is not UNSET}
    more = config.provider_options.get("turn")
    return {**turn, **(cast(dict[str, Any], more) if isinstance(more, dict) else {})}


def written(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()
