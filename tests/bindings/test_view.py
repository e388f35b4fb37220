"""A page's view of a session: realtime_rx_nicegui.view."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from nicegui import binding, ui
from realtime_rx_nicegui import Realtime, use_realtime

from realtime_rx import RealtimeErrorInfo, SessionState
from realtime_rx.events import TextDelta
from realtime_rx.ui import SessionVerbs

from ..support.frames import error, text_turn
from ..support.memory import Wire, connected, session_on
from ..support.waiting import becomes, until
from .pages import leave, site


async def test_slices_can_be_bound_to() -> None:
    """A label bound to a slice follows the session by being told, not by being polled."""
    async with site() as pages:
        wire = Wire()
        session = session_on(wire)
        labels: list[ui.label] = []

        def page() -> None:
            rt = use_realtime(session)
            labels.append(ui.label().bind_text_from(rt, "status"))
            labels.append(ui.label().bind_text_from(rt, "state", lambda state: str(len(state.messages))))

        await pages.open(page)
        assert [label.text for label in labels] == ["disconnected", "0"]
        assert binding.active_links == []
        connecting = session.connect()
        wire.say({"type": "session.created", "session": {"id": "s"}}, *text_turn("Hello there"))
        await connecting
        await becomes(lambda: [label.text for label in labels] == ["connected", "1"])
        await session.aclose()


async def test_every_slice_is_the_states() -> None:
    """Each slice of the view is the same object as the state's, and the view has no other copy."""
    async with site() as pages:
        wire, views = Wire(), list[Realtime]()
        session = await connected(wire)
        await pages.open(lambda: views.append(use_realtime(session)))
        wire.say(*text_turn("Hello there"))
        state = await until(session, lambda state: state.flow.response_id is None and len(state.events) > 8)
        (rt,) = views
        await becomes(lambda: rt.state is state)
        names = ("status", "mode", "messages", "events", "error", "usage", "is_capturing", "is_playing")
        assert all(getattr(rt, name) is getattr(state, name) for name in names)
        assert rt.is_connected
        assert rt.pending_assistant_transcript is None
        await session.aclose()


async def test_what_a_verb_did_is_read_when_it_returns() -> None:
    """A click's handler reads what its verbs did, and what it awaited; the page is told no more often than else."""
    async with site() as pages:
        found, told, views = list[object](), list[int](), list[Realtime]()

        async def clicked() -> None:
            (rt,) = views
            connecting = rt.connect()
            found.append(rt.status)
            await connecting
            found.append(rt.is_connected)
            for _ in range(100):
                rt.send_text_message("Hello", respond=False)
            found.append(len(rt.messages))

        def page() -> None:
            rt = use_realtime("local", output_modalities=("text",))
            views.append(rt)
            rt.watch(lambda state: len(state.messages), told.append, immediate=False)
            ui.button("Say it", on_click=clicked)
            ui.label().bind_text_from(rt, "messages", lambda messages: f"{len(messages)} messages")

        await pages.open(page)
        pages.visitor.find("Say it").click()
        await becomes(lambda: len(found) == 3)
        assert found == ["connecting", True, 100]
        await becomes(lambda: told and told[-1] == 100)
        assert len(told) < 10
        await pages.visitor.should_see("100 messages")


async def test_a_watch_runs_in_its_slot() -> None:
    """A callback makes its elements where it was registered, and ends with the element that it belongs to."""
    async with site() as pages:
        wire = Wire()
        session = await connected(wire)
        boxes: list[ui.column] = []

        def page() -> None:
            rt = use_realtime(session)
            with ui.column() as box:
                boxes.append(box)
                rt.watch(lambda state: len(state.messages), lambda count: ui.label(f"{count} messages"))

        await pages.open(page)
        session.send_text_message("One", respond=False)
        await becomes(lambda: len(boxes[0].default_slot.children) == 2)
        assert [child.text for child in boxes[0] if isinstance(child, ui.label)] == ["0 messages", "1 messages"]
        boxes[0].delete()
        session.send_text_message("Two", respond=False)
        await asyncio.sleep(0.05)
        assert pages.raised == []
        await session.aclose()


async def test_every_state_that_is_shown() -> None:
    """on_state_change() is told each state that is shown after it was asked for, until that is ended."""
    async with site() as pages:
        session = await connected(Wire())
        told, ends = list[SessionState](), list[Callable[[], None]]()

        def page() -> None:
            ends.append(use_realtime(session).on_state_change(told.append))

        await pages.open(page)
        assert told == []
        session.send_text_message("One", respond=False)
        await becomes(lambda: told and told[-1] is session.state)
        ends[0]()
        session.send_text_message("Two", respond=False)
        await asyncio.sleep(0.05)
        assert len(told[-1].messages) == 1
        await session.aclose()


async def test_a_watch_can_be_ended() -> None:
    """What watch() gives back ends it, and a watch that is not immediate waits for a change."""
    async with site() as pages:
        wire, seen = Wire(), list[int]()
        session = await connected(wire)

        def page() -> None:
            rt = use_realtime(session)
            end = rt.watch(lambda state: len(state.messages), seen.append, immediate=False)
            end()
            end()
            rt.watch(lambda state: len(state.messages), lambda count: seen.append(-count), immediate=False)

        await pages.open(page)
        session.send_text_message("One", respond=False)
        await becomes(lambda: seen)
        assert seen == [-1]
        await session.aclose()


