"""A visitor's microphone and speakers, in their browser, for any web framework.

The page loads ``static/bridge.js``, plain modules without a build step, and calls ``createBridge``. The server has an
:class:`AudioBridge` for each visitor, gives the page its token, and serves the page's sockets by :class:`Bridges`::

    bridges = Bridges()
    bridge = AudioBridge()                                    # .microphone and .speaker are for a session
    token = bridges.add(bridge)                               # for the page
    socket = await AiohttpSocket.accept(request)              # in the server's WebSocket route
    await bridges.serve(socket, request.headers.get("Origin"))
    return socket.response

``protocol``               what is said on the socket
``outbox`` ``allowance``   pacing and counting; pure
``microphone`` ``speaker`` the two devices
``link`` ``bridge``        one socket; one visitor
``registry`` ``passes``    who is let in, and by what
``sockets``                servers' WebSockets
"""

from pathlib import Path

from realtime_rx.audio.bridge.bridge import AudioBridge
from realtime_rx.audio.bridge.registry import Bridges
from realtime_rx.audio.bridge.sockets import AiohttpSocket, Socket, StarletteSocket
from realtime_rx.audio.bridge.speaker import Ear

__all__ = ["AiohttpSocket", "AudioBridge", "Bridges", "Ear", "Socket", "StarletteSocket", "STATIC"]

STATIC = Path(__file__).with_name("static")
"""The page's modules: to be served as they are, side by side."""
