"""Byte pipes: a real WebSocket, one in memory, one that replays a recording."""

from realtime_rx.transports.memory import MemoryTransport
from realtime_rx.transports.replay import ReplayTransport
from realtime_rx.transports.websocket import WebSocketTransport

__all__ = ["MemoryTransport", "ReplayTransport", "WebSocketTransport"]
