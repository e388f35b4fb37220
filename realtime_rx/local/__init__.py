"""The embedded provider: an OpenAI Realtime server in this process, without a key and without a network.

It is the default model where there is no key, and a peer to test against. It is not an assistant: it knows a few
things, calls the session's tools when a word names them, speaks where a synthesiser is installed, and hears where a
recogniser is: its small vocabulary well, anything else badly.
Real: turn detection, event order, cancel, truncate, tools, errors, sound. Estimated: usage and rate limits. Refused:
images, MCP tools, stored prompts.
"""

from .brain import Brain, Called, Reply, Returned, Said, ToolCall, Turn
from .chat_brain import ChatCompletionsBrain
from .ear import Ear, Hearing
from .embedded import EmbeddedServer, embedded
from .engine import Engine
from .errors import BrainError, ClientError, HearingError, SpeechError
from .keyword_brain import KeywordBrain
from .pace import AT_ONCE, Pace
from .server import LocalServer, ServerCapabilities
from .voice import Utterance, Voice, Word

__all__ = [
    "AT_ONCE",
    "Brain",
    "BrainError",
    "Called",
    "ChatCompletionsBrain",
    "ClientError",
    "Ear",
    "embedded",
    "EmbeddedServer",
    "Engine",
    "Hearing",
    "HearingError",
    "KeywordBrain",
    "LocalServer",
    "Pace",
    "Reply",
    "Returned",
    "Said",
    "ServerCapabilities",
    "SpeechError",
    "ToolCall",
    "Turn",
    "Utterance",
    "Voice",
    "Word",
]
