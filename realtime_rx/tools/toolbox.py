"""The tools of one session, and what a provider can be told of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from realtime_rx.abc import Provider
from realtime_rx.config import SessionConfig, ToolDefinition
from realtime_rx.effects import CallTool
from realtime_rx.errors import ConfigurationError, UnknownToolError
from realtime_rx.policies import ToolLimits
from realtime_rx.tools.declaring import Tool, tool

__all__ = ["check_tools", "OnToolCall", "tool_definitions", "Toolbox"]


OnToolCall: TypeAlias = Callable[[CallTool], Any]


class Toolbox:
    """The tools of one session, by name; ``on_tool_call`` answers for others, ``limits`` hold for all."""

    def __init__(
        self,
        tools: Iterable[Tool | Callable[..., Any]] = (),
        on_tool_call: OnToolCall | None = None,
        limits: ToolLimits | None = None,
    ) -> None:
        self.on_tool_call = on_tool_call
        self.limits = limits or ToolLimits()
        made = [each if isinstance(each, Tool) else tool(each) for each in tools]
        self._tools = {each.name: each for each in made}
        if len(self._tools) < len(made):
            raise ConfigurationError(f"two tools have one name among {[each.name for each in made]}")

    @property
    def definitions(self) -> tuple[ToolDefinition, ...]:
        """What the model is told of them."""
        return tuple(each.definition for each in self._tools.values())

    def __contains__(self, name: str) -> bool:
        return name in self._tools

    def get(self, name: str) -> Tool:
        """The tool of that name. Raises :class:`UnknownToolError` naming those there are."""
        found = self._tools.get(name)
        if found is None:
            raise UnknownToolError(f"there is no tool {name!r}; there are: {', '.join(self._tools) or 'none'}")
        return found


def tool_definitions(tools: Iterable[Tool | Callable[..., Any]]) -> tuple[ToolDefinition, ...]:
    """What a model is told of these tools and functions: for ``session_config``, or an endpoint of one's own."""
    return Toolbox(tools).definitions


def check_tools(config: SessionConfig, *providers: Provider) -> None:
    """Raise :class:`ConfigurationError` naming the tool that one of these providers would refuse.

    OpenAI refuses the settings as a whole for one description that is too long.
    """
    for definition in config.tools or ():
        for provider in providers:
            wrong = refusal(definition, provider)
            if wrong is not None:
                raise ConfigurationError(f"tool {definition.name!r}: {wrong}")


def refusal(definition: ToolDefinition, provider: Provider) -> str | None:
    """Why this provider would not take the tool, if so."""
    can, length = provider.capabilities, len(definition.description)
    if re.fullmatch(can.tool_name, definition.name) is None:
        return f"{provider.id} takes names like {can.tool_name}"
    if can.tool_description is not None and length > can.tool_description:
        return f"its description has {length} characters, and {provider.id} takes {can.tool_description}"
    return None
