"""A session for each visitor: realtime_rx_nicegui.hook."""

import asyncio
from uuid import uuid4

import pytest
from nicegui import Client, ui
from realtime_rx_nicegui import Realtime, sessions, use_realtime

from realtime_rx import ConfigurationError, Message, RealtimeSession

from ..support.frames import CREATED, text_turn, tool_turn
from ..support.memory import PROVIDER, Wire, connected, session_on
from ..support.waiting import becomes, tasks
from .pages import leave, site


async def test_building_a_page_dials_nothing() -> None:
    """A bot that reads the page has no session dialled for it, and leaves none behind when it is pruned."""
    async with site() as pages:
        wire = Wire()
        ui.page("/")(lambda: use_realtime(lambda: session_on(wire), autoconnect=True))
        response = await pages.visitor.http_client.get("/")
        assert response.status_code == 200
        assert len(sessions()) == 1
        assert sessions()[0].state.status == "disconnected"
        assert wire.pipe.endpoint is None
        leave(next(client for client in Client.instances.values() if not client.has_socket_connection))
        assert sessions() == ()


async def test_autoconnect_dials_when_the_browser_is_there() -> None:
    """With autoconnect the session is dialled once the browser is connected, and once only."""
    async with site() as pages:
        wire, views = Wire(), list[Realtime]()
        wire.say(CREATED)
        client = await pages.open(lambda: views.append(use_realtime(lambda: session_on(wire), autoconnect=True)))
        await becomes(lambda: views[0].is_connected)
        views[0].disconnect()
        await becomes(lambda: not views[0].is_connected)
        for handler in client.connect_handlers:
            client.safe_invoke(handler)
        await asyncio.sleep(0.02)
        assert views[0].status == "disconnected"


async def test_a_closed_tab_ends_its_session() -> None:
    """When the visitor has gone and does not come back, the session is closed and no task of it is left."""
    async with site() as pages:
        wire = Wire()
        client = await pages.open(lambda: use_realtime(lambda: session_on(wire), autoconnect=True, linger=0.01))
        wire.say(CREATED)
        await becomes(lambda: sessions()[0].state.status == "connected")
        leave(client)
        await becomes(lambda: not sessions())
        await becomes(lambda: not tasks())
        assert wire.pipe.is_closed


async def test_a_reload_keeps_the_conversation() -> None:
    """A page that is loaded again in the same tab shows the same session; the old page's end does not end it."""
    async with site() as pages:
        wire, views = Wire(), list[Realtime]()
        wire.say(CREATED)

        def page() -> None:
            views.append(use_realtime(lambda: session_on(wire), autoconnect=True))

        first = await pages.open(page)
        await becomes(lambda: views[0].is_connected)
        views[0].send_text_message("Do you remember me?", respond=False)
        await pages.visitor.open("/")
        leave(first)
        before, after = views
        await becomes(lambda: after.messages)
        assert after.session is before.session
        assert after.messages[0].text == "Do you remember me?"
        assert len(sessions()) == 1
        assert len(wire.pipes) == 1


async def test_a_page_ends_its_session() -> None:
    """After rt.aclose() nothing is left of the session, and the page's next load has another."""
    async with site() as pages:
        views: list[Realtime] = []

        def page() -> None:
            wire = Wire()
            wire.say(CREATED)
            views.append(use_realtime(lambda: session_on(wire), autoconnect=True))

        await pages.open(page)
        await becomes(lambda: views[0].is_connected)
        await views[0].aclose()
        assert sessions() == ()
        await becomes(lambda: views[0].status == "disconnected")
        await pages.visitor.open("/")
        await becomes(lambda: views[1].is_connected)
        assert views[1].session is not views[0].session


async def test_another_tab_has_another_session() -> None:
    """A second tab of the same browser neither sees nor ends the first one's conversation."""
    async with site() as pages:
        views: list[Realtime] = []

        def page() -> None:
            wire = Wire()
            wire.say(CREATED)
            views.append(use_realtime(lambda: session_on(wire), autoconnect=True))

        await pages.open(page)
        await becomes(lambda: views[0].is_connected)
        views[0].send_text_message("A secret", respond=False)
        pages.visitor.tab_id = str(uuid4())
        await pages.visitor.open("/")
        await becomes(lambda: views[1].is_connected)
        assert views[1].session is not views[0].session
        assert len(views[1].messages) == 0
        assert len(sessions()) == 2


async def test_two_hooks_on_a_page_are_two_sessions() -> None:
    """Two hooks of one page have a session each, and a reload gives each its own again."""
    async with site() as pages:
        views: list[Realtime] = []

        def page() -> None:
            views.extend(use_realtime(lambda: session_on(Wire())) for _ in range(2))

        await pages.open(page)
        await pages.visitor.open("/")
        await becomes(lambda: views[2].session is views[0].session)
        assert views[3].session is views[1].session
        assert views[0].session is not views[1].session


