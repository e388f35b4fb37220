"""Received sound by its position, which counts the samples of its format from the first one ever received."""


class Tape:
    """Holds what lies between `begin` and `end`; `size` is the bytes of a sample."""

    def __init__(self, size: int, begin: int = 0) -> None:
        self._size = size
        self._sound = bytearray()
        self.begin = begin

    @property
    def end(self) -> int:
        return self.begin + len(self._sound) // self._size

    @property
    def is_empty(self) -> bool:
        return self.begin == self.end

    def write(self, sound: bytes) -> None:
        """The next piece; half a sample at its end waits for the other half."""
        self._sound += sound

    def read(self, start: int, stop: int) -> bytes:
        """What is held of the samples from `start` to `stop`."""
        first, last = (max(0, at - self.begin) * self._size for at in (start, stop))
        return bytes(self._sound[first:last])

    def forget(self, before: int) -> bool:
        """Drop what lies before a position; True when there was something."""
        count = min(max(0, before - self.begin), self.end - self.begin)
        del self._sound[: count * self._size]
        self.begin += count
        return count > 0
