"""The one immutable state of a session.

The rules: everything that decides what the next event means lives here, in-flight knowledge included; nothing else
does. What can be derived is a property or a selector, not a field. No sound, no secret, no clock, no random number.
A slice that did not change is the same object as before, so a reader diffs with ``is``.
"""

from __future__ import annotations

from typing import Any, Literal, Union

import msgspec
from msgspec import Struct, structs

from realtime_rx.capabilities import Capabilities
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ProtocolError, RealtimeErrorInfo
from realtime_rx.events import SERVER_EVENTS, CreateResponse, ServerEvent, Submission
from realtime_rx.formats import PCM16_24K, AudioFormat
from realtime_rx.items import AudioPart, ItemStatus, Part, RateLimit, Role, TextPart, Usage
from realtime_rx.policies import ReconnectPolicy, Watchdogs
from realtime_rx.sequences import Ring, Thread

__all__ = [
    "Flow",
    "Latency",
    "Message",
    "Mode",
    "PendingCall",
    "PendingUpdate",
    "Playing",
    "Restored",
    "Served",
    "SessionState",
    "Status",
    "Timing",
]

Status = Literal["disconnected", "connecting", "connected", "reconnecting", "error"]
Mode = Literal["idle", "listening", "thinking", "speaking"]
Restored = Literal["resumed", "replayed", "nothing"]

DEFAULT_MAX_EVENTS = 500


class Message(Struct, frozen=True, kw_only=True, gc=False):
    """One item of the conversation, under the provider's item id, in the provider's order.

    ``created_at`` is in seconds since the epoch. ``interrupted``: it was cut short. ``response_id`` says which response
    made it. A user message that was sent and not yet confirmed is ``in_progress``.
    """

    id: str
    role: Role
    parts: tuple[Part, ...] = ()
    created_at: float = 0.0
    interrupted: bool = False
    status: ItemStatus = "in_progress"
    response_id: str | None = None

    @property
    def text(self) -> str:
        """All words of the message, written and spoken."""
        return "".join(
            part.text if isinstance(part, TextPart) else part.transcript
            for part in self.parts
            if isinstance(part, (TextPart, AudioPart))
        )


class PendingCall(Struct, frozen=True, kw_only=True, gc=False):
    """A tool call whose turn is not over.

    ``response_done``: no further call will come with it. ``wanted``: the model goes on when it has the output.
    ``running``: its tool is at work; before that it waits for others, or for approval.
    ``foreign``: the call was made on an earlier connection, and the one that there is has not heard of it.
    """

    call_id: str
    item_id: str
    response_id: str | None = None
    answered: bool = False
    running: bool = False
    response_done: bool = False
    wanted: bool = True
    foreign: bool = False


class PendingUpdate(Struct, frozen=True, kw_only=True):
    """A change of the settings that the provider has not refused so far; ``before`` is what held until then."""

    event_id: str
    update: SessionConfig
    before: SessionConfig
    at: float = 0.0


class Playing(Struct, frozen=True, kw_only=True, gc=False):
    """The sound of one content part on its way to the listener, in milliseconds from the part's beginning.

    ``cut``: it was interrupted; what of it is heard is settled when the output has fallen silent.
    """

    item_id: str
    content_index: int
    response_id: str | None = None
    received_ms: float = 0.0
    heard_ms: float = 0.0
    cut: bool = False

    @property
    def is_unheard(self) -> bool:
        """Some of it has not been heard."""
        return self.heard_ms < self.received_ms


class Latency(Struct, frozen=True, kw_only=True, gc=False):
    """How long the last turn kept one waiting, in milliseconds; None: not yet, or it was no such turn.

    ``first_token_ms`` and ``first_audio_ms`` count from when the response was asked for or, where the provider began it
    by itself, from when it said so; ``speech_to_audio_ms`` from when it said that the user had stopped speaking;
    ``barge_in_ms`` is from its word that the user speaks to the silence of the speaker.
    """

    first_token_ms: float | None = None
    first_audio_ms: float | None = None
    speech_to_audio_ms: float | None = None
    barge_in_ms: float | None = None


