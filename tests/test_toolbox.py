"""The tools of one session, by name."""

import pytest

from realtime_rx.errors import ConfigurationError, UnknownToolError
from realtime_rx.tools import Toolbox, tool


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
