"""What the model says, in no provider's words.

The names are those of the AI SDK's normalised events where it has one, and go on where it stops. An event that no
codec knows by name is a :class:`ProviderEvent`; a frame that could not be read is a :class:`FrameRejected`.
"""

from __future__ import annotations

from realtime_rx.events import of_conversation, of_session
from realtime_rx.events.base import ServerEvent

__all__ = ["SERVER_EVENTS"]

SERVER_EVENTS: tuple[type[ServerEvent], ...] = tuple(
    getattr(module, name) for module in (of_session, of_conversation) for name in module.__all__
)
"""Every kind of server event."""