class Timing(Struct, frozen=True, kw_only=True, gc=False):
    """The times of the turn that is being waited for, in seconds since the epoch."""

    asked_at: float | None = None
    spoke_until: float | None = None
    barged_at: float | None = None
    has_token: bool = False


class Flow(Struct, frozen=True, kw_only=True, gc=False):
    """What is in flight.

    ``response_id`` is the active response; ``requested``: we asked for one whose id is not known yet; ``asked`` is the
    last request, ``behind`` what was typed before it and not confirmed, when a response last began: so that one is none
    of ours. ``queued`` is a request for when the active one is over. ``abandoned``: cancel what was requested as soon
    as its id is known. ``discarded`` responses were interrupted: their late deltas are dropped, and so are their calls,
    as are those of the response that was ``cancelled``. ``unanswered`` is what the user said last, while no response
    has begun or was interrupted since. ``anchor`` is the last message of earlier connections: the first item of this
    connection's conversation goes behind it, once (``rooted``). ``hidden`` are the latest items that are no messages (a
    tool's output), each with the message that it stands behind. ``has_output``: somebody plays the sound; ``playing``
    is what they have been given, in order; ``muted`` is the response of which nobody wants to hear more. ``outside``
    are responses that we asked for outside of the conversation, of which ``asked_outside`` have not begun.

    ``attempt`` counts the dials since a connection was lost, ``greeted_at`` is when this one began to speak.
    ``restoring``: it does not know the conversation yet; ``resuming``: it was dialled to go on with that session.
    ``held`` is what was said meanwhile. ``restored`` are items of earlier connections, which this one knows in writing
    at most; ``retold`` those of them that it will say again under ids of its own. ``renewing``: a new connection is
    wanted at the first silence. ``committing``: the turn of a user whose microphone went off was ended for a provider
    that goes on hearing them; ``silences`` counts what it was sent for that. ``timing`` is the clock of the turn that
    is waited for. ``updates`` are changes of the settings, asked for of late; ``updated_at`` is when any was last
    confirmed. ``covered`` is the last message that the handle to go on with stands for ("": none yet; None: unknown).
    ``told_at`` is when a tool's output last went out.
    """

    response_id: str | None = None
    requested: bool = False
    asked: CreateResponse | None = None
    behind: str | None = None
    queued: CreateResponse | None = None
    abandoned: bool = False
    creates: int = 0
    discarded: tuple[str, ...] = ()
    cancelled: str | None = None
    speaking_item: str | None = None
    user_item: str | None = None
    user_speaking: bool = False
    committing: bool = False
    silences: int = 0
    unanswered: str | None = None
    calls: tuple[PendingCall, ...] = ()
    optimistic: tuple[str, ...] = ()
    anchor: str | None = None
    rooted: bool = False
    hidden: tuple[tuple[str, str], ...] = ()
    has_output: bool = False
    playing: tuple[Playing, ...] = ()
    muted: str | None = None
    asked_outside: int = 0
    outside: tuple[str, ...] = ()
    attempt: int = 0
    greeted_at: float = 0.0
    restoring: bool = False
    resuming: str | None = None
    covered: str | None = None
    held: tuple[Submission | CreateResponse, ...] = ()
    restored: frozenset[str] = frozenset()
    retold: tuple[str, ...] = ()
    renewing: bool = False
    timing: Timing | None = None
    updates: tuple[PendingUpdate, ...] = ()
    updated_at: float = 0.0
    told_at: float | None = None


class Served(Struct, frozen=True, kw_only=True):
    """A provider of the session, as far as the state needs to know it."""

    id: str = ""
    model: str = ""
    capabilities: Capabilities = Capabilities()


