"""openai-agents' realtime session against a Realtime server; it validates most events and reports those it rejects."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from agents import FunctionTool, set_tracing_disabled
from agents.realtime import RealtimeAgent, RealtimeRunner, RealtimeSession
from agents.realtime.items import AssistantMessageItem, UserMessageItem
from report import TURN_SECONDS, Observations, Report, Scenario, VoiceScenario, arguments

set_tracing_disabled(True)


def tool(scenario: Scenario | VoiceScenario, report: Observations) -> FunctionTool:
    async def answer(_context: object, call_arguments: str) -> str:
        report.tool_name, report.tool_arguments = scenario.tool["name"], json.loads(call_arguments)
        return json.dumps(scenario.tool_output)

    return FunctionTool(
        name=scenario.tool["name"],
        description=scenario.tool["description"],
        params_json_schema=scenario.tool["parameters"],
        on_invoke_tool=answer,
        strict_json_schema=False,
    )


def note(event: Any, report: Observations) -> None:
    match event.type:
        case "audio":
            report.audio_bytes += len(event.audio.data)
        case "error":
            report.problems.append(str(event.error))
        case "raw_model_event" if event.data.type in ("error", "exception"):
            report.problems.append(str(event.data))
        case _:
            pass


async def reply(events: AsyncIterator[Any], report: Report, history: list[Any]) -> str:
    """Reads events until a response that said something has ended; returns what it said."""
    before = len(spoken(history))
    async with asyncio.timeout(TURN_SECONDS):
        async for event in events:
            note(event, report)
            remember(event, history)
            if event.type == "agent_end" and len(spoken(history)) > before:
                return spoken(history)[-1]
    raise RuntimeError("the session ended without a reply")


def spoken(history: list[Any]) -> list[str]:
    texts = (words(item) for item in history if isinstance(item, AssistantMessageItem))
    return [text for text in texts if text]


def words(item: UserMessageItem | AssistantMessageItem) -> str:
    return "".join(getattr(part, "transcript", None) or getattr(part, "text", None) or "" for part in item.content)


def remember(event: Any, history: list[Any]) -> None:
    """Keep the history as the session tells it."""
    if event.type in ("history_added", "history_updated"):
        history[:] = event.history if event.type == "history_updated" else [*history, event.item]


async def start(url: str, scenario: Scenario | VoiceScenario, report: Observations) -> RealtimeSession:
    agent = RealtimeAgent(name="Assistant", instructions="Be brief.", tools=[tool(scenario, report)])
    settings = {"model_name": "local-1", "output_modalities": ["audio"]}
    config = {"url": url, "api_key": "none", "initial_model_settings": settings}
    return await RealtimeRunner(agent).run(model_config=config)


async def talk(session: RealtimeSession, scenario: Scenario, report: Report) -> None:
    events, history = aiter(session), list[Any]()
    await session.send_message(scenario.question)
    report.reply = await reply(events, report, history)
    await session.send_message(scenario.tool_question)
    report.tool_reply = await reply(events, report, history)


async def main() -> None:
    url, scenario, report = arguments("openai-agents", Scenario, Report)
    async with await start(url, scenario, report) as session:
        await talk(session, scenario, report)
    report.print()


if __name__ == "__main__":
    asyncio.run(main())
