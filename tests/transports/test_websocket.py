"""The WebSocket: what can go wrong with one, each under its own name; keys stay out of it."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from traceback import TracebackException

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response
from websockets.utils import accept_key

from realtime_rx.abc import Endpoint
from realtime_rx.errors import (
    AuthenticationError,
    ConfigurationError,
    ConnectError,
    ConnectTimeoutError,
)
from realtime_rx.transports import WebSocketTransport

from ..support.certificates import self_signed
from ..support.frames import text_turn
from ..support.server import KEY, listening, saying, serving, session_at
from ..support.waiting import tasks, until

Answer = Callable[[ServerConnection, Request], Response]


def answering(status: HTTPStatus, body: str = "", **headers: str) -> Answer:
    def answer(socket: ServerConnection, request: Request) -> Response:
        response = socket.respond(status, body)
        response.headers.update(headers)
        return response

    return answer


async def refuses(base_url: str, kind: type[ConnectError], **options: object) -> ConnectError:
    """The error that connecting to that address ends with, of exactly this kind."""
    session = session_at(base_url, **options)
    with pytest.raises(kind) as caught:
        await session.connect()
    assert type(caught.value) is kind
    assert session.state.error is not None
    assert (session.state.status, session.state.error.message) == ("error", str(caught.value))
    assert KEY not in f"{caught.value!r}{session.state.to_json()!r}"
    await session.aclose()
    assert tasks() == set()
    return caught.value


async def unused_port() -> int:
    async with listening(_nothing) as address:
        return int(address.rpartition(":")[2])


async def _nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    return


async def _silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def test_a_refused_socket() -> None:
    """A port where nobody listens is a ConnectError with the address."""
    port = await unused_port()
    error = await refuses(f"http://127.0.0.1:{port}/v1", ConnectError)
    assert f"cannot reach ws://127.0.0.1:{port}/v1/realtime" in str(error)


async def test_a_host_that_does_not_exist() -> None:
    """A name that nobody knows is a ConnectError with the address."""
    assert "cannot reach ws://nowhere.invalid" in str(await refuses("http://nowhere.invalid/v1", ConnectError))


async def test_a_server_that_is_no_websocket_server() -> None:
    """A server that speaks something else is a ConnectError."""

    async def chatter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        await writer.drain()

    async with listening(chatter) as address:
        assert "does not answer as a WebSocket server" in str(await refuses(f"http://{address}", ConnectError))


def switching(request: dict[str, str], **headers: str) -> str:
    """The head of an answer that opens the socket, with these instead of its own."""
    opening = {"Upgrade": "websocket", "Connection": "Upgrade"}
    opening["Sec-WebSocket-Accept"] = accept_key(request["sec-websocket-key"])
    lines = (f"{name}: {value}" for name, value in {**opening, **headers}.items())
    return "\r\n".join(("HTTP/1.1 101 Switching Protocols", *lines))


ECHOES: dict[str, Callable[[dict[str, str], str], str]] = {
    "upgrade": lambda request, shown: switching(request, Upgrade=shown),
    "accept": lambda request, shown: switching(request, **{"Sec-WebSocket-Accept": shown}),
    "subprotocol": lambda request, shown: switching(request, **{"Sec-WebSocket-Protocol": shown.replace(" ", "_")}),
    "status line": lambda _, shown: f"YOU SAID {shown}",
    "header": lambda request, shown: f"{switching(request)}\r\nYou said {shown}",
}


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("shows", ["headers", "subprotocols"])
async def test_a_handshake_that_echoes_the_key(echo: str, shows: str) -> None:
    """A server that makes a mess of the handshake of what it was shown is a ConnectError without the key, in its words,
    in what led to it, and where it was raised."""

    async def repeat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = [line.split(": ", 1) for line in head.split("\r\n")[1:] if line]
        request = {name.lower(): value for name, value in lines}
        shown = request["authorization" if shows == "headers" else "sec-websocket-protocol"]
        writer.write(f"{ECHOES[echo](request, shown)}\r\n\r\n".encode())
        await writer.drain()

    shown = {"headers": {"Authorization": f"Bearer {KEY}"}} if shows == "headers" else {"subprotocols": ("v1", KEY)}
    async with listening(repeat) as address:
        with pytest.raises(ConnectError, match="does not answer as a WebSocket server") as caught:
            await WebSocketTransport().open(Endpoint(url=f"ws://{address}/v1", **shown))
    error = caught.value
    assert (error.__cause__, error.__context__) == (None, None)
    frames = TracebackException.from_exception(error, capture_locals=True).stack[1:]
    assert KEY not in f"{error!r}{[frame.locals for frame in frames]}"


async def test_a_server_that_hangs_up_at_once() -> None:
    """A server that closes the TCP connection during the handshake is a ConnectError."""
    async with listening(_nothing) as address:
        await refuses(f"http://{address}", ConnectError)


async def test_a_server_that_never_answers() -> None:
    """A server that accepts and says nothing is given up, and the socket is closed."""
    async with listening(_silence) as address:
        await refuses(f"http://{address}", ConnectTimeoutError, connect_timeout=0.05)


async def test_hanging_up_during_the_handshake() -> None:
    """disconnect() while the handshake hangs returns at once and leaves no socket behind."""
    called, gone = asyncio.Event(), asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        called.set()
        await reader.read()
        gone.set()

    async with listening(wait) as address:
        session = session_at(f"http://{address}")
        connecting = session.connect()
        await asyncio.wait_for(called.wait(), 5)
        await asyncio.wait_for(session.disconnect(), 5)
        await asyncio.wait_for(gone.wait(), 5)
        with pytest.raises(ConnectError):
            await connecting
        assert tasks() == set()
        await session.aclose()


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (HTTPStatus.UNAUTHORIZED, AuthenticationError, "http_401"),
        (HTTPStatus.FORBIDDEN, AuthenticationError, "http_403"),
        (HTTPStatus.NOT_FOUND, ConnectError, "http_404"),
        (HTTPStatus.TOO_MANY_REQUESTS, ConnectError, "http_429"),
        (HTTPStatus.INTERNAL_SERVER_ERROR, ConnectError, "http_500"),
    ],
)
async def test_an_http_status_instead_of_a_websocket(status: HTTPStatus, kind: type[ConnectError], code: str) -> None:
    """A refused handshake is an error with the status and the server's words, without the key that it echoes."""
    async with serving(saying(), process_request=answering(status, f"not with {KEY}")) as server:
        error = await refuses(server.base_url, kind)
        assert (error.code, error.http_status) == (code, status)
        assert "not with ***" in str(error)


