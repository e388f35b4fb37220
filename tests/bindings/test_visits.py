"""A tab and its session: realtime_rx.ui.visits."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import pytest

from realtime_rx import RealtimeSession
from realtime_rx.events import ItemAdded, TextDelta, TextDone
from realtime_rx.items import Item, TextPart
from realtime_rx.ui import NO_SOUND, page_bridges, visits
from realtime_rx.ui.facts import Ticket
from realtime_rx.ui.terms import Terms
from realtime_rx.ui.visits import Visit, Visits

DEADLINE = 30.0
VISITS = Visits(page_bridges(), "/sound")


class FakeTab:
    """A browser tab that is there or not, and what its states were told."""

    def __init__(self) -> None:
        self.there = True
        self.looks = 0
        self.writes: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.vars: dict[str, Any] = {}

    async def is_there(self) -> bool:
        self.looks += 1
        return self.there

    async def write(self, slow: Mapping[str, Any], fast: Mapping[str, Any]) -> None:
        self.writes.append((dict(slow), dict(fast)))
        self.vars |= {**slow, **fast}

    async def reset(
        self, slow: Mapping[str, Any], fast: Mapping[str, Any], is_free: Callable[[], Awaitable[bool]]
    ) -> None:
        if await is_free():
            self.vars |= {**slow, **fast}


async def eventually(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.005)


@pytest.fixture(autouse=True)
async def nothing_stays(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr(visits, "LOOK_EVERY_S", 0.01)
    yield
    await VISITS.close_all()
    assert VISITS.sessions == ()


def visit(tab: Any, token: str = "tab", *, audio: bool = False, linger: float = 5.0) -> Visit:
    options = {"output_modalities": ("text",)}
    return VISITS.open(("voice", token), tab, Terms.of("local", audio=audio, linger=linger, **options))


def begin(session: RealtimeSession, message_id: str = "a") -> None:
    """The assistant begins a message."""
    item = Item(id=message_id, role="assistant", status="in_progress", parts=(TextPart(state="streaming"),))
    session.dispatch(ItemAdded(item=item))


def say(session: RealtimeSession, text: str) -> None:
    session.dispatch(TextDelta(item_id="a", delta=text))


async def test_a_tab_has_one_session() -> None:
    """A tab that connects twice has the session it had; another tab has another."""
    first = visit(FakeTab())
    assert visit(FakeTab()) is first
    assert visit(FakeTab(), "other").session is not first.session
    assert len(VISITS.sessions) == 2


async def test_words_go_to_the_fast_class_alone() -> None:
    """While a message grows its text goes to the fast class, at the screen's rate, and the last word arrives."""
    tab = FakeTab()
    session = visit(tab).session
    begin(session)
    say(session, "x")
    await eventually(lambda: tab.vars.get("live"))
    tab.writes.clear()
    for _ in range(500):
        say(session, "x")
    await eventually(lambda: tab.vars["live"][0].text == "x" * 501)
    assert [slow for slow, _ in tab.writes] == [{}] * len(tab.writes)
    assert len(tab.writes) < 20


async def test_what_is_being_said_is_told_once() -> None:
    """Which message the assistant is writing is known by its id, beside the words, and of none when it is done."""
    tab = FakeTab()
    session = visit(tab).session
    begin(session)
    say(session, "Hel")
    await eventually(lambda: tab.vars.get("pending") == ("", "a"))
    assert [view.id for view in tab.vars["live"]] == ["a"]
    session.dispatch(TextDone(item_id="a", text="Hello"))
    await eventually(lambda: tab.vars["pending"] == ("", ""))


async def test_autoconnect_dials_with_the_visit() -> None:
    """Where the terms say so a tab's session is dialled when it is made, and not again when the tab comes back."""
    terms = Terms.of("local", autoconnect=True, output_modalities=("text",))
    session = VISITS.open(("voice", "tab"), FakeTab(), terms).session
    await eventually(lambda: session.state.status == "connected")
    await session.disconnect()
    assert VISITS.open(("voice", "tab"), FakeTab(), terms).session is session
    assert session.state.status == "disconnected"


async def test_a_visit_that_was_ended_makes_room() -> None:
    """A visit that is ended is gone when its session is closed, and then the tab may have another."""
    ended = visit(FakeTab())
    ended.end()
    assert ended.is_ending
    await ended.gone.wait()
    assert VISITS.find(("voice", "tab")) is None
    assert visit(FakeTab()).session is not ended.session


async def test_a_tab_that_comes_back_finds_everything() -> None:
    """A tab that is away is told nothing; back within its grace, it has the same session and what was said."""
    tab = FakeTab()
    session = visit(tab, linger=60).session
    begin(session)
    say(session, "Hel")
    await eventually(lambda: tab.vars.get("live"))
    tab.there = False
    told, looks = len(tab.writes), tab.looks
    say(session, "lo")
    await eventually(lambda: tab.looks > looks + 5)
    assert len(tab.writes) == told
    tab.there = True
    await eventually(lambda: tab.vars["live"][0].text == "Hello")
    assert VISITS.sessions == (session,)


