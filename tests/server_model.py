"""A provider and a caller that keep to the protocol, driven by choices: legal moves, in any order."""

from collections import deque
from dataclasses import dataclass, field

from msgspec.structs import replace

from realtime_rx import events as ev
from realtime_rx.effects import CallTool, Send
from realtime_rx.errors import RealtimeErrorInfo
from realtime_rx.items import AudioPart, Item, Usage
from realtime_rx.reducer import reduce
from realtime_rx.selectors import pending_tool_calls
from realtime_rx.state import SessionState

from .folding import CONNECTED, calling, spoken, user

LOST = RealtimeErrorInfo(message="gone", code="close_1006")
ANSWERS_A_REQUEST = (ev.ResponseCreated, ev.ResponseDone, ev.ServerError)


@dataclass(slots=True)
class World:
    """A session, its provider's conversation, and what is on its way between the two."""

    own_ids: bool = False
    """The provider ignores our ids for messages."""
    state: SessionState = CONNECTED
    inbox: deque[ev.ClientEvent] = field(default_factory=deque[ev.ClientEvent])
    unanswered: int = 0
    """How many requests for a response went out since the provider last said anything about one."""
    calls: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    typed: int = 0
    number: int = 0
    conversation: list[str] = field(default_factory=list)
    """The ids of all items, in the provider's order; `shown` are those that a reader sees."""
    shown: list[str] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    unheard: list[str] = field(default_factory=list)
    active: str | None = None
    made: list[Item] = field(default_factory=list)
    open: str | None = None
    ends: int = 0
    is_there: bool = True
    """There is a connection."""
    told: list[str] = field(default_factory=list)
    """The ids of the items that the provider of this connection was told or made: none of them twice."""

    def tell(self, event: ev.Event) -> None:
        """The session reduces an event; what it sends is on its way."""
        if isinstance(event, ANSWERS_A_REQUEST):
            self.unanswered = 0
        self.state, effects = reduce(self.state, event)
        for effect in effects:
            if isinstance(effect, CallTool):
                self.calls.append(effect.call_id)
            elif isinstance(effect, Send):
                self.inbox.append(effect.event)
                self.unanswered += isinstance(effect.event, ev.CreateResponse)
                assert self.unanswered <= 1, "two responses were asked for at once"

    def new(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}{self.number}"

    # The caller

    def say(self) -> None:
        self.typed += 1
        item = user(self.new("typed"), "yes" if self.typed % 2 else "no")
        self.tell(ev.EventSubmitted(ev.CreateItem(item, event_id=item.id)))

    def ask(self) -> None:
        self.tell(ev.ResponseRequested())

    def cancel(self) -> None:
        self.tell(ev.CancelRequested())

    def interrupt(self) -> None:
        self.tell(ev.InterruptRequested())

    def answer(self) -> None:
        if self.calls:
            self.tell(ev.ToolReturned(self.calls.pop(0), {"ok": True}))

    def fail(self) -> None:
        if self.calls:
            self.tell(ev.ToolFailed(self.calls.pop(), RealtimeErrorInfo(message="m")))

    def progress(self) -> None:
        if self.calls:
            self.tell(ev.ToolProgressed(self.calls[0], "half"))

    def question(self) -> None:
        for part in pending_tool_calls(self.state)[:1]:
            if part.state == "input-available" and part.tool_call_id in self.calls:
                self.calls.remove(part.tool_call_id)
                self.asked.append(part.tool_call_id)
                self.tell(ev.ToolApprovalRequested(part.tool_call_id))

    def allow(self) -> None:
        if self.asked:
            self.tell(ev.ToolApproved(self.asked.pop(0)))

    def refuse(self) -> None:
        if self.asked:
            self.tell(ev.ToolRejected(self.asked.pop(), "no"))

    # The provider

    def lose(self) -> None:
        """The connection is gone, with all that was on its way and all that this provider knew."""
        if not self.is_there:
            return
        self.is_there = False
        self.inbox.clear()
        self.conversation, self.told, self.unheard = [], [], []
        self.active, self.open, self.made, self.unanswered = None, None, [], 0
        self.tell(ev.TransportClosed(self.state.connection, LOST, at=1e9 * self.number))

    def come_back(self) -> None:
        """A new connection greets."""
        if not self.is_there:
            self.is_there = True
            self.tell(ev.SessionCreated("again", at=1e9 * self.number))

    def serve(self) -> None:
        """Take the next event of the caller."""
        match self.inbox.popleft() if self.inbox and self.is_there else None:
            case ev.CreateItem(item=item, event_id=event_id):
                self.create(item, event_id)
            case ev.CreateResponse(event_id=event_id):
                self.respond(event_id)
            case ev.CancelResponse(response_id=which):
                if which == self.active:
                    self.finish("cancelled")
                else:
                    self.tell(ev.ServerError("no active response found", "response_cancel_not_active"))
            case _:
                pass

    def create(self, item: Item, event_id: str | None) -> None:
        if item.type == "function_call_output":
            self.add(Item(id=self.new("output"), type=item.type, parts=item.parts), seen=False)
            return
        if item.id in self.shown:  # of an earlier connection
            item = self.renamed(item) if self.own_ids else item
            self.add(item, seen=False)
            self.tell(ev.ItemDone(item))
            return
        known = user(self.new("own") if self.own_ids else item.id, item.parts[0].text)  # type: ignore[union-attr]
        self.words[known.id] = known.parts[0].text  # type: ignore[union-attr]
        self.add(known)
        self.tell(ev.ItemDone(known))

    def renamed(self, item: Item) -> Item:
        """The item under an id of the provider's own."""
        named = replace(item, id=self.new("own"))
        self.shown[self.shown.index(item.id)] = named.id
        self.words[named.id] = self.words.pop(item.id)
        return named

    def add(self, item: Item, *, seen: bool = True) -> None:
        assert item.id not in self.told, "it was told twice"
        self.told.append(item.id)
        previous = self.conversation[-1] if self.conversation else None
        self.conversation.append(item.id)
        if seen:
            self.shown.append(item.id)
        self.tell(ev.ItemAdded(item, previous))

    def respond(self, event_id: str | None) -> None:
        if self.active is None:
            self.begin()
        else:
            told = event_id if self.number % 2 else None
            code = "conversation_already_has_active_response"
            self.tell(ev.ServerError("Conversation already has an active response", code, client_event_id=told))

    def begin(self) -> None:
        self.active, self.made, self.open = self.new("response"), [], None
        self.tell(ev.ResponseCreated(self.active))

    def hear(self) -> None:
        """The user speaks; turn detection commits it, and answers where nothing is being answered."""
        if not self.is_there:
            return
        item_id = self.new("spoken")
        self.tell(ev.SpeechStarted(item_id))
        self.tell(ev.SpeechStopped(item_id))
        self.tell(ev.AudioCommitted(item_id, self.conversation[-1] if self.conversation else None))
        self.add(Item(id=item_id, role="user", status="completed", parts=(AudioPart(state="streaming"),)))
        self.unheard.append(item_id)
        if self.active is None:
            self.begin()

    def understand(self) -> None:
        if self.unheard:
            item_id = self.unheard.pop()
            self.tell(ev.InputTranscriptionDelta(item_id, "I"))
            self.tell(ev.InputTranscriptionCompleted(item_id, "I said"))
            self.words[item_id] = "I said"

    def speak(self) -> None:
        """The next piece of the active response: a message begins, goes on, or ends."""
        if self.active is None:
            return
        if self.open is None:
            self.open = self.new("said")
            item = spoken(self.open, status="in_progress")
            self.words[self.open] = ""
            self.tell(ev.OutputItemAdded(self.active, item))
            self.add(item)
        elif len(self.words[self.open]) < 3:
            self.words[self.open] += "x"
            self.tell(ev.TranscriptDelta(self.open, self.active, delta="x"))
            self.tell(ev.AudioDelta(self.open, self.active, audio="AAAA", byte_count=3))
        else:
            self.close("completed")

    def close(self, status: str) -> None:
        """The open message is over, in whole or in part."""
        if self.open is not None:
            said = spoken(self.open, self.words[self.open], status)
            self.tell(ev.TranscriptDone(self.open, self.active, transcript=self.words[self.open]))
            self.tell(ev.ItemDone(said))
            self.tell(ev.OutputItemDone(self.active, said))
            self.made.append(said)
            self.open = None

    def call(self) -> None:
        """The active response calls a tool, if nothing is being said."""
        if self.active is not None and self.open is None:
            item_id, call_id = self.new("called"), self.new("call")
            begun, item = calling(item_id, call_id, arguments="", status="in_progress"), calling(item_id, call_id)
            self.tell(ev.OutputItemAdded(self.active, begun))
            self.add(begun)
            self.tell(ev.ToolArgumentsDelta(item_id, call_id, self.active, "{}"))
            self.tell(ev.ToolArgumentsDone(item_id, call_id, self.active, "clock", "{}"))
            self.tell(ev.OutputItemDone(self.active, item))
            self.words[item_id] = ""
            self.made.append(item)

    def end(self) -> None:
        self.close("completed")
        self.finish("completed")

    def break_down(self) -> None:
        self.finish("failed")

    def finish(self, status: str) -> None:
        if self.active is not None:
            self.close("incomplete")
            done, self.active = self.active, None
            self.ends += 1
            used = Usage(total_tokens=1)
            self.tell(ev.ResponseDone(done, status=status, items=tuple(self.made), usage=used))  # type: ignore[arg-type]

    def settle(self) -> None:
        """Everything that was begun is brought to its end."""
        for _ in range(1_000):
            self.come_back()
            if not (self.inbox or self.active or self.calls or self.asked or self.unheard):
                return
            self.serve()
            self.allow()
            self.answer()
            self.understand()
            self.end()
        raise AssertionError("it never ends")


MOVES = (
    World.say,
    World.ask,
    World.cancel,
    World.interrupt,
    World.answer,
    World.fail,
    World.progress,
    World.question,
    World.allow,
    World.refuse,
    World.serve,
    World.serve,
    World.serve,
    World.hear,
    World.understand,
    World.speak,
    World.speak,
    World.speak,
    World.call,
    World.end,
    World.break_down,
)
"""What a provider and a caller can do on one connection."""

LOSSES = (*MOVES, World.lose, World.come_back, World.come_back)
"""And where connections are lost."""
