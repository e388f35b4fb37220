"""How hard a session tries to stay alive, and how long it waits for what."""

from __future__ import annotations

from msgspec import Struct

__all__ = ["ReconnectPolicy", "ToolLimits", "Watchdogs"]


class ReconnectPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens when a connection is lost that nobody hung up.

    ``attempts``: how many dials in a row may fail before it is over; ``lifetime``: how many times in a session's life
    it is dialled again. The first new dial waits up to ``first_delay_s`` seconds, at random, each further one up to
    twice as long, none longer than ``max_delay_s``. A connection that lived for less than ``steady_s`` counts as a
    failed dial.

    A provider that cannot go on with a session is told the conversation again: the latest messages, about
    ``replay_tokens`` tokens of them and no more than ``replay_turns`` of the user's turns. Before a connection reaches
    the longest time that its provider allows, it is replaced by a new one: at the first moment of silence from
    ``renew_before_s`` before that time, and ``deadline_s`` before it in any case.
    """

    attempts: int = 8
    lifetime: int = 100
    first_delay_s: float = 0.5
    max_delay_s: float = 30.0
    steady_s: float = 10.0
    replay_tokens: int = 16_000
    replay_turns: int | None = None
    renew_before_s: float = 120.0
    deadline_s: float = 10.0

    @classmethod
    def never(cls) -> ReconnectPolicy:
        """A lost connection is the end."""
        return cls(attempts=0)


class Watchdogs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long to wait, in seconds; None: for ever.

    ``stalled_s``: a response of which nothing came for so long is said to be stalled; ``given_up_s``: for so long, and
    it is over. ``idle_s``: a session in which nobody said anything for so long is hung up.
    """

    stalled_s: float | None = 15.0
    given_up_s: float | None = 60.0
    idle_s: float | None = None


class ToolLimits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What tools may cost; a tool's own ``timeout_s`` goes before. None: as much as they like.

    ``timeout_s`` seconds after a call was made, or approved, the model is told that it took too long; ``approval_s``
    seconds after approval was asked for it counts as refused. ``concurrent`` tools run at a time, the others wait.
    An output may have ``output_characters`` when it is written as JSON, and pictures of ``image_bytes`` altogether.
    """

    timeout_s: float | None = 60.0
    approval_s: float | None = None
    concurrent: int | None = 8
    output_characters: int | None = 50_000
    image_bytes: int | None = 5_000_000
