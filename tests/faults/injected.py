"""What can go wrong with a connection, as it is done to it at one of its frames."""

import json
from collections.abc import Mapping

from .scripted import Fault, Provider


def closing(code: int) -> Fault:
    async def fault(provider: Provider) -> None:
        await provider.caller.socket.close(code, "as the test has it")

    return fault


def saying(*frames: str | bytes) -> Fault:
    """Something that makes no sense is said; the conversation goes on behind it."""

    async def fault(provider: Provider) -> None:
        await provider.caller.say(*frames)

    return fault


async def dying(provider: Provider) -> None:
    """The server is gone without a word."""
    provider.caller.socket.transport.abort()


async def hanging(provider: Provider) -> None:
    """The server is there, and neither reads nor says anything: only a ping finds that out."""
    provider.caller.socket.transport.pause_reading()
    try:
        await provider.caller.socket.wait_closed()
    finally:
        provider.caller.socket.transport.abort()


WRONG_TYPES = (
    {"type": 5},
    {"type": "response.done", "response": 7},
    {"type": "response.output_item.added", "item": []},
    {"type": "conversation.item.added", "item": None, "previous_item_id": {}},
    {"type": "error", "error": "no"},
    {"type": "session.updated", "session": [1]},
)
ENDINGS: Mapping[str, Fault] = {
    "dies": dying,
    "1000": closing(1000),
    "1001": closing(1001),
    "1011": closing(1011),
    "1012": closing(1012),
    "a huge frame": saying("x" * 2**18 + "x"),
}
"""The connection is gone."""
FINAL: Mapping[str, Fault] = {"1002": closing(1002), "1008": closing(1008), "4000": closing(4000)}
"""The connection is gone, and another one would fare no better."""
NONSENSE: Mapping[str, Fault] = {
    "bytes": saying(bytes(range(256))),
    "truncated JSON": saying('{"type": "response.do'),
    "no JSON": saying(""),
    "a list": saying("[[[]]]"),
    "deep JSON": saying("[" * 5_000),
    "wrong types": saying(*map(json.dumps, WRONG_TYPES)),
}
"""The connection stays."""
SILENCE: Mapping[str, Fault] = {"hangs": hanging}
