"""The lines of a recording: one JSON object each, in the order in which things happened.

``{"kind": "message", "direction": "received" | "sent", "data": {frame}}`` is all that a recording needs; those of other
programs have no more. Ours say with each line when it was (``at``, seconds since the epoch) and on which ``connection``
of the session (from 1), and have lines of other kinds: what is recorded (``meta``), dials (``open``, ``failed``), what
we did in no provider's words (``event``), ends (``close``). Unknown kinds are passed over.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from realtime_rx.abc import Frame
from realtime_rx.errors import ProtocolError
from realtime_rx.events import (
    AudioPlayed,
    CancelRequested,
    CapturePaused,
    CaptureStarted,
    CaptureStopped,
    EventSubmitted,
    InterruptRequested,
    OutputAttached,
    OutputDetached,
    PlaybackDrained,
    PlaybackStarted,
    PlaybackStopRequested,
    ResponseRequested,
    RestartRequested,
    ToolApprovalRequested,
    ToolApproved,
    ToolFailed,
    ToolProgressed,
    ToolRejected,
    ToolReturned,
    ToolStarted,
)
from realtime_rx.recordings.elision import restored

__all__ = ["Closed", "Deed", "Did", "Failed", "Line", "Message", "Meta", "Opened", "read_lines", "write_line"]


class Base(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    at: float | None = None
    connection: int = 1


class Meta(Base, frozen=True, tag="meta"):
    """The first line: whose wire this is. ``audio``: its sound is in it."""

    provider: str | None = None
    model: str | None = None
    library: str | None = None
    audio: bool = False


class Opened(Base, frozen=True, tag="open"):
    """``address`` is where it was dialled, without the query."""

    address: str | None = None
    provider: str | None = None
    model: str | None = None


class Failed(Base, frozen=True, tag="failed"):
    """Dialling failed, for this reason."""

    reason: str = ""


class Message(Base, frozen=True, tag="message"):
    """A frame, received unless it says that it was sent: JSON as ``data``, other text as ``text``, bytes as ``base64``.

    ``elided`` is the sound that was left out, in bytes, by its place in ``data``; ``byte_count`` is that of bytes.
    """

    direction: Literal["received", "sent"] | UnsetType = UNSET
    data: Raw | UnsetType = UNSET
    elided: dict[str, int] = {}
    text: str | None = None
    base64: str | None = None
    byte_count: int = 0

    @property
    def frame(self) -> Frame:
        """The frame as it was, with silence in the place of the sound that was left out."""
        if self.data is not UNSET:
            return restored(bytes(self.data), self.elided)
        if self.text is not None:
            return self.text
        return base64.b64decode(self.base64) if self.base64 is not None else bytes(self.byte_count)


Deed: TypeAlias = (
    AudioPlayed
    | CancelRequested
    | CapturePaused
    | CaptureStarted
    | CaptureStopped
    | EventSubmitted
    | InterruptRequested
    | OutputAttached
    | OutputDetached
    | PlaybackDrained
    | PlaybackStarted
    | PlaybackStopRequested
    | ResponseRequested
    | RestartRequested
    | ToolApprovalRequested
    | ToolApproved
    | ToolFailed
    | ToolProgressed
    | ToolRejected
    | ToolReturned
    | ToolStarted
)
"""What a replay does again. The rest of what happens on our side comes of the frames."""


class Did(Base, frozen=True, tag="event"):
    """What we did, in no provider's words: something was typed, a tool returned, sound was heard."""

    event: Deed


class Closed(Base, frozen=True, tag="close"):
    """The end of a connection: theirs with its ``code``, ours without."""

    code: int | None = None
    reason: str = ""


Line: TypeAlias = Meta | Opened | Failed | Message | Did | Closed


class Kind(Struct, frozen=True):
    kind: str = "message"


KINDS: dict[str, msgspec.json.Decoder[Any]] = {
    str(each.__struct_config__.tag): msgspec.json.Decoder(each) for each in (Meta, Opened, Failed, Message, Did, Closed)
}
_kind = msgspec.json.Decoder(Kind)
_encoder = msgspec.json.Encoder()


def write_line(line: Line) -> bytes:
    """A line as it stands in a file, with its end."""
    return _encoder.encode(line) + b"\n"


def read_lines(path: str | Path) -> Iterator[Line]:
    """The lines of a recording, in order. A last one that was cut off, by a crash, say, is passed over.

    Raises :class:`ProtocolError` naming the line that is no record.
    """
    with Path(path).open("rb") as file:
        for number, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                decoder = KINDS.get(_kind.decode(text).kind)
                if decoder is not None:
                    yield decoder.decode(text)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                if text.endswith(b"\n"):
                    raise ProtocolError(f"{path}, line {number}: {error}") from error