async def test_errors_in_callbacks_reach_the_page() -> None:
    """What a callback, a selector or a coroutine of a page raises is reported to the page and disturbs no other."""
    async with site() as pages:
        session = await connected(Wire())
        seen, told = list[int](), list[Exception]()

        async def fails_later(_: int) -> None:
            raise LookupError("later")

        def broken(state: SessionState) -> int:
            return 1 // (1 - len(state.messages))

        def page() -> None:
            rt = use_realtime(session)
            ui.on_exception(told.append)
            rt.watch(lambda state: len(state.messages), lambda count: 1 // (1 - count))
            rt.watch(lambda state: len(state.messages), fails_later, immediate=False)
            rt.watch(broken, print, immediate=False)
            rt.watch(lambda state: len(state.messages), seen.append)

        await pages.open(page)
        session.send_text_message("One", respond=False)
        await becomes(lambda: len(pages.raised) == 3)
        assert {type(each) for each in told} == {ZeroDivisionError, LookupError}
        assert seen == [0, 1]
        await session.aclose()


async def test_a_refreshable_uses_a_selector() -> None:
    """rt.use() gives the value and has the function run again when it changes, beside NiceGUI's own state()."""
    async with site() as pages:
        session = await connected(Wire())
        runs: list[tuple[int, int]] = []

        def page() -> None:
            rt = use_realtime(session)

            @ui.refreshable
            def count() -> None:
                messages = rt.use(lambda state: len(state.messages))
                clicks, _ = ui.state(7)
                runs.append((messages, clicks))

            count()

        await pages.open(page)
        session.send_text_message("One", respond=False)
        await becomes(lambda: len(runs) == 2)
        session.send_text_message("Two", respond=False)
        await becomes(lambda: len(runs) == 3)
        assert runs == [(0, 7), (1, 7), (2, 7)]
        await session.aclose()


async def test_use_outside_of_a_refreshable_says_so() -> None:
    """rt.use() anywhere else names the decorator that it needs."""
    async with site() as pages:
        session = session_on(Wire())

        def page() -> None:
            rt = use_realtime(session)
            ui.refreshable(lambda: ui.label(rt.use(lambda state: state.status)))()
            with pytest.raises(RuntimeError, match=r"@ui\.refreshable"):
                rt.use(lambda state: state.status)

        await pages.open(page)
        assert pages.raised == []
        await session.aclose()


async def test_one_off_events_come_one_by_one() -> None:
    """A thousand deltas are a thousand events for who asks for events, and every error is told, also two at once."""
    async with site() as pages:
        wire = Wire()
        session = await connected(wire)
        deltas, errors = list[str](), list[RealtimeErrorInfo]()

        def page() -> None:
            rt = use_realtime(session)
            rt.on_event(lambda event: deltas.append(event.delta) if isinstance(event, TextDelta) else None)
            rt.on_error(errors.append)

        await pages.open(page)
        text = " ".join(map(str, range(1_000)))
        wire.say(*text_turn(text), error("first"), error("second"))
        await becomes(lambda: len(errors) == 2)
        assert "".join(deltas) == text
        assert [each.message for each in errors] == ["first", "second"]
        await session.aclose()


async def test_a_thousand_deltas_are_few_updates() -> None:
    """A thousand deltas in one burst are shown in a few updates, and the last value is exact."""
    async with site() as pages:
        wire = Wire()
        session = await connected(wire)
        shown: list[str] = []

        def page() -> None:
            rt = use_realtime(session)
            rt.watch(lambda state: state.messages[-1].text if state.messages else "", shown.append)

        await pages.open(page)
        text = " ".join(map(str, range(1_000)))
        wire.say(*text_turn(text))
        await becomes(lambda: shown[-1] == text)
        assert len(shown) < 20
        await session.aclose()


async def test_a_session_on_another_thread() -> None:
    """A session that runs on a loop of its own is shown on NiceGUI's thread."""
    async with site() as pages:
        wire = Wire()
        session = await asyncio.to_thread(session_on, wire)
        threads: set[int] = set()

        def page() -> None:
            use_realtime(session).watch(lambda state: state.status, lambda _: threads.add(threading.get_ident()))

        await pages.open(page)
        wire.say({"type": "session.created", "session": {"id": "s"}})
        await session.connect()
        session.send_text_message("Hello", respond=False)
        await asyncio.to_thread(session.aclose().wait, 5)
        assert threads == {threading.get_ident()}


async def test_a_view_lets_go_of_its_session() -> None:
    """When the visitor has gone, the shared session has no observer of that page left, and goes on."""
    async with site() as pages:
        session = await connected(Wire())
        before = session.subscriber_count
        client = await pages.open(lambda: use_realtime(session).watch(lambda state: state.status, print))
        assert session.subscriber_count > before
        leave(client)
        assert session.subscriber_count == before
        assert session.state.status == "connected"
        await session.aclose()


async def test_a_view_has_every_verb() -> None:
    """The view is an object with all the session's verbs."""
    assert issubclass(Realtime, SessionVerbs)
