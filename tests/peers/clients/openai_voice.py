"""A spoken conversation by openai-python, which leaves interruptions to its user: this does what its users do."""

import asyncio
import base64
import json
from typing import Any

from openai.resources.realtime.realtime import AsyncRealtimeConnection
from openai_client import connect, read
from report import VoiceReport, VoiceScenario, arguments
from voice import Call, hold


class Voice:
    """Reacts to every event of one connection, and tells the call about it."""

    def __init__(self, connection: AsyncRealtimeConnection, scenario: VoiceScenario, report: VoiceReport) -> None:
        self._connection = connection
        self._scenario = scenario
        self._report = report
        self._sounding = ""
        self.call = Call(self._send, report)

    async def set_up(self) -> None:
        tools = [{"type": "function", **self._scenario.tool}]
        audio = {"input": {"transcription": {"model": "gpt-4o-mini-transcribe"}}}
        await self._connection.session.update(session={"type": "realtime", "tools": tools, "audio": audio})

    async def listen(self) -> None:
        while True:
            await self._react(await read(self._connection, self._report))

    async def _send(self, sound: bytes) -> None:
        await self._connection.input_audio_buffer.append(audio=base64.b64encode(sound).decode())

    async def _react(self, event: Any) -> None:
        match event.type:
            case "conversation.item.input_audio_transcription.completed":
                self._report.messages.append(["user", event.transcript])
            case "response.output_audio.delta":
                self._sounding = event.item_id
                self.call.sound(base64.b64decode(event.delta), event.response_id)
            case "input_audio_buffer.speech_started":
                await self._truncate(self.call.interrupted())
            case "response.output_item.done" if event.item.type == "function_call":
                await self._answer(event.item)
            case "response.done":
                await self._done(event.response)
            case _:
                pass

    async def _truncate(self, heard_ms: int | None) -> None:
        if heard_ms is not None:
            truncate = self._connection.conversation.item.truncate
            await truncate(item_id=self._sounding, content_index=0, audio_end_ms=heard_ms)

    async def _answer(self, call: Any) -> None:
        self._report.tool_name, self._report.tool_arguments = call.name, json.loads(call.arguments)
        output = json.dumps(self._scenario.tool_output)
        item = {"type": "function_call_output", "call_id": call.call_id, "output": output}
        await self._connection.conversation.item.create(item=item)

    async def _done(self, response: Any) -> None:
        contents = [part for item in response.output if item.type == "message" for part in item.content]
        self._report.messages += [["assistant", part.transcript] for part in contents]
        if any(item.type == "function_call" for item in response.output):
            await self._connection.response.create()
        self.call.ended(response.status, response.status_details and response.status_details.reason)


async def main() -> None:
    url, scenario, report = arguments("openai", VoiceScenario, VoiceReport)
    async with connect(url) as connection:
        voice = Voice(connection, scenario, report)
        await voice.set_up()
        await hold(voice.call, voice.listen(), scenario)
    report.print()


if __name__ == "__main__":
    asyncio.run(main())
