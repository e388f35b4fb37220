"""Where frames begin and end in what a WebSocket server sends, and of which kind they are (RFC 6455, section 5.2)."""

from __future__ import annotations

__all__ = ["BINARY", "frame_at", "is_fragment", "TEXT"]

FINAL, OPCODE, CONTROL, MASKED = 0x8000, 0x0F00, 0x0800, 0x0080
TEXT, BINARY = FINAL | 0x0100, FINAL | 0x0200
"""The kinds of frames that are whole messages: not masked, as a server's are, and without extensions."""
LENGTHS = {126: 2, 127: 8}
"""The lengths that stand for another one behind them, and how many bytes that takes."""


def frame_at(data: memoryview, start: int, end: int) -> tuple[int, int, int] | None:
    """The frame that begins at ``start``: its kind, where its payload begins (its mask, if it has one), where it ends.

    That may be behind ``end``, where the data ends. None where the data ends before that can be told. The kind is its
    first two bytes without the length.
    """
    payload = start + 2
    if end < payload:
        return None
    kind = data[start] << 8 | data[start + 1]
    length = kind & 0x7F
    if length in LENGTHS:
        at, payload = payload, payload + LENGTHS[length]
        if end < payload:
            return None
        length = int.from_bytes(data[at:payload])
    return kind & ~0x7F, payload, payload + length


def is_fragment(kind: int) -> bool | None:
    """Whether more of its message comes behind this frame; None: it is not of a message."""
    return None if kind & CONTROL else not kind & FINAL
