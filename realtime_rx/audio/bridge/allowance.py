"""So much a second, and at once what was saved up. Pure: times come as arguments, in seconds of one clock."""

from __future__ import annotations

__all__ = ["Allowance"]


class Allowance:
    """``rate`` a second, of which up to ``most`` are saved up; that much is there at first."""

    def __init__(self, rate: float, most: float) -> None:
        self._rate = rate
        self._most = most
        self._left = most
        self._at = float("-inf")

    def left(self, at: float) -> float:
        """Less than nothing where too much was spent."""
        return min(self._most, self._left + (at - self._at) * self._rate)

    def spend(self, amount: float, at: float) -> None:
        self._left = self.left(at) - amount
        self._at = at

    def wait_s(self, amount: float, at: float) -> float:
        """Seconds until so much is left. More than ``most`` never is."""
        return max(0.0, (amount - self.left(at)) / self._rate)
