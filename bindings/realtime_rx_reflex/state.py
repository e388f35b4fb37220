"""The two state classes of a session: React renders anew by class, so the growing text has one of its own."""

from __future__ import annotations

from typing import Any, ClassVar

import reflex as rx
from msgspec import structs
from reflex.utils import prerequisites
from reflex_base.registry import RegistrationContext

from realtime_rx.items import Usage
from realtime_rx.session import RealtimeSession
from realtime_rx.ui import NO_SOUND, MessageView, PageState, tags
from realtime_rx.ui.commands import fitting
from realtime_rx.ui.facts import FACTS, LOST, NOTHING_GROWS, Ticket
from realtime_rx.ui.owners import Key
from realtime_rx.ui.terms import Terms
from realtime_rx_reflex import elements, parts
from realtime_rx_reflex.asking import AppVerbs, asking
from realtime_rx_reflex.growing import ASSISTANT, USER, grown, said_by
from realtime_rx_reflex.tabs import state_of
from realtime_rx_reflex.visits import VISITS, tell

__all__ = ["LiveState", "RealtimeState"]


def unpickled(full_name: str) -> Any:
    kind = state_of(full_name)
    return kind.__new__(kind)


class Pickled(rx.State, mixin=True):
    """Is found again by its path, as it may be no attribute of its module; where the process starts anew nothing of a
    session is left, so nothing of one is kept."""

    def __getstate__(self) -> dict[str, Any]:
        kept = dict(super().__getstate__())
        if prerequisites.check_redis_used():
            return kept
        fields = type(self).get_fields()
        return {name: fields[name].default_value() if name in SESSIONS else value for name, value in kept.items()}

    def __reduce_ex__(self, protocol: Any) -> Any:
        return unpickled, (self.get_full_name(),), self.__getstate__()


@rx.serializer(to=dict)
def plain_usage(usage: Usage) -> dict[str, Any]:
    return structs.asdict(usage)


class LiveState(Pickled, mixin=True):
    """What grows: the message that words are being added to, and which are the user's and the assistant's."""

    live: rx.Field[tuple[MessageView, ...]] = rx.field(())
    pending: rx.Field[tuple[str, str]] = rx.field(("", ""))


