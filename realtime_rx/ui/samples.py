"""What the bindings' demos talk about: four tools, and what to ask first.

What the tools say is sample data, made up on this machine, and says so itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from realtime_rx.errors import ToolError
from realtime_rx.tools import tool

__all__ = ["INSTRUCTIONS", "SUGGESTIONS", "TOOLS"]

SUGGESTIONS = ("What is the weather in Paris?", "Roll two dice", "Order a pizza", "Count to thirty")
INSTRUCTIONS = (
    "You are the demo of realtime-rx. Answer in a sentence or two. Use the tools where they fit, "
    "and mention that what they return is sample data."
)

SAMPLE = "sample data"
SKIES = ("sunny", "partly cloudy", "cloudy", "rainy", "windy")
OFFSETS: Mapping[str, int] = {
    "Berlin": 1,
    "Chicago": -6,
    "Lima": -5,
    "London": 0,
    "Nairobi": 3,
    "New York": -5,
    "Paris": 1,
    "Rome": 1,
    "Seoul": 9,
    "Tokyo": 9,
}
"""Hours ahead of UTC, in winter, all year round: this is a sample."""

dice = Random(6)


@tool
async def get_weather(city: str) -> dict[str, Any]:
    """Look up the weather in a city.

    city: the name of the city
    """
    await asyncio.sleep(0.6)  # as if somebody had to be asked
    guess = Random(city.casefold())
    return {"city": city, "sky": guess.choice(SKIES), "celsius": guess.randint(2, 29), "source": SAMPLE}


@tool
def get_time(city: str = "London") -> dict[str, Any]:
    """Tell the current time in a city.

    city: the name of the city
    """
    offset = next((hours for name, hours in OFFSETS.items() if name.casefold() == city.casefold()), None)
    if offset is None:
        raise ToolError(f"no time for {city}; there are: {', '.join(OFFSETS)}")
    now = datetime.now(timezone(timedelta(hours=offset)))
    return {"city": city, "time": f"{now:%H:%M}", "source": SAMPLE}


@tool
def roll_dice(count: int = 1, sides: int = 6) -> dict[str, Any]:
    """Roll dice.

    count: how many dice
    sides: how many sides each has
    """
    if not (1 <= count <= 20 and 2 <= sides <= 100):
        raise ToolError("1 to 20 dice with 2 to 100 sides, please")
    rolled = [dice.randint(1, sides) for _ in range(count)]
    return {"rolled": rolled, "total": sum(rolled), "source": SAMPLE}


@tool(needs_approval=True)
async def order_pizza(topping: str = "mushrooms") -> AsyncIterator[str]:
    """Order a pizza; the visitor has to allow it.

    topping: what goes on it
    """
    for step in ("The dough is being kneaded", f"{topping.capitalize()} go on it", "It is in the oven"):
        yield step
        await asyncio.sleep(0.5)
    yield f"A pizza with {topping} is on its way ({SAMPLE})"


TOOLS = (get_weather, get_time, roll_dice, order_pizza)
