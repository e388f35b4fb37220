"""``realtime-rx events``: what a recording holds, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

import click
import msgspec
from msgspec import Struct, to_builtins
from rich.console import Console
from rich.table import Table
from rich.text import Text

from realtime_rx.abc import Codec
from realtime_rx.cli.replaying import model_of
from realtime_rx.errors import ProtocolError
from realtime_rx.providers import get_provider
from realtime_rx.recordings.elision import elided
from realtime_rx.recordings.lines import Closed, Did, Failed, Line, Message, Meta, Opened, read_lines
from realtime_rx.ui.event_lines import event_detail

__all__ = ["matching", "Row", "shown", "spelled"]

COLUMNS = ("line", "time", "connection", "direction", "kind", "detail")
LONGEST = 100


class Row(Struct, frozen=True, kw_only=True):
    """An event. ``line`` is its place in the file, ``time`` is in seconds since the beginning."""

    line: int
    time: float | None
    connection: int
    direction: str
    kind: str
    detail: str = ""
    data: Any = None


def matching(path: Path, provider: str | None, kinds: tuple[str, ...], direction: str | None) -> Iterator[Row]:
    """The rows whose kind fits one of the patterns, where there are any, and whose direction is this one."""
    for row in rows(path, provider):
        fits = not kinds or any(fnmatchcase(row.kind, pattern) for pattern in kinds)
        if fits and direction in (None, row.direction):
            yield row


def rows(path: Path, provider: str | None) -> Iterator[Row]:
    lines = list(read_lines(path))
    meta = next((line for line in lines if isinstance(line, Meta)), Meta())
    chosen = get_provider(model_of(path, provider, meta.provider))
    codecs: dict[int, Codec] = {}
    start = next((line.at for line in lines if line.at is not None), 0.0)
    for number, line in enumerate(lines, start=1):
        codec = codecs.setdefault(line.connection, chosen.codec())
        time = None if line.at is None else round(line.at - start, 3)
        for direction, kind, detail, data in told(line, codec):
            yield Row(
                line=number,
                time=time,
                connection=line.connection,
                direction=direction,
                kind=kind,
                detail=" ".join(detail.split())[:LONGEST],
                data=data,
            )


def told(line: Line, codec: Codec) -> Iterator[tuple[str, str, str, Any]]:
    """Direction, kind, detail and data of what a line says."""
    match line:
        case Message(direction="sent"):
            data = frame_data(line)
            yield "sent", wire_kind(data), "", data
        case Message():
            try:
                events = codec.decode(line.frame, at=line.at or 0.0)
            except ProtocolError as error:
                yield "received", "frame-rejected", str(error), frame_data(line)
                return
            for event in events:
                yield "received", event.type, event_detail(event), event.raw
        case Did(event=event):
            yield "done", event.type, "", to_builtins(event)
        case Opened(address=address):
            yield "done", "open", address or "", None
        case Failed(reason=reason):
            yield "done", "failed", reason, None
        case Closed(code=code, reason=reason):
            yield "received" if code is not None else "done", "close", f"{code or ''} {reason}", None
        case Meta():
            yield "done", "meta", f"{line.provider}:{line.model}", None


def frame_data(line: Message) -> Any:
    try:
        return elided(msgspec.json.decode(line.frame))[0]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return line.text if line.text is not None else f"<{len(line.frame)} bytes>"


def wire_kind(data: Any) -> str:
    """How a provider calls a frame that is sent: by its type, or by its first field."""
    fields = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
    return str(fields.get("type") or next(iter(fields), "frame"))


def spelled(found: Iterable[Row]) -> None:
    for row in found:
        click.echo(msgspec.json.encode(row))


def shown(found: Iterable[Row]) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        for cells in (COLUMNS, *map(as_cells, found)):
            click.echo("\t".join(cells))
        return
    table = Table(*COLUMNS, box=None, header_style="bold")
    for row in found:
        table.add_row(*map(Text, as_cells(row)))
    console.print(table)


def as_cells(row: Row) -> tuple[str, ...]:
    time = "" if row.time is None else f"{row.time:.3f}"
    return (str(row.line), time, str(row.connection), row.direction, row.kind, row.detail)