async def test_callbacks_belong_to_the_page() -> None:
    """The callbacks of a session are those of the page that shows it now, and run in its slot."""
    async with site() as pages:
        wire = Wire()
        wire.say(CREATED)
        labels: list[tuple[int, str]] = []

        def page() -> None:
            number = len(pages.visitor.back_history)

            def said(message: Message) -> None:
                ui.label(message.text)
                labels.append((number, message.text))

            use_realtime(PROVIDER, transport=wire, on_message=said, autoconnect=True)

        await pages.open(page)
        await becomes(lambda: sessions()[0].state.status == "connected")
        wire.say(*text_turn("One"))
        await becomes(lambda: len(labels) == 1)
        await pages.visitor.open("/")
        await becomes(lambda: len(sessions()) == 1)
        wire.say(*text_turn("Two", response_id="resp_2", item_id="item_2"))
        await becomes(lambda: len(labels) == 2)
        assert labels == [(0, "One"), (1, "Two")]
        await pages.visitor.should_see("Two")
        assert pages.raised == []


async def test_a_tool_call_is_answered_by_the_page() -> None:
    """What a page's on_tool_call returns, or awaits, is the tool's output."""
    async with site() as pages:
        wire = Wire()
        wire.say(CREATED)

        async def answer(call: object) -> str:
            ui.notify("asked")
            return "forty-two"

        await pages.open(lambda: use_realtime(PROVIDER, transport=wire, on_tool_call=answer, autoconnect=True))
        wire.say(*tool_turn(("call_1", "ask", "{}")))
        assert await wire.hear_types(1) == ["session.update"]
        assert (await wire.hear())["item"]["output"] == "forty-two"


async def test_starting_over() -> None:
    """start_over() closes the session and shows a new one in the same view; a shared session refuses it."""
    async with site() as pages:
        views: list[Realtime] = []
        shared = await connected(Wire())

        def page() -> None:
            views.append(use_realtime("local"))
            views.append(use_realtime(shared))

        await pages.open(page)
        rt, other = views
        before = rt.session
        rt.start_over("openai:gpt-realtime", api_key="sk-unused")
        assert rt.session is not before
        assert rt.session.provider.id == "openai"
        assert sessions() == (rt.session,)
        with pytest.raises(RuntimeError, match="shared"):
            other.start_over()
        await shared.aclose()


@pytest.mark.parametrize("option", ["autoconnect", "audio", "max_hz", "linger"])
async def test_starting_over_is_no_hook(option: str) -> None:
    """What use_realtime() takes of the page, and not of the session, start_over() refuses; the session stays."""
    async with site() as pages:
        views: list[Realtime] = []
        await pages.open(lambda: views.append(use_realtime("local")))
        before = views[0].session
        with pytest.raises(ConfigurationError, match=option):
            views[0].start_over("local", **{option: 1})
        assert views[0].session is before


async def test_a_shared_session_is_only_observed() -> None:
    """A session that somebody else made is shown to every visitor and outlives them all."""
    async with site() as pages:
        shared = await connected(Wire())
        views: list[Realtime] = []
        client = await pages.open(lambda: views.append(use_realtime(shared)))
        pages.visitor.tab_id = str(uuid4())
        await pages.visitor.open("/")
        shared.send_text_message("To all", respond=False)
        await becomes(lambda: all(len(rt.messages) == 1 for rt in views))
        leave(client)
        assert sessions() == ()
        assert shared.state.status == "connected"
        await shared.aclose()


@pytest.mark.parametrize("kind", ["session", "factory"])
async def test_a_session_brings_its_own_options(kind: str) -> None:
    """Options beside a session or a factory are refused, with their names."""
    async with site() as pages:
        session = session_on(Wire())
        source: object = session if kind == "session" else lambda: session
        refused: list[ConfigurationError] = []

        def page() -> None:
            try:
                use_realtime(source, instructions="Be brief.")  # type: ignore[arg-type]
            except ConfigurationError as error:
                refused.append(error)

        await pages.open(page)
        assert "instructions" in str(refused[0])
        await session.aclose()


async def test_a_stopping_server_closes_every_session() -> None:
    """When the server stops, connected sessions are closed before it is gone, though no tab was."""
    made: list[RealtimeSession] = []
    wire = Wire()
    wire.say(CREATED)

    def page() -> None:
        made.append(use_realtime(lambda: session_on(wire), autoconnect=True).session)

    async with site() as pages:
        await pages.open(page)
        await becomes(lambda: made[0].state.status == "connected")
    assert wire.pipe.is_closed
    assert made[0].task_count == 0
    assert made[0].state.status == "disconnected"


async def test_a_hook_may_come_late() -> None:
    """A hook that is called when the browser is there already dials at once, and is found again after a reload."""
    async with site() as pages:
        views: list[Realtime] = []

        async def page() -> None:
            await ui.context.client.connected()
            wire = Wire()
            wire.say(CREATED)
            views.append(use_realtime(lambda: session_on(wire), autoconnect=True))

        await pages.open(page)
        await becomes(lambda: views and views[0].is_connected)
        await pages.visitor.open("/")
        await becomes(lambda: len(views) == 2)
        assert views[1].session is views[0].session
        assert len(sessions()) == 1
