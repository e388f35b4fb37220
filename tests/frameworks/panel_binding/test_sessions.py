"""Visitors of a server: realtime_rx_panel.hook and host, over Bokeh's own client."""

import gc
import re
import runpy
import threading
import weakref
from pathlib import Path
from typing import Any

import panel as pn
import pytest
from bokeh.client import pull_session
from panel.tests.util import serve_and_request, serve_and_wait
from realtime_rx_panel import sessions
from realtime_rx_panel.routes import BRIDGES

from .apps import begin, connected, eventually, private, say
from .visits import SOON, Server, forget, page_says

pytestmark = pytest.mark.usefixtures("no_server_stays")


def test_whoever_only_fetches_the_page_dials_nowhere() -> None:
    """A request without a WebSocket, as a bot makes it, connects nothing, and its session ends."""
    server = Server(autoconnect=True)
    serve_and_request(server.app, **SOON)
    assert [rt.session.state.status for rt in server.views] == ["disconnected"]
    eventually(lambda: not sessions())


def test_visitors_are_apart_and_leave_nothing() -> None:
    """Each visitor has a session of their own, which ends soon after their tab is closed."""
    server = Server(autoconnect=True)
    port = server.serve()
    with server.visit(port) as first:
        connected(first)
        with server.visit(port) as second:
            connected(second)
            begin(first.session, text="only mine")
            eventually(lambda: len(first.messages) == 1)
            assert len(second.messages) == 0
            assert first.session is not second.session
        eventually(lambda: second.session not in sessions())
        assert first.session in sessions()
    eventually(lambda: not sessions())
    eventually(lambda: all((rt.session.task_count, rt.session.subscriber_count) == (0, 0) for rt in server.views))


def test_updates_come_under_the_documents_lock() -> None:
    """Whatever thread says something, a watcher runs with its document, which is locked, and not for every word."""
    server = Server(autoconnect=True)
    port = server.serve()
    with server.visit(port) as rt:
        connected(rt)
        document = server.documents[-1]
        found: list[tuple[bool, bool]] = []
        lock = document.session_context.session._lock
        locked = getattr(lock, "locked", None) or (lambda: lock._block._value == 0)
        rt.param.watch(lambda _: found.append((pn.state.curdoc is document, locked())), "messages")
        begin(rt.session)
        for _ in range(1_000):
            say(rt.session, "x")
        eventually(lambda: "".join(message.text for message in rt.messages) == "x" * 1_000)
        assert set(found) == {(True, True)}
        assert len(found) < 100


def test_callbacks_come_with_their_document() -> None:
    """A callback among the options is called as one of the page's own; what it raises is Panel's to report."""
    seen: list[Any] = []
    server = Server("local", output_modalities=("text",), on_message=lambda _: seen.append(pn.state.curdoc))
    port = server.serve()
    with server.visit(port) as rt:
        rt.connect()
        connected(rt)
        rt.send_text_message("What is 2+2?")
        eventually(lambda: len(seen) >= 2)
        assert set(seen) == {server.documents[-1]}


def test_a_shared_session_stays() -> None:
    """A session that somebody else made is shown to every visitor and outlives them all."""
    session = private()
    server = Server(session)
    port = server.serve()
    with server.visit(port) as rt:
        begin(session, text="for all")
        eventually(lambda: len(rt.messages) == 1)
    eventually(lambda: session.subscriber_count == 0)
    begin(session, "b")
    assert len(session.state.messages) == 2
    session.aclose().wait(10)


TAB = "0123456789abcdef" * 3 + "/"


def test_a_reload_finds_its_conversation() -> None:
    """A page of the same tab within the time has the session of the page before, and its own is closed."""
    server = Server(autoconnect=True, linger=20.0)
    port = server.serve()
    with server.visit(port, TAB) as before:
        connected(before)
        begin(before.session, text="what was said")
    with server.visit(port, TAB) as after:
        assert after.session is before.session
        eventually(lambda: [message.text for message in after.messages] == ["what was said"])
        assert sessions() == (after.session,)
        server.options["linger"] = 0.0
    after.session.aclose().wait(10)
    with server.visit(port, "another tab's secret") as other:
        assert len(other.messages) == 0
    forget()


def test_a_tab_cannot_say_twice_which_it_is() -> None:
    """A page that says another tab's secret later gets nothing of that tab's."""
    server = Server(linger=20.0)
    port = server.serve()
    with server.visit(port, TAB) as one, server.visit(port, "another tab's secret") as two:
        page_says(two, server.documents[-1], tab=TAB)
        assert two.session is not one.session
    forget()


def test_a_hundred_visitors_leave_nothing() -> None:
    """After a hundred visitors, two at a time, no session, task, subscription, thread, token or document is left."""
    server = Server("local", output_modalities=("text",))
    port = server.serve()
    threads = list[int]()
    for number in range(50):
        with server.visit(port, f"{number} {TAB}") as one, server.visit(port) as two:
            one.connect()
            if number % 10 == 0:
                connected(one)
            assert one.session is not two.session
            threads.append(thread_count())
    eventually(lambda: not sessions() and not len(BRIDGES))
    eventually(lambda: all((rt.session.task_count, rt.session.subscriber_count) == (0, 0) for rt in server.views))
    documents = [weakref.ref(document) for document in server.documents]
    views = [weakref.ref(rt) for rt in server.views]
    del one, two
    server.views.clear()
    server.documents.clear()
    eventually(lambda: gone(documents) and gone(views))
    assert len(documents) == len(views) == 100
    assert thread_count() <= threads[0]


def thread_count() -> int:
    return sum(thread.name.startswith("realtime-rx") for thread in threading.enumerate())


def gone(references: list[weakref.ref[Any]]) -> bool:
    gc.collect()
    return all(each() is None for each in references)


def test_the_example_and_the_readme_talk(monkeypatch: pytest.MonkeyPatch) -> None:
    """examples/panel_chat.py and the README's program for Panel give each visitor a conversation."""
    readme = Path("README.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n([^`]*realtime_rx_panel.*?)```", readme, flags=re.DOTALL)
    served: dict[str, Any] = {}
    monkeypatch.setattr(pn, "serve", lambda page, **_: served.update(page=page))
    exec(program, {})
    for page in (served["page"], runpy.run_path("examples/panel_chat.py")["page"]):
        talk(page)


def talk(page: Any) -> None:
    port = serve_and_wait(page, **SOON)
    visitor = pull_session(url=f"http://localhost:{port}")
    (session,) = sessions()
    session.connect()
    session.send_text_message("What is 2+2?")
    eventually(lambda: [message.text for message in session.state.messages][1:] == ["2+2 is 4."])
    visitor.close()
    eventually(lambda: not sessions())
