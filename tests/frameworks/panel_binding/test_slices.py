"""The slices of the state: realtime_rx_panel.slices."""

from collections.abc import Callable, Iterator
from typing import Any

import panel as pn
import param
import pytest
from realtime_rx_panel import Realtime, use_realtime

from realtime_rx.events import ItemAdded
from realtime_rx.items import Item, TextPart
from realtime_rx.ui import SLICES

from .apps import begin, connected, eventually, private, say
from .visits import Server

AFTER_VERBS = [0, 1, 2]


@pytest.fixture
def rt() -> Iterator[Realtime]:
    rt = use_realtime(private)
    yield rt
    rt.aclose().wait(10)
    rt.dispose()


def write_and_read(rt: Realtime) -> list[int]:
    """How many messages are read after each verb. Nothing is dialled, so no other thread has a part in it."""
    found = [len(rt.messages)]
    for message_id in ("a", "b"):
        rt.dispatch(message(message_id))
        found.append(len(rt.messages))
    return found


def message(message_id: str) -> ItemAdded:
    return ItemAdded(item=Item(id=message_id, role="assistant", parts=(TextPart(text="Hello"),)))


def test_what_a_verb_did_is_read_when_it_returns(rt: Realtime) -> None:
    """In a script every parameter has at once what a verb did, and awaiting or waiting is over when it says so."""
    assert write_and_read(rt) == AFTER_VERBS
    assert (len(rt.state.messages), pn.bind(len, rt.param.messages)()) == (2, 2)
    rt.connect().wait(10)
    assert rt.is_connected
    rt.disconnect().wait(10)
    assert (rt.status, rt.is_connected) == ("disconnected", False)


@pytest.mark.usefixtures("no_server_stays")
def test_so_it_is_under_the_documents_lock() -> None:
    """A callback of the document reads what its own verb did, and the page is told no more often than else."""
    server = Server()
    with server.visit(server.serve()) as rt:
        found, told = list[Any](), list[int]()
        rt.param.watch(lambda event: told.append(len(event.new)), "messages")

        def clicked() -> None:
            found.extend(write_and_read(rt))
            for number in range(98):
                rt.dispatch(message(f"{number}"))
            found.append(len(rt.messages))

        server.documents[-1].add_next_tick_callback(clicked)
        eventually(lambda: told and told[-1] == 100)
        assert found == [*AFTER_VERBS, 100]
        assert len(told) < 10


@pytest.mark.usefixtures("no_server_stays")
def test_so_it_is_where_the_app_is_built_and_where_it_awaits() -> None:
    """What an app does while it is built, and what a coroutine of the document's awaits, can be read at once."""
    built, awaited = list[Any](), list[Any]()

    class Building(Server):
        def app(self) -> Any:
            page = super().app()
            built.extend(write_and_read(self.views[-1]))
            return page

    server = Building()
    with server.visit(server.serve()) as rt:
        assert built == AFTER_VERBS

        async def clicked() -> None:
            for verb in (rt.disconnect, rt.connect):
                await verb()
                awaited.append(rt.status)

        server.documents[-1].add_next_tick_callback(clicked)
        eventually(lambda: len(awaited) == 2)
        assert awaited == ["disconnected", "connected"]


def test_a_watcher_is_told_once_of_each_change(rt: Realtime) -> None:
    """Reading what is not shown yet takes nothing from those who watch: they are told of it, with what was before."""
    told: list[tuple[Any, Any]] = []
    rt.param.watch(lambda event: told.append((event.old, event.new)), "status")
    rt.connect()
    assert rt.status != "disconnected"
    connected(rt)
    eventually(lambda: told and told[-1][1] == "connected")
    assert [old for old, _ in told] == ["disconnected", *(new for _, new in told[:-1])]


def test_an_expression_made_after_a_verb_follows(rt: Realtime) -> None:
    """What is made between two verbs has what the first one did, and then what the second made of it, also where that
    is what was shown before both."""
    rt.connect()
    status = rt.rx.status
    assert status.rx.value == "connecting"
    rt.disconnect()
    eventually(lambda: status.rx.value == "disconnected")


def test_a_watcher_may_say_something(rt: Realtime) -> None:
    """A verb that is called by a watcher is shown like any other, after that."""
    texts: list[list[str]] = []

    def look(event: Any) -> None:
        texts.append([message.text for message in event.new])
        if len(event.new) == 1:
            rt.dispatch(message("b"))
            assert len(rt.messages) == 2

    rt.param.watch(look, "messages")
    rt.dispatch(message("a"))
    eventually(lambda: texts and texts[-1] == ["Hello", "Hello"])


def test_every_slice_is_an_expression(rt: Realtime) -> None:
    """rt.rx has each parameter of the view as a reactive expression, which follows; called, what one makes of all."""
    names = {name for name in rt.param if name != "name"}
    assert names == {*dir(rt.rx)} == {*SLICES, "sound"}
    assert all(isinstance(getattr(rt.rx, name), param.rx) for name in names)
    begin(rt.session)
    eventually(lambda: rt.messages)
    pane, whole = pn.pane.Str(rt.rx.messages[-1].text.upper()), rt.rx()
    called = pn.pane.Str(rt.rx(lambda state: f"{len(state.messages)} when {state.status}"))
    say(rt.session, "Hello")
    eventually(lambda: (pane.object, called.object) == ("HELLO", "1 when disconnected"))
    assert whole.rx.value is rt.state


def test_an_expression_that_is_none_says_which_there_are(rt: Realtime) -> None:
    """A name that is no slice is an AttributeError with those that are."""
    with pytest.raises(AttributeError, match=r"no 'mesages', but error, events, .*messages, mode"):
        _ = rt.rx.mesages


@pytest.mark.parametrize("end", [lambda rt: rt.aclose(), lambda rt: rt.destroy(), lambda rt: rt.session.aclose()])
@pytest.mark.usefixtures("no_server_stays")
def test_a_page_ends_its_session(end: Callable[[Realtime], Any]) -> None:
    """After rt.aclose() nothing is left of the session, and the page's next load has another."""
    tab = "0123456789abcdef" * 3
    server = Server(autoconnect=True, linger=20.0)
    port = server.serve()
    with server.visit(port, tab) as before:
        connected(before)
        end(before).wait(10)
        eventually(lambda: before.status == "disconnected")
    with server.visit(port, tab) as after:
        connected(after)
        assert after.session is not before.session
        after.aclose().wait(10)
