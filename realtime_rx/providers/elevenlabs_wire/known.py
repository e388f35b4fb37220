"""What the two directions of one connection know of each other."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Known:
    """What was said on this connection so far, as far as the other direction needs it.

    ``begun``: the settings are sent, and stay. ``text_only``: no sound was asked for. ``speechless``: events were
    chosen among which the words of a reply are not. ``typed`` is what the user wrote and nobody answered yet;
    ``turned``: the user wrote since the last frame came. ``last_item`` is the latest item of the conversation,
    ``reply`` the event id of the latest reply. ``calls`` are those that were made on this connection.
    """

    begun: bool = False
    text_only: bool = False
    speechless: bool = False
    typed: str | None = None
    turned: bool = False
    last_item: str | None = None
    reply: int | None = None
    calls: set[str] = field(default_factory=set[str])