class SessionState(Struct, frozen=True, kw_only=True, gc=False):
    """All there is to know of a session at one moment.

    ``messages`` and ``events`` compare and iterate like tuples; ``events`` keeps the last ``max_events``. ``session``
    is what the provider says is in force, ``config`` what was asked for. ``connection`` counts the dials.
    ``resumption`` is what to show on the next dial to go on with this session, where the provider has such a thing.
    ``reconnects`` counts the connections that took a lost one's place; ``restored`` says how the present one knows what
    was said before: it was ``resumed``, it was ``replayed`` to it, or it knows ``nothing``. ``stalled``: nothing comes
    of the active response. ``latency``: how long the last turn kept one waiting. ``providers`` take over from each
    other, ``provider`` is the number of the present one.
    """

    status: Status = "disconnected"
    mode: Mode = "idle"
    messages: Thread[Message] = Thread()
    events: Ring[ServerEvent] = Ring(DEFAULT_MAX_EVENTS)
    error: RealtimeErrorInfo | None = None
    is_capturing: bool = False
    is_playing: bool = False
    usage: Usage = Usage()
    rate_limits: tuple[RateLimit, ...] = ()
    session_id: str | None = None
    conversation_id: str | None = None
    model: str | None = None
    session: dict[str, Any] = {}
    input_format: AudioFormat = PCM16_24K
    output_format: AudioFormat = PCM16_24K
    config: SessionConfig = SessionConfig()
    capabilities: Capabilities = Capabilities()
    resumption: str | None = None
    reconnects: int = 0
    restored: Restored | None = None
    stalled: bool = False
    latency: Latency = Latency()
    providers: tuple[Served, ...] = ()
    provider: int = 0
    reconnect: ReconnectPolicy = ReconnectPolicy()
    watchdogs: Watchdogs = Watchdogs()
    connection: int = 0
    flow: Flow = Flow()

    @classmethod
    def initial(cls, *, max_events: int = DEFAULT_MAX_EVENTS) -> SessionState:
        """The state before anything happened."""
        return cls(events=Ring(max_events))

    @property
    def pending_user_transcript(self) -> str | None:
        """What the user is saying, as far as it is understood; None when nothing is pending."""
        return self._streaming(self.flow.user_item)

    @property
    def pending_assistant_transcript(self) -> str | None:
        """What the assistant is saying or writing right now; None when nothing is pending."""
        return self._streaming(self.flow.speaking_item)

    def _streaming(self, item_id: str | None) -> str | None:
        message = self.messages.get(item_id) if item_id is not None else None
        if message is None:
            return None
        streaming = any(isinstance(p, (TextPart, AudioPart)) and p.state == "streaming" for p in message.parts)
        return message.text if streaming else None

    def to_json(self) -> bytes:
        """This state as JSON; :meth:`from_json` gives an equal one."""
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        return msgspec.json.encode({**fields, "max_events": self.events.maxlen}, enc_hook=list)

    @classmethod
    def from_json(cls, data: bytes | str) -> SessionState:
        """A state from :meth:`to_json`'s JSON. Raises :class:`ProtocolError` where the JSON is not such a state."""
        try:
            stored = _stored_decoder.decode(data)
        except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
            raise ProtocolError(f"this is not a stored session state: {error}") from error
        fields = {name: getattr(stored, name) for name in cls.__struct_fields__}
        fields |= {"messages": Thread(stored.messages), "events": Ring(stored.max_events, stored.events)}
        return cls(**fields)


def _stored_state() -> type[Any]:
    """The JSON shape of a state: its fields, with plain lists for the two sequences."""
    plain: dict[str, Any] = {"messages": list[Message], "events": list[Union[SERVER_EVENTS]]}  # noqa: UP007 - of a tuple
    fields = [(field.name, plain.get(field.name, field.type)) for field in structs.fields(SessionState)]
    return msgspec.defstruct("StoredState", [*fields, ("max_events", int)], kw_only=True)


_stored_decoder = msgspec.json.Decoder(_stored_state())
