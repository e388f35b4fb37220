"""What the demos talk about: realtime_rx.ui.samples."""

import pytest

from realtime_rx import ToolError
from realtime_rx.ui.samples import TOOLS, get_time, get_weather, order_pizza, roll_dice


async def test_the_weather_is_sample_data() -> None:
    """The weather of a city is made up, the same every time, and says that it is sample data."""
    first = await get_weather.run({"city": "Paris"})
    assert first == await get_weather.run({"city": "Paris"})
    assert first["source"] == "sample data"
    assert first["city"] == "Paris"


async def test_the_time_is_told_for_cities_that_are_known() -> None:
    """The time is told for a city of the sample, however it is spelled; for any other the call fails naming them."""
    told = await get_time.run({"city": "tokyo"})
    assert told["source"] == "sample data"
    with pytest.raises(ToolError, match="no time for Atlantis; there are: Berlin"):
        await get_time.run({"city": "Atlantis"})


async def test_dice_are_rolled_within_reason() -> None:
    """So many dice with so many sides are rolled, and added up; a thousand dice are refused."""
    rolled = await roll_dice.run({"count": 3, "sides": 8})
    assert len(rolled["rolled"]) == 3
    assert all(1 <= one <= 8 for one in rolled["rolled"])
    assert rolled["total"] == sum(rolled["rolled"])
    with pytest.raises(ToolError, match="1 to 20 dice"):
        await roll_dice.run({"count": 1_000})


async def test_a_pizza_has_to_be_allowed() -> None:
    """Ordering a pizza needs approval, and says that it is sample data."""
    assert order_pizza.needs_approval is True
    steps = [step async for step in order_pizza("olives")]
    assert (len(steps), steps[-1]) == (4, "A pizza with olives is on its way (sample data)")


def test_every_tool_describes_itself() -> None:
    """A model is told what each tool does and what each of its parameters means."""
    for each in TOOLS:
        assert each.definition.description
        assert all("description" in field for field in each.definition.parameters["properties"].values())
