"""Visitors of a server: realtime_rx_panel.hook and host, over Bokeh's own client."""

import re
import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import panel as pn
import pytest
from bokeh.client import pull_session
from panel.tests.util import serve_and_request, serve_and_wait
from realtime_rx_panel import Realtime, sessions, use_realtime

from .apps import begin, connected, eventually, private, say

SOON = {"check_unused_sessions_milliseconds": 200, "unused_session_lifetime_milliseconds": 200}
LINGER = 0.2


class Server:
    """An app, and what each visitor got."""

    def __init__(self, source: Any = private, **options: Any) -> None:
        self.source, self.options = source, {"linger": LINGER, **options}
        self.views: list[Realtime] = []
        self.documents: list[Any] = []

    def app(self) -> Any:
        rt = use_realtime(self.source, **self.options)
        self.views.append(rt)
        self.documents.append(pn.state.curdoc)
        return pn.Column(pn.pane.Str(rt.param.status), rt.chat())

    @contextmanager
    def visit(self, port: int) -> Iterator[Realtime]:
        visitor = pull_session(url=f"http://localhost:{port}")
        document = self.documents[-1]
        document.add_next_tick_callback(lambda: pn.state._on_load(document))  # as a browser has it done
        try:
            yield self.views[-1]
        finally:
            visitor.close()


@pytest.fixture(autouse=True)
def no_server_stays() -> Iterator[None]:
    yield
    try:
        eventually(lambda: not sessions())
    finally:
        pn.state.kill_all_servers()


def test_whoever_only_fetches_the_page_dials_nowhere() -> None:
    """A request without a WebSocket, as a bot makes it, connects nothing, and its session ends."""
    server = Server(autoconnect=True)
    serve_and_request(server.app, **SOON)
    assert [rt.session.state.status for rt in server.views] == ["disconnected"]
    eventually(lambda: not sessions())


def test_visitors_are_apart_and_leave_nothing() -> None:
    """Each visitor has a session of their own, which ends soon after their tab is closed."""
    server = Server(autoconnect=True)
    port = serve_and_wait(server.app, **SOON)
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
    assert [(rt.session.task_count, rt.session.subscriber_count) for rt in server.views] == [(0, 0)] * len(server.views)


def test_updates_come_under_the_documents_lock() -> None:
    """Whatever thread says something, a watcher runs with its document, which is locked, and not for every word."""
    server = Server(autoconnect=True)
    port = serve_and_wait(server.app, **SOON)
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
    port = serve_and_wait(server.app, **SOON)
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
    port = serve_and_wait(server.app, **SOON)
    with server.visit(port) as rt:
        begin(session, text="for all")
        eventually(lambda: len(rt.messages) == 1)
    eventually(lambda: session.subscriber_count == 0)
    begin(session, "b")
    assert len(session.state.messages) == 2
    session.aclose().wait(10)


def test_the_example_and_the_readme_talk(monkeypatch: pytest.MonkeyPatch) -> None:
    """examples/panel_chat.py and the README's program for Panel give each visitor a conversation."""
    readme = Path("README.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n([^`]*realtime_rx_panel.*?)```", readme, flags=re.DOTALL)
    served: dict[str, Any] = {}
    monkeypatch.setattr(pn, "serve", lambda page: served.update(page=page))
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