async def test_a_closed_tab_ends_its_session() -> None:
    """A tab that stays away leaves no session and no task, and its states say nothing of one."""
    tab = FakeTab()
    shown = visit(tab, linger=0.05)
    shown.session.connect()
    await eventually(lambda: tab.vars.get("connected"))
    tab.there = False
    await eventually(lambda: not VISITS.sessions)
    await shown.task
    assert tab.vars["status"] == "disconnected"
    assert (tab.vars["messages"], tab.vars["live"]) == ((), ())
    await eventually(lambda: (shown.session.task_count, shown.session.subscriber_count) == (0, 0))


async def test_an_app_that_stops_closes_all() -> None:
    """Where the app stops every session is closed when it returns, and the tabs that are there know."""
    tabs = [FakeTab(), FakeTab()]
    shown = [visit(tab, str(number)) for number, tab in enumerate(tabs)]
    for each in shown:
        each.session.connect()
    await eventually(lambda: all(tab.vars.get("connected") for tab in tabs))
    await VISITS.close_all()
    assert VISITS.sessions == ()
    assert [tab.vars["status"] for tab in tabs] == ["disconnected"] * 2
    assert [each.session.task_count for each in shown] == [0, 0]


async def test_a_state_that_cannot_be_written_ends_the_session(caplog: pytest.LogCaptureFixture) -> None:
    """Where a tab's state cannot be written, that is logged and its session closed: nobody could follow it."""

    class Broken(FakeTab):
        async def write(self, slow: Mapping[str, Any], fast: Mapping[str, Any]) -> None:
            if slow.get("status") != "disconnected":
                raise OSError("no store")

    shown = visit(Broken())
    shown.session.connect()
    await eventually(lambda: not VISITS.sessions)
    await shown.task
    assert "cannot be written" in caplog.text


async def test_a_page_gets_a_ticket() -> None:
    """A page that has just been loaded gets a ticket of its own, and what it says of its sound is known."""
    tab = FakeTab()
    shown = visit(tab, audio=True)
    shown.arrive("one")
    await eventually(lambda: tab.vars.get("ticket") and tab.vars["ticket"].page == "one")
    first = json.loads(tab.vars["ticket"].setup)
    shown.hear({"state": "connected", "microphone": "live", "error": None, "message": ""})
    await eventually(lambda: (tab.vars["sound"].state, tab.vars["sound"].microphone) == ("connected", "live"))
    shown.arrive("two")
    await eventually(lambda: tab.vars["ticket"].page == "two")
    second = json.loads(tab.vars["ticket"].setup)
    assert first["token"] != second["token"]
    assert tab.vars["sound"].state == "idle"
    assert len(VISITS.bridges) == 1


async def test_a_page_is_asked_to_sound() -> None:
    """A page that comes after its sound was asked for finds that in its ticket; each further time counts."""
    tab = FakeTab()
    shown = visit(tab, audio=True)
    shown.start_sound()
    shown.arrive("one")
    await eventually(lambda: tab.vars.get("ticket") and tab.vars["ticket"].asked == 1)
    shown.session.connect()
    await eventually(lambda: tab.vars["connected"])
    shown.session.start_audio_capture()
    await eventually(lambda: tab.vars["ticket"].asked == 2)


async def test_a_session_without_sound_says_so() -> None:
    """Where the hook was told to leave the sound, the page gets nothing to mount."""
    tab = FakeTab()
    shown = visit(tab)
    shown.arrive("one")
    shown.hear({"state": "connected"})
    await eventually(lambda: tab.vars.get("ticket") and tab.vars["ticket"].page == "one")
    assert (tab.vars["ticket"].setup, tab.vars["sound"]) == ("", NO_SOUND)


async def test_an_ended_session_takes_its_sound_along() -> None:
    """A tab that stayed away leaves no bridge, and its states no ticket."""
    tab = FakeTab()
    shown = visit(tab, audio=True, linger=0.05)
    shown.arrive("one")
    await eventually(lambda: tab.vars.get("ticket") and tab.vars["ticket"].page == "one")
    tab.there = False
    await eventually(lambda: not VISITS.sessions)
    await shown.task
    await eventually(lambda: not len(VISITS.bridges))
    assert (tab.vars["ticket"], tab.vars["sound"]) == (Ticket(), NO_SOUND)


async def test_a_hundred_tabs_leave_nothing() -> None:
    """A hundred tabs that connect, say something, have sound and close leave no session, task, thread, subscription,
    bridge or word."""
    tasks = asyncio.all_tasks()
    tabs = [FakeTab() for _ in range(100)]
    shown = [visit(tab, str(number), audio=True, linger=0.05) for number, tab in enumerate(tabs)]
    for each in shown:
        each.arrive("page")
        each.session.connect()
        each.session.send_text_message("What is 2+2?")
    await eventually(lambda: all(tab.vars.get("messages") and tab.vars["mode"] == "idle" for tab in tabs))
    assert len(VISITS.bridges) == len(VISITS.sessions) == 100
    for tab in tabs:
        tab.there = False
    await asyncio.gather(*(each.task for each in shown))
    await eventually(lambda: asyncio.all_tasks() == tasks)
    assert (VISITS.sessions, len(VISITS.bridges)) == ((), 0)
    threads = {thread.name for thread in threading.enumerate() if not thread.name.startswith("asyncio")}
    assert threads <= {"MainThread", "realtime-rx", "realtime-rx-local"}  # beside pools: the loops that all share
    assert [each.session.subscriber_count for each in shown] == [0] * 100
    assert {tab.vars["messages"] for tab in tabs} == {()}
    assert {tab.vars["status"] for tab in tabs} == {"disconnected"}
