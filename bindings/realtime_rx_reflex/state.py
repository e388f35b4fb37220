"""The two state classes of a session: React renders anew by class, so the growing text has one of its own."""

from __future__ import annotations

from typing import Any, ClassVar

import reflex as rx
from reflex_base.registry import RegistrationContext

from realtime_rx.ui import MessageView, dial, say
from realtime_rx_reflex import parts
from realtime_rx_reflex.facts import FACTS
from realtime_rx_reflex.visits import Tab, Visit, find, open_visit

__all__ = ["LiveState", "RealtimeState"]


def unpickled(full_name: str) -> Any:
    kind = rx.State.get_class_substate(tuple(full_name.split(".")))
    return kind.__new__(kind)


class Pickled(rx.State, mixin=True):
    """Is found again by its path, as it may be no attribute of its module; where the process starts anew nothing of a
    session is left, so nothing of one is kept."""

    def __getstate__(self) -> dict[str, Any]:
        kept = dict(super().__getstate__())
        if rx.utils.prerequisites.check_redis_used():
            return kept
        fields = type(self).get_fields()
        return {name: fields[name].default_value() if name in SESSIONS else value for name, value in kept.items()}

    def __reduce_ex__(self, protocol: Any) -> Any:
        return unpickled, (self.get_full_name(),), self.__getstate__()


class LiveState(Pickled, mixin=True):
    """What grows: the message that words are being added to."""

    live: rx.Field[tuple[MessageView, ...]] = rx.field(())


class RealtimeState(Pickled, mixin=True):
    """A visitor's session: its vars follow it, its events are its verbs. Made by ``use_realtime()``."""

    status: rx.Field[str] = rx.field("disconnected")
    mode: rx.Field[str] = rx.field("idle")
    connected: rx.Field[bool] = rx.field(False)
    answering: rx.Field[bool] = rx.field(False)
    thinking: rx.Field[bool] = rx.field(False)
    summary: rx.Field[str] = rx.field("Disconnected")
    error: rx.Field[str] = rx.field("")
    advice: rx.Field[str] = rx.field("")
    messages: rx.Field[tuple[MessageView, ...]] = rx.field(())

    _make: ClassVar[Any] = None
    _max_hz: ClassVar[float] = 30.0
    _linger: ClassVar[float] = 5.0
    _base: ClassVar[Any] = None
    _live: ClassVar[Any] = None
    live: ClassVar[Any]

    @rx.event
    async def connect(self) -> None:
        """Dial, unless there is a connection or one on its way. The session is this tab's, until it is gone."""
        dial(self._visit().session)

    @rx.event
    async def disconnect(self) -> None:
        """Hang up. What was said stays."""
        if visit := find(self._key()):
            visit.session.disconnect()

    @rx.event
    async def send_text(self, text: str) -> None:
        """Say it in writing; where there is no connection, dial first. Nothing is sent of nothing."""
        if text.strip():
            say(self._visit().session, text)

    @rx.event
    async def submit(self, form: dict[str, Any]) -> None:
        """Send the field ``text`` of a form."""
        await type(self).send_text.fn(self, str(form.get("text", "")))

    @rx.event
    async def interrupt(self) -> None:
        if visit := find(self._key()):
            visit.session.interrupt()

    @rx.event
    async def approve(self, call_id: str) -> None:
        """Let the tool run."""
        if visit := find(self._key()):
            visit.session.approve(call_id)

    @rx.event
    async def reject(self, call_id: str) -> None:
        if visit := find(self._key()):
            visit.session.reject(call_id)

    @classmethod
    def transcript(cls, **props: Any) -> rx.Component:
        """The conversation, with a question wherever a tool waits for approval."""
        return parts.transcript(cls, **props)

    @classmethod
    def composer(cls, **props: Any) -> rx.Component:
        """Where the visitor writes. The first message dials."""
        return parts.composer(cls, **props)

    @classmethod
    def status_badge(cls, **props: Any) -> rx.Component:
        """Whether there is a connection, and what goes on."""
        return parts.status_badge(cls, **props)

    @classmethod
    def error_callout(cls, **props: Any) -> rx.Component:
        """What went wrong and what to do about it; nothing where nothing did."""
        return parts.error_callout(cls, **props)

    def _key(self) -> tuple[str, str]:
        return self._base.get_full_name(), self.router.session.client_token

    def _visit(self) -> Visit:
        name, token = self._key()
        tab = Tab(RegistrationContext.get().app, token, self._base, self._live)
        return open_visit((name, token), tab, self._make, max_hz=self._max_hz, linger=self._linger)


SESSIONS = frozenset({*FACTS, "messages", "live"})
"""The vars that say what a session is like, and mean nothing without it."""
