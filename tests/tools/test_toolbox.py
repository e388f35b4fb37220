"""The tools of one session, by name."""

import pytest

from realtime_rx.config import SessionConfig, ToolDefinition
from realtime_rx.errors import ConfigurationError, UnknownToolError
from realtime_rx.providers import Google, OpenAI
from realtime_rx.tools import Toolbox, check_tools, tool, tool_definitions


@tool
def forecast(city: str) -> str:
    """Look up the weather."""
    return city


def test_a_toolbox_holds_tools_and_functions() -> None:
    """Plain functions are made tools, and all are found by name."""

    def plain() -> None:
        """Nothing."""

    box = Toolbox([forecast, plain])
    assert [each.name for each in box.definitions] == ["forecast", "plain"]
    assert "plain" in box
    assert box.get("forecast") is forecast


def test_a_toolbox_says_what_it_has() -> None:
    """An unknown tool is an error that lists the known ones."""
    with pytest.raises(UnknownToolError, match="there is no tool 'x'; there are: forecast"):
        Toolbox([forecast]).get("x")
    with pytest.raises(UnknownToolError, match="there are: none"):
        Toolbox().get("x")


def test_two_tools_of_one_name_are_refused() -> None:
    """Two tools of one name in one session are a ConfigurationError."""
    with pytest.raises(ConfigurationError, match="two tools have one name"):
        Toolbox([forecast, forecast])


def test_definitions_can_be_had_alone() -> None:
    """What a model is told of tools and functions can be had without a session."""
    assert tool_definitions([forecast]) == Toolbox([forecast]).definitions


def config(name: str = "f", description: str = "") -> SessionConfig:
    return SessionConfig(tools=(ToolDefinition(name=name, description=description),))


@pytest.mark.parametrize("name", ["", "a b", "über", "a" * 65, "a.b"])
def test_names_that_are_refused_are_named(name: str) -> None:
    """A name that a provider would refuse is a ConfigurationError that shows it, before anything is sent."""
    with pytest.raises(ConfigurationError, match=f"tool '{name}': openai takes names like"):
        check_tools(config(name), OpenAI())


def test_vendors_take_different_names() -> None:
    """A name that one provider takes may be refused by another, which the error names."""
    check_tools(config("calendar.lookup:next"), Google())
    check_tools(config("1_lookup"), OpenAI())
    with pytest.raises(ConfigurationError, match="tool '1_lookup': google takes names like"):
        check_tools(config("1_lookup"), OpenAI(), Google())


def test_descriptions_that_are_too_long_are_named() -> None:
    """A description over the provider's limit is a ConfigurationError naming the tool: it would undo all settings."""
    check_tools(config(description="x" * 1024), OpenAI())
    with pytest.raises(ConfigurationError, match=r"tool .f.: .* has 1025 characters, and openai takes 1024"):
        check_tools(config(description="x" * 1025), Google(), OpenAI())
    check_tools(config(description="x" * 5000), Google())


def test_no_tools_are_fine() -> None:
    """Settings that say nothing of tools are no concern."""
    check_tools(SessionConfig(), OpenAI())
