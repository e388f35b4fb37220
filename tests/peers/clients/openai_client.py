"""openai-python against a Realtime server; every event it receives must also be valid by the library's own models."""

import asyncio
import base64
import json
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

from openai import AsyncOpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection, AsyncRealtimeConnectionManager
from openai.types.realtime import RealtimeServerEvent
from pydantic import Field, TypeAdapter, ValidationError
from report import TURN_SECONDS, Observations, Report, Scenario, arguments

# The library itself reads events without validating them; its models are generated from the published API description.
SERVER_EVENT: TypeAdapter[RealtimeServerEvent] = TypeAdapter(
    Annotated[RealtimeServerEvent, Field(discriminator="type")]
)


def connect(url: str) -> AsyncRealtimeConnectionManager:
    address = urlsplit(url)
    base = f"{address.scheme}://{address.netloc}{address.path.removesuffix('/realtime')}"
    client = AsyncOpenAI(api_key="none", base_url=base.replace("ws", "http", 1), websocket_base_url=base)
    return client.realtime.connect(model=parse_qs(address.query).get("model", ["local-1"])[0])


async def read(connection: AsyncRealtimeConnection, report: Observations) -> Any:
    """The next event; what is wrong with it, or what it says is wrong, goes into the report."""
    raw = await connection.recv_bytes()
    try:
        SERVER_EVENT.validate_json(raw, strict=True)
    except ValidationError as error:
        report.problems.append(f"invalid {json.loads(raw).get('type')}: {error}")
    event = connection.parse_event(raw)
    if event.type == "error":
        report.problems.append(event.error.message)
    return event


class Conversation:
    """Talks to the server turn by turn."""

    def __init__(self, connection: AsyncRealtimeConnection, report: Report) -> None:
        self._connection = connection
        self._report = report

    async def until(self, event_type: str) -> list[Any]:
        """All events up to the first of this type."""
        events: list[Any] = []
        async with asyncio.timeout(TURN_SECONDS):
            while not events or events[-1].type != event_type:
                events.append(await read(self._connection, self._report))
        return events

    async def set_up(self, scenario: Scenario) -> None:
        await self.until("session.created")
        session = {"type": "realtime", "output_modalities": ["text"], "tools": [{"type": "function", **scenario.tool}]}
        await self._connection.session.update(session=session)
        await self.until("session.updated")

    async def say(self, text: str) -> list[Any]:
        content = [{"type": "input_text", "text": text}]
        return await self.respond_to({"type": "message", "role": "user", "content": content})

    async def respond_to(self, item: dict[str, Any], modality: str = "text") -> list[Any]:
        await self._connection.conversation.item.create(item=item)
        await self._connection.response.create(response={"output_modalities": [modality]})
        return await self.until("response.done")


def only(events: list[Any], event_type: str) -> Any:
    (event,) = (event for event in events if event.type == event_type)
    return event


async def talk(conversation: Conversation, scenario: Scenario, report: Report) -> None:
    await conversation.set_up(scenario)
    report.reply = only(await conversation.say(scenario.question), "response.output_text.done").text

    call = only(await conversation.say(scenario.tool_question), "response.function_call_arguments.done")
    report.tool_name, report.tool_arguments = call.name, json.loads(call.arguments)
    output = {"type": "function_call_output", "call_id": call.call_id, "output": json.dumps(scenario.tool_output)}
    spoken = await conversation.respond_to(output, "audio")
    report.tool_reply = only(spoken, "response.output_audio_transcript.done").transcript
    deltas = (event.delta for event in spoken if event.type == "response.output_audio.delta")
    report.audio_bytes = sum(len(base64.b64decode(delta)) for delta in deltas)


async def main() -> None:
    url, scenario, report = arguments("openai", Scenario, Report)
    async with connect(url) as connection:
        await talk(Conversation(connection, report), scenario, report)
    report.print()


if __name__ == "__main__":
    asyncio.run(main())
