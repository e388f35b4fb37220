"""What the two directions of one connection know of each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from realtime_rx.formats import PCM16_16K, AudioFormat


@dataclass(slots=True)
class Known:
    """What was said on this connection so far, as far as the other direction needs it.

    ``modality`` is what the model answers in, once that is known. ``response`` is under way. ``asked``: one was asked
    for that has not begun; ``said``: something was typed since then; ``committed``: speech was handed over, which is
    answered unasked. ``last_item`` is the latest item of the conversation. ``told`` are calls of other connections that
    this one knows in writing. ``set_up``: the settings are sent, and stay. ``marking``: we say where the user begins
    and ends to speak, ``active``: it has begun. ``streaming``: sound went out, and not yet that none follows.
    """

    modality: Literal["audio", "text"] | None = None
    response: str | None = None
    asked: bool = False
    said: bool = False
    last_item: str | None = None
    committed: bool = False
    told: set[str] = field(default_factory=set[str])
    set_up: bool = False
    marking: bool = False
    active: bool = False
    streaming: bool = False
    input_format: AudioFormat = PCM16_16K
