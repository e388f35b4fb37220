"""Byte pipes: a real WebSocket, one in memory, those that replay a recording."""

from realtime_rx.transports.memory import MemoryTransport
from realtime_rx.transports.replay import Replay, ReplayTransport
from realtime_rx.transports.websocket import WebSocketTransport

__all__ = ["MemoryTransport", "Replay", "ReplayTransport", "WebSocketTransport"]
