"""Callbacks where they were registered: realtime_rx_nicegui.slots."""

import asyncio
import logging
from typing import Any

import msgspec
import pytest
from nicegui import Client, ui
from realtime_rx_nicegui import sessions, use_realtime

from ..support.frames import CREATED, text_turn, tool_turn
from ..support.memory import PROVIDER, Wire
from ..support.waiting import becomes
from .pages import Site, leave, site


async def fails_later(*_: object) -> None:
    await asyncio.sleep(0)
    raise LookupError("later")


def fails(*_: object) -> None:
    raise LookupError("now")


async def talking(pages: Site, told: list[Exception], **callbacks: Any) -> tuple[Client, Wire]:
    """A page whose session is connected, and which is told what is raised on it."""
    wire = Wire()
    wire.say(CREATED)

    def page() -> None:
        ui.on_exception(told.append)
        use_realtime(PROVIDER, transport=wire, autoconnect=True, linger=0.01, **callbacks)

    client = await pages.open(page)
    await becomes(lambda: sessions()[0].state.status == "connected")
    return client, wire


@pytest.mark.parametrize("callback", [fails, fails_later, lambda message: fails_later(message)])
async def test_what_a_callback_raises_reaches_the_page(callback: Any, caplog: pytest.LogCaptureFixture) -> None:
    """What a hook's callback raises, or its coroutine, is told to the page and to the app, and is logged once."""
    async with site() as pages:
        told: list[Exception] = []
        _, wire = await talking(pages, told, on_message=callback)
        with caplog.at_level(logging.ERROR):
            wire.say(*text_turn("Hello"))
            await becomes(lambda: pages.raised)
        assert [type(each) for each in told] == [type(each) for each in pages.raised] == [LookupError]
        assert [record.name for record in caplog.records] == ["nicegui"]


async def test_a_callback_that_raises_stops_no_other() -> None:
    """Where one callback raises each time, the others are called all the same, and it is called again."""
    async with site() as pages:
        said: list[str] = []
        _, wire = await talking(
            pages, [], on_mode_change=fails, on_usage=fails_later, on_message=lambda message: said.append(message.text)
        )
        wire.say(*text_turn("One"), *text_turn("Two", response_id="resp_2", item_id="item_2"))
        await becomes(lambda: said == ["One", "Two"] and len(pages.raised) >= 4)


@pytest.mark.parametrize(("answer", "said"), [(fails, "now"), (fails_later, "later")])
async def test_a_tools_failure_is_told_to_the_model(answer: Any, said: str) -> None:
    """What on_tool_call raises is the tool's output, and no error of the page."""
    async with site() as pages:
        told: list[Exception] = []
        _, wire = await talking(pages, told, on_tool_call=answer)
        wire.say(*tool_turn(("call_1", "ask", "{}")))
        assert await wire.hear_types(1) == ["session.update"]
        output = (await wire.hear())["item"]
        assert (output["type"], output["call_id"]) == ("function_call_output", "call_1")
        assert output["output"] == msgspec.json.encode({"error": f"LookupError: {said}"}).decode()
        assert told == pages.raised == []


async def test_a_page_that_is_gone_is_called_no_more() -> None:
    """After a visitor has gone their callbacks are not called; what one of them raises that had begun is the app's."""
    async with site() as pages:
        told, begun, left = list[Exception](), list[str](), asyncio.Event()

        async def fails_when_left(message: Any) -> None:
            begun.append(message.text)
            await left.wait()
            raise LookupError("the page is gone")

        client, wire = await talking(pages, told, on_message=fails_when_left, on_disconnect=fails)
        wire.say(*text_turn("One"))
        await becomes(lambda: begun == ["One"])
        leave(client)
        wire.say(*text_turn("Two", response_id="resp_2", item_id="item_2"))
        await becomes(lambda: not sessions())
        left.set()
        await becomes(lambda: pages.raised)
        assert [str(each) for each in pages.raised] == ["the page is gone"]
        assert (told, begun) == ([], ["One"])
