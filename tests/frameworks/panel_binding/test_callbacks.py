"""What a page has called when something happens: realtime_rx_panel.callbacks."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import panel as pn
import pytest
from realtime_rx_panel import Realtime, use_realtime

from realtime_rx import SessionConfig
from realtime_rx.config import ToolDefinition

from .apps import connected, eventually
from .visits import Server

pytestmark = pytest.mark.usefixtures("no_server_stays")
TAB = "0123456789abcdef" * 3
TEXT = {"output_modalities": ("text",)}


async def fails_later(*_: object) -> None:
    await asyncio.sleep(0)
    raise LookupError("later")


def fails(*_: object) -> None:
    raise LookupError("now")


KINDS = pytest.mark.parametrize("callback", [fails, fails_later, lambda message: fails_later(message)])


@pytest.fixture
def raised(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Exception, Any]]:
    """What came to Panel's exception handler, and with which document."""
    found: list[tuple[Exception, Any]] = []
    monkeypatch.setattr(pn.config, "exception_handler", lambda error: found.append((error, pn.state.curdoc)))
    return found


def errors_of(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.levelno >= logging.ERROR]


def of_us(found: list[tuple[Exception, Any]]) -> list[Any]:
    return [document for error, document in found if isinstance(error, LookupError)]


def ask(rt: Realtime, text: str = "What is 2+2?") -> None:
    rt.connect()
    connected(rt)
    rt.send_text_message(text)


@KINDS
def test_what_a_callback_raises_is_panels_to_report(
    callback: Callable[..., Any], raised: list[tuple[Exception, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    """What a callback raises, or what it gives back to be awaited, reaches the exception handler with the document."""
    server = Server("local", on_message=callback, **TEXT)
    with server.visit(server.serve()) as rt:
        ask(rt)
        eventually(lambda: len(of_us(raised)) >= 2)
        assert set(of_us(raised)) == {server.documents[-1]}
    assert errors_of(caplog) == []


@KINDS
def test_without_a_handler_it_is_logged_once(callback: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    """Where the page has no exception handler, each error of a callback is logged, once."""
    server = Server("local", on_connect=lambda: callback(None), **TEXT)
    with server.visit(server.serve()) as rt:
        ask(rt)
        eventually(lambda: rt.messages and rt.messages[-1].text == "2+2 is 4." and errors_of(caplog))
    assert caplog.text.count("LookupError: ") == 1


@KINDS
def test_a_scripts_callbacks_are_reported_too(
    callback: Callable[..., Any], raised: list[tuple[Exception, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    """Where there is no server the exception handler is told as well, and without one each error is logged, once."""
    for handler in (pn.config.exception_handler, None):
        pn.config.exception_handler = handler
        rt = use_realtime("local", on_connect=lambda: callback(None), **TEXT)
        ask(rt)
        eventually(lambda rt=rt: rt.messages and rt.messages[-1].text == "2+2 is 4.")
        rt.session.aclose().wait(10)
    assert of_us(raised) == [None]
    eventually(lambda: caplog.text.count("LookupError: ") == 1)


def test_a_tools_failure_is_told_to_the_model(raised: list[tuple[Exception, Any]]) -> None:
    """What on_tool_call raises is the tool's output, and no error of the page; it is not called with the document."""
    documents: list[Any] = []

    def answer(call: Any) -> None:
        documents.append(pn.state.curdoc)
        raise LookupError("no oven")

    order = ToolDefinition(name="order_pizza", description="Order a pizza.")
    server = Server("local", on_tool_call=answer, session_config=SessionConfig(tools=(order,)), **TEXT)
    with server.visit(server.serve()) as rt:
        ask(rt, "Order a pizza, please")
        eventually(lambda: any("no oven" in message.text for message in rt.messages))
    assert (documents, of_us(raised)) == ([None], [])


def test_a_page_that_is_gone_is_called_no_more(
    raised: list[tuple[Exception, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    """The callbacks of a document that was destroyed are not called, and nothing is raised or logged for it."""
    called: list[object] = []
    server = Server("local", on_message=called.append, linger=20.0, **TEXT)
    with server.visit(server.serve(), TAB) as rt:
        ask(rt)
        eventually(lambda: len(called) == 2)
    eventually(lambda: not hasattr(server.documents[-1].callbacks, "_change_callbacks"))
    rt.send_text_message("What is 3+3?")
    eventually(lambda: rt.session.state.messages[-1].text == "3+3 is 6.")
    rt.session.aclose().wait(10)
    assert (len(called), of_us(raised), errors_of(caplog)) == (2, [], [])
