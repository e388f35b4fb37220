"""A world that looks at everything that is sent, and remembers what somebody still waits for."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from realtime_rx.capabilities import Capabilities
from realtime_rx.effects import CallTool, Effect, Send
from realtime_rx.events import (
    AudioPlayed,
    ClientEvent,
    CreateItem,
    CreateResponse,
    Event,
    OutputAttached,
    OutputItemDone,
    PlaybackDrained,
    ResponseCreated,
    ResponseDone,
    ToolArgumentsDone,
    TruncateItem,
    UpdateSession,
)
from realtime_rx.items import Item, ToolPart
from realtime_rx.policies import ReconnectPolicy
from realtime_rx.reducer import reduce
from realtime_rx.state import SessionState

from .folding import CONNECTED, fold
from .server_model import LOSSES, World

STEPS = (*(move.__name__ for move in LOSSES), "wonder", "wonder", "play", "drain")
"""What callers, providers and networks do with a watched world."""
TIRELESS = replace(CONNECTED, reconnect=ReconnectPolicy(attempts=10_000, lifetime=10_000))


@dataclass(slots=True)
class Watched(World):
    """What holds of every single thing that is sent is asserted when it is sent."""

    outputs: Counter[tuple[int, str]] = field(default_factory=Counter[tuple[int, str]])
    names: dict[str, str] = field(default_factory=dict[str, str])
    """What we called the items that the provider names by itself."""
    wishes: set[str] = field(default_factory=set[str])
    """The questions that nobody has answered, nor interrupted."""
    known: frozenset[str] = frozenset()
    """What the active response knows of the conversation."""
    stopped: set[str] = field(default_factory=set[str])
    """The responses that were cancelled or interrupted."""
    is_silenced: bool = False
    """The caller interrupted, and nobody wanted anything since."""
    steps: int = 0

    def tell(self, event: Event) -> None:
        before = self.state
        if isinstance(event, ResponseCreated) and not before.flow.abandoned:
            self.is_silenced = False
        _, effects = reduce(before, event)
        for effect in effects:
            self.look(effect, event, before)
        World.tell(self, event)
        self.steps += 1

    def look(self, effect: Effect, event: Event, before: SessionState) -> None:
        match effect:
            case Send(event=sent):
                self.read(sent, before)
            case CallTool(approved=False) if isinstance(event, ToolArgumentsDone | OutputItemDone | ResponseDone):
                nobody = self.stopped.union(before.flow.discarded)
                assert event.response_id not in nobody, "a tool was run for a response that was interrupted"
            case _:
                pass

    def read(self, sent: ClientEvent, before: SessionState) -> None:
        assert self.is_there or isinstance(sent, UpdateSession), "something was sent while nobody was there"
        match sent:
            case TruncateItem(item_id=item_id):
                assert item_id not in before.flow.restored, "a restored item was truncated"
            case CreateItem(item=Item(type="function_call_output", parts=(ToolPart(tool_call_id=call_id), *_))):
                self.outputs[before.connection, call_id] += 1
                assert self.outputs[before.connection, call_id] == 1, "a call was answered twice"
            case CreateResponse():
                assert not self.is_silenced, "what was interrupted was asked for again"
            case _:
                pass

    # The caller

    def ask(self) -> None:
        self.is_silenced = False
        World.ask(self)

    def wonder(self) -> None:
        """Type a question, and wait for its answer."""
        self.say()
        self.wishes.add(f"typed{self.number}")
        self.ask()

    def cancel(self) -> None:
        self.stop()
        World.cancel(self)

    def interrupt(self) -> None:
        self.stop()
        self.is_silenced = True
        World.interrupt(self)

    def stop(self) -> None:
        self.wishes.clear()
        if self.state.flow.response_id is not None:
            self.stopped.add(self.state.flow.response_id)

    def allow(self) -> None:
        self.is_silenced = False
        World.allow(self)

    def play(self) -> None:
        for part in self.state.flow.playing[:1]:
            self.tell(AudioPlayed(part.item_id, part.content_index, part.heard_ms + 0.03))

    def drain(self) -> None:
        if self.state.is_playing or self.state.flow.playing:
            self.tell(PlaybackDrained())

    # The provider

    def create(self, item: Item, event_id: str | None) -> None:
        World.create(self, item, event_id)
        self.names[self.conversation[-1]] = self.names.get(item.id, item.id)

    def hear(self) -> None:
        """What is said aloud is a question as well, where it is answered by itself."""
        self.is_silenced = False
        begins = self.is_there and self.active is None
        World.hear(self)
        if begins:
            self.wishes.add(self.unheard[-1])

    def begin(self) -> None:
        self.known = frozenset(self.names.get(each, each) for each in self.conversation)
        World.begin(self)

    def finish(self, status: str) -> None:
        """Whoever asked has the answer, or has been told that there is none; unless a tool is asked first."""
        calls = any(item.type == "function_call" for item in self.made)
        dropped = status == "cancelled" or self.active in self.state.flow.discarded
        if self.active is not None and not dropped and not (calls and status == "completed"):
            self.wishes -= self.known
        World.finish(self, status)

    def lose(self) -> None:
        """What nobody understood cannot be told again; what was said to its end need not be."""
        self.wishes.difference_update(self.unheard)
        if self.active is not None and self.open is None and self.made and self.made[-1].type == "message":
            self.wishes -= self.known
        World.lose(self)


@dataclass(slots=True)
class Yielding(Watched):
    """The provider cannot be cancelled: what it says ends when something new is said."""

    def respond(self, event_id: str | None) -> None:
        self.finish("cancelled")
        World.respond(self, event_id)

    def hear(self) -> None:
        """Whoever speaks over an answer wants another one."""
        if self.is_there and self.active is not None:
            self.wishes -= self.known
            self.finish("cancelled")
        Watched.hear(self)


@dataclass(slots=True)
class Sounding(Watched):
    """There is a speaker, and speaking over what it plays interrupts."""

    def hear(self) -> None:
        if self.is_there and self.state.is_playing:
            self.stop()
        Watched.hear(self)

    def settle(self) -> None:
        World.settle(self)
        self.drain()


WORLDS: Mapping[str, Callable[[], Watched]] = {
    "as it should be": lambda: Watched(state=TIRELESS),
    "with ids of its own": lambda: Watched(
        state=replace(TIRELESS, capabilities=Capabilities(client_item_ids=False)), own_ids=True
    ),
    "that cannot be cancelled": lambda: Yielding(state=replace(TIRELESS, capabilities=Capabilities(cancel=False))),
    "that is heard": lambda: Sounding(state=fold(TIRELESS, OutputAttached())),
}
"""Providers, by what is special about them."""
