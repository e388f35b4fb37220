"""What waits to be sent on one connection, in order. A slow socket costs sound, the oldest first, and nothing else."""

from __future__ import annotations

import threading
from collections import deque

from realtime_rx.events import AppendAudio, ClientEvent

__all__ = ["Outbox"]

WAITING_SOUND = 240_000
"""Bytes: five seconds at 24 kHz. What is older than that answers nothing that is still being said."""


class Outbox:
    """A queue that is bounded in sound alone. Filled by any thread, emptied by one."""

    def __init__(self, waiting_sound: int = WAITING_SOUND) -> None:
        """``waiting_sound``: how many bytes of sound may wait."""
        self._longest = waiting_sound
        self._lock = threading.Lock()
        self._events: deque[ClientEvent] = deque()
        self._sounds: deque[int] = deque()
        self._waiting = 0
        self._skipped = 0
        self._is_behind = False

    def __bool__(self) -> bool:
        return bool(self._events)

    def push(self, event: ClientEvent) -> bool:
        """Queue an event. True where the queue falls behind just now: sound is dropped from here on."""
        with self._lock:
            self._events.append(event)
            return isinstance(event, AppendAudio) and self._falls_behind(len(event.audio))

    def _falls_behind(self, byte_count: int) -> bool:
        self._sounds.append(byte_count)
        self._waiting += byte_count
        dropped = self._waiting > self._longest
        while self._waiting > self._longest:
            self._waiting -= self._sounds.popleft()
            self._skipped += 1
        told, self._is_behind = self._is_behind, self._is_behind or dropped
        return dropped and not told

    def pop(self) -> ClientEvent | None:
        """The next event; None where none is left: then nothing is behind any more."""
        with self._lock:
            while self._events:
                event = self._events.popleft()
                if not isinstance(event, AppendAudio):
                    return event
                if self._skipped:
                    self._skipped -= 1
                    continue
                self._waiting -= self._sounds.popleft()
                return event
            self._is_behind = False
            return None
