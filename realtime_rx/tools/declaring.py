"""``@tool``: a function, and what the model is told of it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeAlias, cast, overload

from msgspec import UNSET, UnsetType

from realtime_rx.config import ToolDefinition
from realtime_rx.errors import ConfigurationError
from realtime_rx.tools.arguments import Arguments, arguments_of
from realtime_rx.tools.context import ToolContext
from realtime_rx.tools.docstrings import described
from realtime_rx.tools.results import result_of
from realtime_rx.tools.threads import in_thread

__all__ = ["NeedsApproval", "Tool", "tool"]

NeedsApproval: TypeAlias = bool | Callable[[Mapping[str, Any]], bool | Awaitable[bool]]
"""Whether a person has to allow a call: always, never, or by its checked arguments."""
Begun: TypeAlias = Callable[[asyncio.Future[Any]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function and what the model is told of it."""

    definition: ToolDefinition
    function: Callable[..., Any]
    arguments: Arguments
    needs_approval: NeedsApproval = False
    timeout_s: float | UnsetType | None = UNSET
    serial: bool = False

    @property
    def name(self) -> str:
        return self.definition.name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function itself, so that a decorated function is still one."""
        return self.function(*args, **kwargs)

    async def run(self, given: Any, context: ToolContext | None = None) -> Any:
        """What the function makes of the model's arguments, as JSON's types. Raises :class:`ToolError`."""
        value = await self.call(self.checked(given), context or ToolContext())
        return result_of(value, self.name).output

    def checked(self, given: Any) -> dict[str, Any]:
        """The model's arguments as the types of the signature. Raises :class:`ToolError` naming what is wrong."""
        return self.arguments.checked(given, self.name)

    async def wants_approval(self, values: Mapping[str, Any]) -> bool:
        if not callable(self.needs_approval):
            return self.needs_approval
        wanted = self.needs_approval(values)
        return bool(await wanted) if inspect.isawaitable(wanted) else bool(wanted)

    async def call(self, values: Mapping[str, Any], context: ToolContext, begun: Begun | None = None) -> Any:
        """What the function returns, or the last thing that it yields; what it yields is reported to ``context``.

        A plain function runs in a thread, which goes on when this is cancelled: ``begun`` is given what is over then.
        """
        arguments = dict(values)
        if self.arguments.context is not None:
            arguments[self.arguments.context] = context
        if is_asynchronous(self.function):
            return await outcome(self.function(**arguments), context)
        thread = in_thread(lambda: drained(self.function(**arguments), context), name=f"tool {self.name}")
        if begun is not None:
            begun(thread)
        return await outcome(await asyncio.shield(thread), context)


def is_asynchronous(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def drained(result: Any, context: ToolContext) -> Any:
    """In a thread: what a generator yields is progress, and the last of it the output."""
    if not inspect.isgenerator(result):
        return result
    last: Any = None
    for value in cast("Generator[Any, Any, Any]", result):
        if context.cancelled:
            result.close()
            return None
        last = value
        context.report(value)
    return last


async def outcome(result: Any, context: ToolContext) -> Any:
    """On the loop: the same for what has to be awaited."""
    if inspect.isasyncgen(result):
        last: Any = None
        async with aclosing(cast("AsyncGenerator[Any, Any]", result)) as values:
            async for value in values:
                last = value
                context.report(value)
        return last
    return await result if inspect.isawaitable(result) else result


@overload
def tool(function: Callable[..., Any], /) -> Tool: ...
@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    needs_approval: NeedsApproval = False,
    timeout_s: float | UnsetType | None = UNSET,
    serial: bool = False,
) -> Callable[[Callable[..., Any]], Tool]: ...
def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    needs_approval: NeedsApproval = False,
    timeout_s: float | UnsetType | None = UNSET,
    serial: bool = False,
) -> Tool | Callable[[Callable[..., Any]], Tool]:
    """Make a function a tool: ``@tool``, or ``@tool(name=…, description=…)``.

    The description is the docstring's; a parameter's is the docstring's too (Google's, NumPy's or Sphinx's style, or a
    line ``city: where to look``) or ``Annotated[str, "where to look"]``. A parameter that is a :class:`ToolContext` is
    given that. A generator's last value is its output, those before it show how far it got.

    ``needs_approval``: a person has to allow the call, always or where a function of its checked arguments says so.
    ``timeout_s``: how long the model waits for it, instead of the session's ``ToolLimits``; None: for ever.
    ``serial``: no two calls of it run at once in a session.

    Raises :class:`ConfigurationError` naming the tool, and the parameter that has no JSON schema.
    """

    def decorate(decorated: Callable[..., Any]) -> Tool:
        if not callable(decorated):
            raise ConfigurationError(f"a tool is a function, not of type {type(decorated).__name__}")
        title = name or getattr(decorated, "__name__", None) or type(decorated).__name__
        if timeout_s is not UNSET and timeout_s is not None and timeout_s <= 0:
            raise ConfigurationError(f"tool {title!r}: timeout_s is {timeout_s}, and must be more than 0")
        arguments = arguments_of(decorated, title)
        words = described(decorated, arguments.names)
        definition = ToolDefinition(
            name=title,
            description=words.text if description is None else description,
            parameters=arguments.schema(words.parameters),
        )
        return Tool(
            definition=definition,
            function=decorated,
            arguments=arguments,
            needs_approval=needs_approval,
            timeout_s=timeout_s,
            serial=serial,
        )

    return decorate if function is None else decorate(function)
