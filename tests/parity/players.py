"""Somebody to talk to for each provider: a server on a real socket that answers by rule in that provider's words.

What is the same for all: ``Hello?`` is answered in words, ``tool`` by calling ``get_weather`` for a city and then by
what came of it, ``long`` by more than one wants to hear, ``speech`` is understood as ``heard`` and answered.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from realtime_rx.local import LocalServer, Reply, Turn
from realtime_rx.local.brain import Returned, Said, ToolCall

from ..local.conftest import SlowWords
from ..local.hearing import Loud, Typist, quiet, voice
from ..support import dialect_server, elevenlabs_agent, gemini_model
from ..support.elevenlabs_server import AGENT, elevenlabs
from ..support.elevenlabs_server import KEY as ELEVENLABS_KEY
from ..support.gemini_server import KEY as GEMINI_KEY
from ..support.gemini_server import gemini
from ..support.manners import MANNERS

Options = dict[str, Any]


@dataclass(frozen=True)
class Player:
    """``serve`` gives the options of ``use_realtime`` that lead to it. ``greeting`` is what it says unasked."""

    serve: Callable[[], AbstractAsyncContextManager[Options]]
    tool: str
    long: str
    speech: tuple[bytes, ...]
    heard: str
    greeting: str = ""


@asynccontextmanager
async def openai_family(name: str) -> AsyncIterator[Options]:
    async with dialect_server.speaking(name) as server:
        path = "/v4/ai" if name == "gateway" else "" if name.startswith("azure") else "/v1"
        yield {"model": name, "api_key": "k-0123456789", "base_url": f"{server.base_url}{path}"}


@asynccontextmanager
async def google() -> AsyncIterator[Options]:
    async with gemini(gemini_model.talk) as server:
        yield {"model": "google:gemini-test", "api_key": GEMINI_KEY, "base_url": server.base_url}


@asynccontextmanager
async def elevenlabs_agents() -> AsyncIterator[Options]:
    async with elevenlabs(elevenlabs_agent.talk) as server:
        yield {"model": f"elevenlabs:{AGENT}", "api_key": ELEVENLABS_KEY, "base_url": server.base_url}


@asynccontextmanager
async def embedded() -> AsyncIterator[Options]:
    server = LocalServer(brain=by_rule, voice=SlowWords(), ear=Typist(text="hello from a voice"))
    async with server:
        server._vad = Loud
        yield {"model": "local", "base_url": server.url}


def by_rule(turn: Turn) -> Reply:
    last = turn.history[-1] if turn.history else None
    if isinstance(last, Returned):
        return last.output
    match turn.text:
        case "Weather?":
            return ToolCall("get_weather", {"city": "London"})
        case "Slowly." if isinstance(last, Said) and last.role == "user":
            return "Once upon a time " * 200
        case _:
            return "It is noon."


PIECES = (bytes(4800),) * 3


def member(name: str) -> Player:
    return Player(partial(openai_family, name), "Weather?", "Slowly.", PIECES, dialect_server.HEARD)


PLAYERS: Mapping[str, Player] = {
    **{name: member(name) for name in MANNERS},
    "elevenlabs": Player(
        elevenlabs_agents, "the weather?", "a story!", (bytes(3200),) * 3, elevenlabs_agent.HEARD[-1], "Hi!"
    ),
    "google": Player(google, "the weather?", "a story!", (bytes(3200),) * 3, "".join(gemini_model.HEARD)),
    "local": Player(embedded, "Weather?", "Slowly.", (voice(600), quiet(900)), "hello from a voice"),
}