async def test_a_redirect_is_not_followed() -> None:
    """A server that points elsewhere is a ConnectError: the key goes to nobody but the one that was dialled."""
    async with serving(saying()) as other:
        moved = answering(HTTPStatus.TEMPORARY_REDIRECT, Location=f"ws://{other.address}/v1/realtime")
        async with serving(saying(), process_request=moved) as server:
            assert (await refuses(server.base_url, ConnectError)).code == "http_307"
        assert other.callers == []


@pytest.mark.parametrize("base_url", ["ws://", "ftp://127.0.0.1/v1", "127.0.0.1:80"])
async def test_an_address_that_is_none(base_url: str) -> None:
    """An address that cannot be dialled is named when connecting."""
    session = session_at(base_url)
    with pytest.raises(ConfigurationError, match="base_url"):
        await session.connect()
    await session.aclose()


async def test_a_proxy_that_refuses() -> None:
    """A proxy that does not let us through is a ConnectError that says so."""

    async def deny(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with listening(deny) as address:
        error = await refuses("http://realtime.invalid/v1", ConnectError, proxy=f"http://{address}")
        assert "the proxy does not let us through" in str(error)


async def test_a_proxy_that_is_not_there() -> None:
    """A proxy that cannot be reached is a ConnectError."""
    proxy = f"http://127.0.0.1:{await unused_port()}"
    await refuses("http://realtime.invalid/v1", ConnectError, proxy=proxy)


async def test_a_proxy_whose_password_stays_secret() -> None:
    """A proxy address that cannot be used is named without the password in it."""
    error = await refuses("http://realtime.invalid/v1", ConnectError, proxy="gopher://me:hunter22@proxy")
    assert "hunter22" not in f"{error}{error.__cause__}"


async def test_the_environments_proxy_is_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment does not come between us and a server on this machine."""
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{await unused_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    async with serving(saying()) as server, session_at(server.base_url) as session:
        assert session.state.status == "connected"


async def test_a_certificate_that_nobody_trusts(tmp_path: Path) -> None:
    """A self-signed certificate is refused, and accepted with an ssl_context that trusts it."""
    certificate = self_signed(tmp_path)
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(certificate, tmp_path / "key.pem")
    async with serving(saying(), ssl=own) as server:
        base_url = server.base_url.replace("http:", "https:")
        assert "no trusted TLS connection" in str(await refuses(base_url, ConnectError))
        async with session_at(base_url, ssl_context=ssl.create_default_context(cafile=certificate)) as session:
            assert session.state.status == "connected"


async def test_the_key_goes_into_the_header_and_nowhere_else(caplog: pytest.LogCaptureFixture) -> None:
    """The key reaches the server in its header, and no log shows it, however talkative the logs are."""
    seen = list[str]()

    def look(socket: ServerConnection, request: Request) -> None:
        seen.append(request.headers["Authorization"])

    caplog.set_level(logging.DEBUG)
    async with (
        serving(saying(*text_turn("Hi")), process_request=look) as server,
        session_at(server.base_url) as session,
    ):
        await until(session, lambda state: len(state.messages) == 1)
        state = session.state
    assert seen == [f"Bearer {KEY}"]
    assert KEY not in f"{caplog.text}{session!r}{session.provider!r}{state.to_json()!r}{state!r}"


@pytest.mark.parametrize("key", [f"{KEY}\n", f"{KEY}…", f"{KEY}\r\nX-Other: 1"])
async def test_a_key_that_no_header_can_hold(key: str) -> None:
    """A key with a line break, as from a file, or a character of no key is a ConfigurationError that names the header
    and not the key; nothing is dialled."""
    session = session_at("http://127.0.0.1:9/v1", key=key)
    with pytest.raises(ConfigurationError, match="Authorization cannot be sent") as caught:
        await session.connect()
    assert KEY not in f"{caught.value!r}{caught.value.__cause__!r}{caught.value.__context__!r}{session.state!r}"
    await session.aclose()


async def test_sound_is_not_compressed() -> None:
    """A provider that would compress is not asked to: it takes time for every frame of sound, and saves nothing."""
    offers = list[str | None]()

    def look(socket: ServerConnection, request: Request) -> None:
        offers.append(request.headers.get("Sec-WebSocket-Extensions"))

    async with (
        serving(saying(), process_request=look, compression="deflate") as server,
        session_at(server.base_url),
    ):
        assert offers == [None]
