"""A spoken conversation by openai-agents' realtime session, with its own settings for speech and interruptions."""

import asyncio
from typing import Any

from agents.realtime import RealtimeSession
from openai_agents_client import note, remember, start, words
from report import VoiceReport, VoiceScenario, arguments
from voice import Call, hold


async def listen(session: RealtimeSession, call: Call, history: list[Any]) -> None:
    async for event in session:
        remember(event, history)
        react(event, call)


def react(event: Any, call: Call) -> None:
    match event.type:
        case "audio":
            call.sound(event.audio.data, event.audio.response_id)
        case "audio_interrupted":
            call.interrupted()
        case "raw_model_event" if event.data.type == "raw_server_event" and event.data.data["type"] == "response.done":
            response = event.data.data["response"]
            call.ended(response["status"], (response["status_details"] or {}).get("reason"))
        case _:
            note(event, call.report)


async def main() -> None:
    url, scenario, report = arguments("openai-agents", VoiceScenario, VoiceReport)
    history: list[Any] = []
    async with await start(url, scenario, report) as session:
        call = Call(session.send_audio, report)
        await hold(call, listen(session, call, history), scenario)
    messages = [[item.role, words(item)] for item in history if item.type == "message"]
    report.messages = [message for message in messages if message[1]]
    report.print()


if __name__ == "__main__":
    asyncio.run(main())
