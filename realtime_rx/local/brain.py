"""The seam between the server and what thinks: a turn goes in, words or tool calls come out."""

import inspect
from asyncio import to_thread
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from .errors import BrainError
from .protocol import Json


@dataclass(frozen=True, slots=True)
class Said:
    """A message. `role` is "user", "assistant" or "system"."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Called:
    """A tool call the model made; `arguments` is the JSON text it was made with."""

    name: str
    arguments: str
    call_id: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What the application answered to the call `call_id` of the tool `name`."""

    name: str
    output: str
    call_id: str


Step: TypeAlias = Said | Called | Returned


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Everything a brain may know when it has to answer."""

    history: Sequence[Step] = ()
    instructions: str = ""
    tools: Sequence[Json] = ()
    """Function tools as the client declared them: `name`, `description`, `parameters` (JSON Schema)."""
    tool_choice: str | Json = "auto"
    """"none", "auto", "required", or `{"type": "function", "name": ...}`."""
    asked: str = ""
    """Instructions that came with this one response ("greet the user"), else empty."""

    @property
    def text(self) -> str:
        """The last thing the user said, or an empty string."""
        said = (step.text for step in reversed(self.history) if isinstance(step, Said) and step.role == "user")
        return next(said, "")


@dataclass(frozen=True, slots=True)
class ToolCall:
    name: str
    arguments: Json


Reply: TypeAlias = str | ToolCall | Sequence[str | ToolCall]
Brain: TypeAlias = Callable[[Turn], Reply | Awaitable[Reply]]
"""A plain function (run in a thread, it may block), an async function, or an object with such a `__call__`."""


async def think(brain: Brain, turn: Turn) -> Sequence[str | ToolCall]:
    """Ask `brain`; what it raises comes out, an answer of the wrong kind is a BrainError."""
    if inspect.iscoroutinefunction(brain) or inspect.iscoroutinefunction(getattr(brain, "__call__", None)):  # noqa: B004
        answer: Any = brain(turn)
    else:
        answer = await to_thread(brain, turn)
    if inspect.isawaitable(answer):
        answer = await answer
    reply: list[Any] = [answer] if isinstance(answer, str | ToolCall) else list(answer or ())
    if not all(isinstance(part, str | ToolCall) for part in reply):
        raise BrainError(f"A brain answers with text or tool calls, not with {answer!r}.")
    return reply


def history(items: Iterable[Json]) -> tuple[Step, ...]:
    """Wire items as steps; an output without its call keeps its id and has no name."""
    kept = list(items)
    names = {item["call_id"]: item["name"] for item in kept if item["type"] == "function_call"}
    return tuple(_step(item, names) for item in kept)


def _step(item: Json, names: dict[str, str]) -> Step:
    match item:
        case {"type": "function_call"}:
            return Called(item["name"], item["arguments"], item["call_id"])
        case {"type": "function_call_output"}:
            return Returned(names.get(item["call_id"], ""), item["output"], item["call_id"])
        case _:
            return Said(item["role"], " ".join(filter(None, map(_words, item["content"]))))


def _words(part: Json) -> str:
    return part.get("text") or part.get("transcript") or ""


def arguments_json(call: ToolCall) -> str:
    return msgspec.json.encode(call.arguments).decode()