class RealtimeState(AppVerbs, Pickled, mixin=True):
    """A visitor's session: its vars follow it, its events are its verbs. Made by ``use_realtime()``.

    An event can be sent by any page with any arguments, so events are what a visitor may do: talk, write, show, stop.
    What changes what the app has set up is for its own handlers to await: see :class:`AppVerbs`.
    """

    status: rx.Field[str] = rx.field("disconnected")
    mode: rx.Field[str] = rx.field("idle")
    connected: rx.Field[bool] = rx.field(False)
    answering: rx.Field[bool] = rx.field(False)
    thinking: rx.Field[bool] = rx.field(False)
    summary: rx.Field[str] = rx.field("Disconnected")
    error: rx.Field[str] = rx.field("")
    advice: rx.Field[str] = rx.field("")
    messages: rx.Field[tuple[MessageView, ...]] = rx.field(())
    is_capturing: rx.Field[bool] = rx.field(False)
    is_playing: rx.Field[bool] = rx.field(False)
    usage: rx.Field[Usage] = rx.field(default_factory=Usage)
    sound: rx.Field[PageState] = rx.field(default_factory=lambda: NO_SOUND)
    ticket: rx.Field[Ticket] = rx.field(default_factory=Ticket)

    _terms: ClassVar[Terms]
    _base: ClassVar[Any] = None
    _live: ClassVar[Any] = None
    sound_name: ClassVar[str] = ""

    live = grown(lambda live: live.live, lambda visit: visit.growing, ())
    pending_user_transcript = grown(said_by(USER), lambda visit: visit.session.state.pending_user_transcript, None)
    pending_assistant_transcript = grown(
        said_by(ASSISTANT), lambda visit: visit.session.state.pending_assistant_transcript, None
    )

    disconnect = asking(RealtimeSession.disconnect)
    interrupt = asking(RealtimeSession.interrupt)
    stop_playback = asking(RealtimeSession.stop_playback)
    request_response = asking(RealtimeSession.request_response)
    cancel_response = asking(RealtimeSession.cancel_response)
    commit_audio = asking(RealtimeSession.commit_audio)
    clear_audio_buffer = asking(RealtimeSession.clear_audio_buffer)
    start_audio_capture = asking(RealtimeSession.start_audio_capture)
    stop_audio_capture = asking(RealtimeSession.stop_audio_capture)
    start_listening = asking(RealtimeSession.start_listening)
    stop_listening = asking(RealtimeSession.stop_listening)

    @property
    def session(self) -> RealtimeSession | None:
        """The session of this tab itself, for handlers. None before it is made, and where another worker has it, which
        what is awaited of this state finds."""
        visit = VISITS.find(self._key)
        return None if visit is None else visit.session

    @rx.event
    async def connect(self) -> None:
        """Dial, unless there is a connection or one on its way. The session is this tab's, until it is gone."""
        self._get_over()
        await self._tell("connect")

    @rx.event
    async def send_text(self, text: str) -> None:
        """Say it in writing; where there is no connection, dial first. Nothing is sent of nothing."""
        (words,) = fitting("send_text", (text,))
        if words.strip():
            self._get_over()
            await self._tell("send_text", words)

    send_text_message = send_text

    @rx.event
    async def submit(self, form: dict[str, Any]) -> None:
        """Send the field ``text`` of a form."""
        await self.send_text(str(form.get("text", "")))

    @rx.event
    async def send_image(self, picture: str, text: str = "") -> None:
        """Show a picture, with words or without: a data URL (``"data:image/png;base64,…"``), or base64 of a PNG."""
        await self._tell("send_image", picture, text)

    @rx.event
    async def send_feedback(self, liked: bool) -> None:
        """Tell the provider whether the visitor liked the last reply, where it wants to know."""
        await self._tell("send_feedback", liked)

    @rx.event
    async def approve(self, call_id: str) -> None:
        """Let the tool run."""
        await self._tell("approve", call_id)

    @rx.event
    async def reject(self, call_id: str) -> None:
        """Do not let the tool run; the model is told so."""
        await self._tell("reject", call_id)

    @rx.event
    async def destroy(self) -> None:
        """The conversation is over, and shown no longer. What comes next begins another: with ``autoconnect`` that is a
        page with sound, at once."""
        self.ticket = Ticket(over=True)
        await self._tell("destroy")

    @rx.event
    async def start_sound(self) -> None:
        """Have the page play what is said, without its microphone: at once where its visitor has clicked anywhere, else
        with their first click."""
        await self._tell("start_sound")

    @rx.event
    async def come(self) -> None:
        """A page is there, whose session is dialled by that: ``use_realtime(autoconnect=True)``."""
        self._get_over()
        await self._tell("come")

    @rx.event
    async def listen(self, on: bool, hold: bool, connect: bool) -> None:
        """The microphone's button: it is pressed, or held, or no more. ``connect``: dial first where need be."""
        await self._tell("listen", on, hold, connect)

    @rx.event
    async def arrive(self, page: str, again: bool) -> None:
        """A page was loaded, and calls itself this: it wants a ticket for the sound. ``again``: the one it had is void,
        so what was said is lost."""
        if again and not self.connected:
            self.error, self.advice = LOST.values()
        await self._tell("arrive", page)

    @rx.event
    async def hear(self, report: dict[str, Any]) -> None:
        """What the page says of its sound, whenever that changes."""
        await self._tell("hear", report)

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

    @classmethod
    def audio(cls) -> rx.Component:
        """The page's microphone and speakers, for each page on which the session shall sound; shows nothing.

        Nothing is opened before the visitor clicks the microphone, or something calls ``start_audio_capture`` or
        ``start_sound``. Raises :class:`ConfigurationError` where the app lacks the plugin.
        """
        return elements.audio(cls)

    @classmethod
    def microphone(
        cls,
        *,
        push_to_talk: Any = False,
        connect_on_start: bool = False,
        words: tags.Words | None = None,
        **props: Any,
    ) -> rx.Component:
        """A round button: click to talk and click again to stop, or hold it, or the space bar, to talk.

        It says what is wrong where the visitor cannot be heard. ``connect_on_start``: the first click dials; without it
        one has to be connected. For ``push_to_talk``, which may be a var, turn detection is to be ``disabled``.
        """
        return elements.microphone(cls, push_to_talk, connect_on_start, words, **props)

    realtime_audio = elements.Element(tags.realtime_audio)
    mute_button = elements.Element(tags.mute_button)
    sound_menu = elements.Element(tags.sound_menu)
    level_meter = elements.Element(tags.level_meter)
    waveform = elements.Element(tags.waveform)

    def _get_over(self) -> None:
        """Another conversation begins: of the one before it was said that it is lost."""
        if self.error == LOST["error"]:
            self.error = self.advice = ""

    @property
    def _key(self) -> Key:
        return self._base.get_full_name(), self.router.session.client_token

    async def _tell(self, verb: str, *args: Any) -> None:
        await tell(RegistrationContext.get().app, self._key, verb, list(fitting(verb, args)), {})

    async def _say(self, verb: str, *args: Any, **options: Any) -> None:
        await tell(RegistrationContext.get().app, self._key, verb, list(args), options)


SESSIONS = frozenset({*FACTS, *NOTHING_GROWS, "messages", "sound", "ticket"})
"""The vars that say what a session is like, and mean nothing without it."""
