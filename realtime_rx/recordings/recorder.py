"""Recording a session: a wiretap that writes lines, and never disturbs the conversation."""

from __future__ import annotations

import base64
import logging
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import msgspec
from msgspec import Raw
from reactivex import Observable
from reactivex.disposable import CompositeDisposable

from realtime_rx.abc import Frame, Provider
from realtime_rx.credentials import HIDDEN, unechoed, words, written
from realtime_rx.errors import ConfigurationError, ConnectionLostError
from realtime_rx.events import LocalEvent
from realtime_rx.recordings.elision import elided
from realtime_rx.recordings.lines import Closed, Deed, Did, Failed, Line, Message, Meta, Opened, write_line
from realtime_rx.scrubbing import Scrubber
from realtime_rx.version import __version__
from realtime_rx.wire import WireEvent

__all__ = ["record", "Recording"]

logger = logging.getLogger("realtime_rx")

MAX_BYTES = 256 * 2**20


class Recordable(Protocol):
    """What a session is to a recorder."""

    @property
    def wire(self) -> Observable[WireEvent]: ...
    @property
    def local_events(self) -> Observable[LocalEvent]: ...
    @property
    def provider(self) -> Provider: ...


def record(
    session: Recordable, path: str | os.PathLike[str], *, audio: bool = False, max_bytes: int = MAX_BYTES
) -> Recording:
    """Write what crosses this session's wire from now on, both ways, until it is closed or the recording is.

    ``path`` is a file, which is written anew, or a folder, in which each recording makes a file of its own. Secrets are
    taken out, and so is the sound unless ``audio``. Each line is in the file as soon as it happened; after
    ``max_bytes`` there are no more. A recording that fails ends, and the conversation goes on.

    Raises :class:`ConfigurationError` where the file cannot be written, or is being recorded into.
    """
    return Recording(session, Path(path), audio=audio, max_bytes=max_bytes)


class Recording:
    """What :func:`record` gives: a context manager; ``close()`` ends it."""

    def __init__(self, session: Recordable, path: Path, *, audio: bool, max_bytes: int) -> None:
        self._session = session
        self._audio = audio
        self._left = max_bytes
        self._connection = 1
        self._scrubber = Scrubber(self._hide)
        self._told: dict[bytes, None] = {}
        self._telling = False
        self._watch = CompositeDisposable()
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None
        self.path, self._file = taken(path)
        meta = Meta(provider=session.provider.id, model=session.provider.model, library=__version__, audio=audio)
        self._write(meta)
        self._watch.add(session.wire.subscribe(self._crossed, on_completed=self.close))
        self._watch.add(session.local_events.subscribe(self._did))

    def __repr__(self) -> str:
        return f"<Recording {str(self.path)!r}{' closed' if self.is_closed else ''}>"

    def __enter__(self) -> Recording:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_closed(self) -> bool:
        return self._file is None

    def close(self) -> None:
        """Write no more. Any number of times."""
        with self._lock:
            file, self._file = self._file, None
        if file is not None:
            file.close()
            let_go(self.path)
        self._watch.dispose()

    def _crossed(self, event: WireEvent) -> None:
        self._connection = event.connection
        for line in self._lines(event):
            self._write(line)

    def _lines(self, event: WireEvent) -> Iterator[Line]:
        where: dict[str, Any] = {"at": event.at, "connection": event.connection}
        self._scrubber.learn(event.endpoint)
        reason = self._scrubber.text(str(event.error)) if event.error is not None else ""
        match event.kind:
            case "opened":
                address, provider = self._scrubber.text(event.endpoint.address), self._session.provider
                yield Opened(address=address, provider=provider.id, model=provider.model, **where)
            case "failed":
                yield Failed(reason=reason, **where)
            case "sent" | "received":
                yield self._message(event.frame, direction=event.kind, **where)
            case "closed" if isinstance(event.error, ConnectionLostError):
                code, said = event.error.close_code, self._scrubber.text(event.error.reason)
                yield Closed(code=code, reason=said, **where)
            case "closed":
                yield Closed(reason=reason, **where)

    def _message(self, frame: Frame, **where: Any) -> Message:
        """A frame as a line. One that is no JSON is text, and where it is no text either, it is sound."""
        self._telling = where["direction"] == "sent"
        if self._told and not self._telling:
            frame = unechoed(frame.encode(errors="replace") if isinstance(frame, str) else frame, tuple(self._told))
        try:
            data = self._scrubber.data(msgspec.json.decode(frame))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self._other(frame, **where)
        data, sizes = (data, {}) if self._audio else elided(data)
        return Message(data=Raw(msgspec.json.encode(data)), elided=sizes, **where)

    def _other(self, frame: Frame, **where: Any) -> Message:
        try:
            text = frame if isinstance(frame, str) else frame.decode()
        except UnicodeDecodeError:
            sound = bytes(frame) if isinstance(frame, bytes) else b""
            kept = base64.b64encode(sound).decode() if self._audio else None
            return Message(base64=kept, byte_count=len(sound), **where)
        return Message(text=self._scrubber.text(text), **where)

    def _hide(self, secret: str) -> str:
        """What stands for a secret. One that a server is told it may echo, wherever that may be."""
        if self._telling:
            self._told |= dict.fromkeys(key.encode(errors="replace") for key in written(words(secret)))
        return HIDDEN

    def _did(self, event: LocalEvent) -> None:
        if isinstance(event, Deed):
            clean = msgspec.convert(self._scrubber.data(msgspec.to_builtins(event)), type(event))
            self._write(Did(event=clean, at=event.at, connection=self._connection))

    def _write(self, line: Line) -> None:
        with self._lock:
            if self._file is None:
                return
            try:
                text = write_line(line)
                self._left -= len(text)
                if self._left >= 0:
                    self._file.write(text)
                    return
                problem = "it is as long as it may be"
            except (OSError, TypeError, ValueError) as error:
                problem = f"{type(error).__name__}: {error}"
        logger.warning("the recording %s ends here: %s", self.path, problem)
        self.close()


# Files

_taken: set[Path] = set()
_taking = threading.Lock()


def taken(path: Path) -> tuple[Path, BinaryIO]:
    """The file to record into, open for this recording alone, and for nobody but the user to read."""
    file = path / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}.jsonl" if path.is_dir() else path
    key = file.resolve()
    with _taking:
        if key in _taken:
            raise ConfigurationError(f"{file} is being recorded into: give each session its own, or all a folder")
        try:
            opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise ConfigurationError(f"cannot record into {file}: {error.strerror}") from error
        _taken.add(key)
    return file, os.fdopen(opened, "wb", buffering=0)


def let_go(path: Path) -> None:
    with _taking:
        _taken.discard(path.resolve())
