"""The secrets that let one page in: a new one with every socket, so that one which was used is worth nothing.

A page that was let in is given the secret for its next socket, and says when it has it. From then on, or from the first
use of the new one, the old one is void: stolen afterwards, it opens nothing. Until then the old one is still good, for
the new one may have been lost with the socket that it was sent on, and a visitor must not be locked out by that.
"""

from __future__ import annotations

import secrets

__all__ = ["Pass"]


class Pass:
    """Not for several threads at once."""

    def __init__(self) -> None:
        self._good = self.first = secrets.token_urlsafe(24)
        self._next: str | None = None

    def admits(self, secret: str) -> bool:
        """Showing the next secret voids the one before it."""
        if self._next is not None and _same(secret, self._next):
            self.confirm(secret)
        return _same(secret, self._good)

    def renew(self) -> str:
        """The secret for the next socket. An earlier one that nobody confirmed is void."""
        self._next = secrets.token_urlsafe(24)
        return self._next

    def confirm(self, secret: str) -> None:
        """The page has this one. What a replaced socket says late of another changes nothing."""
        if secret == self._next:
            self._good, self._next = secret, None


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())
