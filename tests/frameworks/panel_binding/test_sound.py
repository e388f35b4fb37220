"""A page's sound without a browser: realtime_rx_panel.page_audio, microphone and routes."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

import pytest
import uvicorn
from fastapi import FastAPI
from panel.io.fastapi import add_application
from realtime_rx_panel import Realtime, level_meter, microphone, realtime_audio, use_realtime, waveform
from realtime_rx_panel.routes import BRIDGES, ROUTER, SOCKETS
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from realtime_rx import RealtimeError
from realtime_rx.ui import PageState

from .apps import connected, eventually, private
from .visits import Server, forget, page_says

pytestmark = pytest.mark.usefixtures("no_server_stays")

SAID = {"state": "connected", "microphone": "live", "error": None, "message": ""}


def setup_of(rt: Realtime) -> dict[str, Any]:
    return json.loads(rt.page.setup)


def hello_of(rt: Realtime, token: str = "") -> str:
    setup = setup_of(rt)
    rates = {"input_rate": setup["inputRate"], "output_rate": setup["outputRate"]}
    return json.dumps({"type": "hello", "token": token or setup["token"], **rates})


def answer(socket: ClientConnection, hello: str) -> dict[str, Any]:
    socket.send(hello)
    return json.loads(socket.recv(10))


def test_every_visitor_has_a_token_of_their_own() -> None:
    """Each session has one bridge and each page a token, a reload brings another, and a closed tab ends them."""
    server = Server("local", linger=2.0)
    port = server.serve()
    with server.visit(port, "the first tab's secret") as one, server.visit(port) as two:
        token = setup_of(one)["token"]
        assert setup_of(two)["token"] != token
        assert len(BRIDGES) == 2
    with server.visit(port, "the first tab's secret") as again:
        assert again.session is one.session
        assert setup_of(again)["token"] != token
    eventually(lambda: len(BRIDGES) == 0)


@pytest.mark.parametrize("kind", ["shared", "factory", "off"])
def test_a_session_may_have_no_sound_here(kind: str) -> None:
    """A session that somebody else made has no sound on the page, nor has one whose sound is switched off."""
    shared = private()
    source, options = {"shared": (shared, {}), "factory": (private, {}), "off": ("local", {"audio": False})}[kind]
    server = Server(source, **options)
    if kind == "shared":
        del server.options["linger"]
    with server.visit(server.serve()) as rt:
        assert (rt.sound.state, rt.page.setup) == ("none", "")
    shared.aclose().wait(10)


def test_what_the_page_says_can_be_bound_to() -> None:
    """What the page says of its sound is a constant parameter of the view."""
    server = Server("local")
    with server.visit(server.serve()) as rt:
        seen: list[PageState] = []
        rt.param.watch(lambda event: seen.append(event.new), "sound")
        page_says(rt, server.documents[-1], say=SAID)
        assert seen == [rt.sound] == [PageState("connected", "live")]
        with pytest.raises(TypeError, match="'sound'"):
            rt.sound = PageState()


def test_capturing_asks_the_page_for_its_sound() -> None:
    """A verb that wants the microphone has the page start its sound, and so has start_sound()."""
    server = Server("local", autoconnect=True)
    with server.visit(server.serve()) as rt:
        connected(rt)
        assert rt.page.asked == 0
        rt.start_audio_capture()
        eventually(lambda: rt.page.asked == 1)
        rt.start_sound()
        eventually(lambda: rt.page.asked == 2)


def test_the_button_says_what_it_is_for() -> None:
    """The button is blocked without a connection unless it may dial, and may be held; its words may be others."""
    rt = use_realtime("local", output_modalities=("text",))
    plain, dialling = microphone(rt), rt.microphone(connect_on_start=True, push_to_talk=True)
    assert ("blocked" in plain.marks, "blocked" in dialling.marks) == (True, False)
    assert (plain.push_to_talk, dialling.push_to_talk) == (False, True)
    assert json.loads(realtime_audio(rt, words={"name": "Ton"}).marks["words"])["name"] == "Ton"
    assert (level_meter(rt, "output").marks["of"], waveform(rt, shape="wave").marks["shape"]) == ("output", "wave")
    with pytest.raises(RealtimeError, match="connect"):
        plain._handle_msg({"press": True})
    rt.connect()
    eventually(lambda: "blocked" not in plain.marks)
    rt.session.aclose().wait(10)


def test_a_token_opens_the_socket_and_nothing_else_does() -> None:
    """The token in the first message is welcome, uncompressed; a guess is refused, and so is a foreign page."""
    server = Server("local")
    port = server.serve()
    url, origin = f"ws://localhost:{port}{SOCKETS}", f"http://localhost:{port}"
    with server.visit(port) as rt:
        with connect(url, origin=origin, proxy=None) as socket:
            assert answer(socket, hello_of(rt))["type"] == "welcome"
            assert socket.protocol.extensions == []
        with connect(url, origin=origin, proxy=None) as socket, pytest.raises(ConnectionClosed) as closed:
            answer(socket, hello_of(rt, token="a.guess"))
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401
        with pytest.raises(InvalidStatus):
            connect(url, origin="https://elsewhere.example", proxy=None)


def test_a_socket_that_nobody_serves_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """However the serving of a page's socket ends, the socket is closed: no page waits for what does not come."""

    async def fail(*_: object) -> None:
        raise LookupError

    server = Server("local")
    port = server.serve()
    monkeypatch.setattr(BRIDGES, "serve", fail)
    url, origin = f"ws://localhost:{port}{SOCKETS}", f"http://localhost:{port}"
    with connect(url, origin=origin, proxy=None) as socket, pytest.raises(ConnectionClosed):
        socket.recv(10)


@contextmanager
def fastapi(server: Server) -> Iterator[int]:
    """FastAPI with this app at /panel and the binding's router; gives the port."""
    app = FastAPI()
    app.include_router(ROUTER)
    add_application("/panel", app=app)(server.app)
    serving = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=serving.run)
    thread.start()
    try:
        eventually(lambda: serving.started)
        yield serving.servers[0].sockets[0].getsockname()[1]
    finally:
        serving.should_exit = True
        thread.join()


def test_fastapi_serves_the_page_and_its_sockets() -> None:
    """An app of FastAPI's that includes the router lets in the page that has the token."""
    server = Server("local")
    with fastapi(server) as port:
        with urlopen(f"http://127.0.0.1:{port}/panel") as page:
            assert b"bokeh" in page.read()
        (rt,) = server.views
        assert setup_of(rt)["url"] == f".{SOCKETS}"
        with connect(f"ws://127.0.0.1:{port}{SOCKETS}", proxy=None) as socket:
            assert answer(socket, hello_of(rt))["type"] == "welcome"
        forget()
