"""realtime-rx: provider events in, one immutable session state out, as streams.

``use_realtime()`` gives a session; ``reduce(state, event)`` is what it runs on.
"""

from __future__ import annotations

from realtime_rx.abc import Capabilities, Codec, Endpoint, Provider, Transport
from realtime_rx.callbacks import Callbacks
from realtime_rx.client import default_model, use_realtime
from realtime_rx.config import SessionConfig, ToolDefinition, Transcription, TurnDetection
from realtime_rx.effects import CallTool, Effect, PlayAudio, Send
from realtime_rx.errors import (
    AudioDeviceError,
    AuthenticationError,
    ConfigurationError,
    ConnectError,
    ConnectionLostError,
    ConnectTimeoutError,
    DivergenceError,
    MissingKeyError,
    NotConnectedError,
    ProtocolError,
    ProviderError,
    RealtimeError,
    RealtimeErrorInfo,
    ToolError,
    UnknownProviderError,
    UnknownToolError,
)
from realtime_rx.events import ClientEvent, Event, LocalEvent, ServerEvent
from realtime_rx.formats import AudioFormat
from realtime_rx.items import AudioPart, ImagePart, Item, Part, TextPart, ToolApproval, ToolPart, Usage
from realtime_rx.options import Options
from realtime_rx.policies import ReconnectPolicy, ToolLimits, Watchdogs
from realtime_rx.providers import get_provider
from realtime_rx.recordings import Recording, record
from realtime_rx.reducer import reduce
from realtime_rx.runtime import Completion
from realtime_rx.selectors import to_ui_messages
from realtime_rx.session import RealtimeSession
from realtime_rx.setup_endpoint import setup_endpoint
from realtime_rx.state import Message, Mode, SessionState, Status
from realtime_rx.store import Store
from realtime_rx.tools import Tool, ToolContext, tool, tool_definitions
from realtime_rx.transports import MemoryTransport, Replay, ReplayTransport, WebSocketTransport
from realtime_rx.ui_messages import from_ui_messages
from realtime_rx.version import __version__

__all__ = [
    "__version__",
    "AudioDeviceError",
    "AudioFormat",
    "AudioPart",
    "AuthenticationError",
    "Callbacks",
    "CallTool",
    "Capabilities",
    "ClientEvent",
    "Codec",
    "Completion",
    "ConfigurationError",
    "ConnectError",
    "ConnectionLostError",
    "ConnectTimeoutError",
    "default_model",
    "DivergenceError",
    "Effect",
    "Endpoint",
    "Event",
    "from_ui_messages",
    "get_provider",
    "ImagePart",
    "Item",
    "LocalEvent",
    "MemoryTransport",
    "Message",
    "MissingKeyError",
    "Mode",
    "NotConnectedError",
    "Options",
    "Part",
    "PlayAudio",
    "ProtocolError",
    "Provider",
    "ProviderError",
    "RealtimeError",
    "RealtimeErrorInfo",
    "RealtimeSession",
    "ReconnectPolicy",
    "record",
    "Recording",
    "reduce",
    "Replay",
    "ReplayTransport",
    "Send",
    "ServerEvent",
    "SessionConfig",
    "SessionState",
    "setup_endpoint",
    "Status",
    "Store",
    "TextPart",
    "to_ui_messages",
    "Tool",
    "tool",
    "tool_definitions",
    "ToolApproval",
    "ToolContext",
    "ToolDefinition",
    "ToolError",
    "ToolLimits",
    "ToolPart",
    "Transcription",
    "Transport",
    "TurnDetection",
    "UnknownProviderError",
    "UnknownToolError",
    "Usage",
    "use_realtime",
    "Watchdogs",
    "WebSocketTransport",
]
