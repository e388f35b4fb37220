"""What every event has in common."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw, Struct

__all__ = ["ClientEvent", "LocalEvent", "ServerEvent"]

NO_FRAME = Raw(b"null")


class ServerEvent(Struct, frozen=True, kw_only=True, gc=False, tag_field="type"):
    """A message from the model. ``at`` is when it arrived, in seconds since the epoch (0: nobody looked).

    ``frame`` is the provider's own JSON with sound elided; ``raw`` decodes it when looked at.
    """

    at: float = 0.0
    event_id: str | None = None
    frame: Raw = NO_FRAME

    @property
    def raw(self) -> Any:
        """The frame as received, decoded; None where the event did not come from a frame."""
        return msgspec.json.decode(self.frame)

    @property
    def type(self) -> str:
        """The kebab-case name of this kind of event, the same for every provider."""
        return str(self.__struct_config__.tag)


class ClientEvent(Struct, frozen=True, kw_only=True, tag_field="type"):
    """A message to the model. ``event_id`` comes back in an error that it causes."""

    event_id: str | None = None

    @property
    def type(self) -> str:
        return str(self.__struct_config__.tag)


class LocalEvent(Struct, frozen=True, kw_only=True, tag_field="type"):
    """Something that happened on our side. ``at`` is when, in seconds since the epoch."""

    at: float = 0.0

    @property
    def type(self) -> str:
        return str(self.__struct_config__.tag)
