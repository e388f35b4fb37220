"""Tools that the model may call: two that answer at once, and one that a person answers later."""

import argparse
import asyncio
import random

from realtime_rx import CallTool, Message, ToolDefinition, ToolPart, tool, use_realtime


@tool
def get_weather(city: str) -> dict[str, object]:
    """Look up the weather in a city."""
    return {"city": city, "sky": "sunny", "celsius": 21}


@tool
async def roll_dice(sides: int = 6) -> int:
    """Roll a die with this many sides."""
    return random.randint(1, sides)


REFUND = ToolDefinition(
    name="refund_order",
    description="Refund an order; a person has to approve it",
    parameters={"type": "object", "properties": {"order": {"type": "integer"}}, "required": ["order"]},
)


async def main(model: str | None) -> None:
    quiet = asyncio.Event()

    def on_tool_call(call: CallTool) -> None:
        """For calls that are none of ``tools``; None means that the answer comes later, from whoever knows it."""
        print(f"  (a person looks at {call.name} {call.input})")
        asyncio.get_running_loop().call_later(0.5, session.add_tool_output, call.call_id, {"approved": True})

    def on_message(message: Message) -> None:
        for call in (part for part in message.parts if isinstance(part, ToolPart)):
            print(f"  [{call.tool_name} {call.arguments}]")
        if message.text:
            print(f"{message.role}: {message.text}")

    async with use_realtime(
        model,
        tools=[get_weather, roll_dice],
        session_config={"tools": [REFUND], "output_modalities": ["text"]},
        on_tool_call=on_tool_call,
        on_message=on_message,
        on_mode_change=lambda mode: quiet.set() if mode == "idle" else quiet.clear(),
    ) as session:
        for question in ("What is the weather in Lisbon?", "Roll a die with 20 sides", "Refund order 1234"):
            session.send_text_message(question)
            await asyncio.sleep(0)
            await quiet.wait()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", help='such as "openai:gpt-realtime"')
    asyncio.run(main(options.parse_args().model))
