"""A WebSocket on the ``websockets`` library, whose errors are mapped here and nowhere else.

Compression is off: inflating an audio frame costs more than all the rest of its way. Frames may be large: 16 seconds of
sound are 1 MiB of base64. A server that says Close and keeps the TCP connection open has the close timeout to end it;
the library itself would wait until its pings fail. Redirects are not followed: they could carry a key to another host.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import ssl
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHeader,
    InvalidProxy,
    InvalidStatus,
    InvalidURI,
    ProxyError,
    WebSocketException,
)
from websockets.typing import Subprotocol

from realtime_rx.abc import Endpoint, Frame, Take
from realtime_rx.errors import AuthenticationError, ConnectError, ConnectionLostError
from realtime_rx.transports.delivery import Socket

__all__ = ["WebSocketTransport"]

MAX_FRAME = 64 * 2**20
ABNORMAL = 1006

wire_log = logging.getLogger("realtime_rx.wire")
wire_log.setLevel(logging.INFO)  # below that, the library writes request headers, keys included, into the log


class Dialler(connect):
    """A dial that ends at the address that was dialled."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


class WebSocketTransport:
    """One WebSocket connection.

    ``proxy``: True takes the environment's, except for this machine; None none, a URL that one. ``ssl_context``: for
    certificates of one's own.
    ``ping_interval`` and ``ping_timeout`` in seconds find a half-open connection; None: no pings. Some servers answer
    pings behind what they have to say, up to half a minute late.
    """

    def __init__(
        self,
        *,
        proxy: str | Literal[True] | None = True,
        ssl_context: ssl.SSLContext | None = None,
        ping_interval: float | None = 20.0,
        ping_timeout: float | None = 40.0,
        close_timeout: float = 2.0,
        max_frame: int = MAX_FRAME,
    ) -> None:
        self._proxy: str | Literal[True] | None = proxy
        self._ssl = ssl_context
        self._ping_interval = ping_interval
        self._ping_timeout = ping_timeout
        self._close_timeout = close_timeout
        self._max_frame = max_frame
        self._socket: Socket | None = None
        self._endpoint: Endpoint | None = None

    async def open(self, endpoint: Endpoint) -> None:
        """Dial. Raises :class:`ConnectError` or :class:`AuthenticationError`; neither shows a key."""
        self._endpoint = endpoint
        own = self._ssl if endpoint.url.startswith("wss:") else None
        secure: dict[str, Any] = {"ssl": own} if own is not None else {}
        try:
            socket = await Dialler(
                endpoint.url,
                create_connection=Socket,
                logger=wire_log,
                additional_headers=endpoint.headers,
                subprotocols=[Subprotocol(name) for name in endpoint.subprotocols] or None,
                compression=None,
                proxy=None if self._proxy is True and is_loopback(endpoint.url) else self._proxy,
                max_size=self._max_frame,
                open_timeout=None,
                ping_interval=self._ping_interval,
                ping_timeout=self._ping_timeout,
                close_timeout=self._close_timeout,
                **secure,
            )
        except (WebSocketException, OSError, EOFError) as error:
            failure = undialled(endpoint, error)
        else:
            self._socket = cast(Socket, socket)
            return
        raise failure  # out here it has no cause: that quotes a URL, or what the server said, and either may hold a key

    async def send(self, frame: Frame) -> None:
        """Send one frame. Raises :class:`ConnectionLostError`."""
        try:
            return await self._opened().send(frame)
        except ConnectionClosed as error:
            lost = self._lost(error)
        raise lost  # without a cause, as above

    async def deliver(self, take: Take) -> None:
        """Hand each frame to ``take`` as it is read, as bytes. Ends by raising :class:`ConnectionLostError`."""
        try:
            return await self._opened().deliver(take)
        except ConnectionClosed as error:
            lost = self._lost(error)
        raise lost

    async def close(self) -> None:
        """Hang up within about the close timeout."""
        socket, self._socket = self._socket, None
        if socket is None:
            return
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._close_timeout + 1.0):
                    await socket.close()
        finally:
            socket.transport.abort()

    def _lost(self, error: ConnectionClosed) -> ConnectionLostError:
        """What a close means; a close that we did not ask for is a loss whatever its code."""
        close = error.rcvd or error.sent
        if close is None:
            return ConnectionLostError(ABNORMAL)
        return ConnectionLostError(
            close.code, self._endpoint.redacted(close.reason) if self._endpoint else close.reason
        )

    def _opened(self) -> Socket:
        if self._socket is None:
            raise ConnectionLostError(ABNORMAL, "not open")
        return self._socket


def undialled(endpoint: Endpoint, error: Exception) -> ConnectError:
    """Why there is no socket, without what we showed. Headers of the server's are not repeated at all: where one is
    wrong, it may be ours in another guise."""
    said, silent = endpoint.redacted(str(error)), f"{endpoint.address} does not answer as a WebSocket server"
    match error:
        case InvalidStatus(response=response):
            return refused(endpoint, response.status_code, bytes(response.body or b""))
        case InvalidURI():
            return ConnectError(f"{endpoint.address!r} is not a WebSocket address")
        case InvalidProxy(msg=why):
            return ConnectError(f"the proxy's address cannot be used: {why}")
        case InvalidHeader(name=name):
            return ConnectError(f"{silent}: its {name} header is missing or wrong")
        case ProxyError():
            return ConnectError(f"the proxy does not let us through to {endpoint.address}: {said}")
        case ssl.SSLError():
            return ConnectError(f"no trusted TLS connection to {endpoint.address}: {said}")
        case OSError():
            return ConnectError(f"cannot reach {endpoint.address}: {said}")
        case _:
            return ConnectError(f"{silent}: {said}")


def refused(endpoint: Endpoint, status: int, body: bytes) -> ConnectError:
    """What an HTTP status at the handshake means."""
    said = endpoint.redacted(body.decode(errors="replace").strip())[:200]
    detail = f": {said}" if said else ""
    if status in (401, 403):
        message = f"{endpoint.address} refused the key (HTTP {status}){detail}"
        return AuthenticationError(message, http_status=status)
    return ConnectError(f"{endpoint.address} answered HTTP {status} instead of a WebSocket{detail}", http_status=status)


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine, where no proxy leads."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
