"""The official `elevenlabs` client: a written turn, a tool call and an interruption, by sound, with a private agent."""

import json
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

from elevenlabs.client import ElevenLabs
from elevenlabs.conversational_ai.conversation import AudioInterface, ClientTools, Conversation

SECONDS = 20
PIECE = bytes(3200)
"""100 ms at 16 kHz."""
PIECES = 4 * 2 + 10
"""So much sound the agent's replies have: its story is the longest."""


@dataclass
class Seen:
    """What the client saw, in the order of its callbacks."""

    client: str
    replies: list[str] = field(default_factory=list)
    transcripts: list[str] = field(default_factory=list)
    corrections: list[list[str]] = field(default_factory=list)
    calls: list[Any] = field(default_factory=list)
    pings: list[int] = field(default_factory=list)
    audio_bytes: int = 0
    late_bytes: int = 0
    """Sound that was played between an interruption and its correction, where there is only what comes too late."""
    interruptions: int = 0
    conversation: str = ""


class Device(AudioInterface):
    """A microphone that is told what to hear, and a speaker that counts."""

    def __init__(self, seen: Seen, changed: threading.Condition) -> None:
        self._seen, self._changed = seen, changed
        self.hear: Callable[[bytes], None] = lambda _: None

    def start(self, input_callback: Callable[[bytes], None]) -> None:
        self.hear = input_callback

    def stop(self) -> None:
        pass

    def output(self, audio: bytes) -> None:
        with self._changed:
            if self._seen.interruptions > len(self._seen.corrections):
                self._seen.late_bytes += len(audio)
            else:
                self._seen.audio_bytes += len(audio)
            self._changed.notify_all()

    def interrupt(self) -> None:
        with self._changed:
            self._seen.interruptions += 1
            self._changed.notify_all()


def main(base_url: str, key: str, agent: str) -> Seen:
    seen, changed = Seen(f"elevenlabs {version('elevenlabs')}"), threading.Condition()
    device = Device(seen, changed)

    def noting(notes: list[Any], *what: Any) -> None:
        with changed:
            notes.append(what[0] if len(what) == 1 else list(what))
            changed.notify_all()

    def until(condition: Callable[[], bool]) -> None:
        with changed:
            assert changed.wait_for(condition, SECONDS), f"it did not come to that: {seen}"

    def get_weather(parameters: dict[str, Any]) -> str:
        noting(seen.calls, {name: value for name, value in parameters.items() if name != "tool_call_id"})
        return "21 degrees"

    tools = ClientTools()
    tools.register("get_weather", get_weather)
    conversation = Conversation(
        ElevenLabs(api_key=key, base_url=base_url),
        agent,
        requires_auth=True,
        audio_interface=device,
        client_tools=tools,
        callback_agent_response=lambda words: noting(seen.replies, words),
        callback_agent_response_correction=lambda *both: noting(seen.corrections, *both),
        callback_user_transcript=lambda words: noting(seen.transcripts, words),
        callback_latency_measurement=lambda latency: noting(seen.pings, latency),
    )
    conversation.start_session()
    until(lambda: len(seen.replies) == 1)
    for number, words in enumerate(("Hello?", "How is the weather?", "Tell me a story."), 2):
        conversation.send_user_message(words)
        until(lambda: len(seen.replies) == number)  # noqa: B023
    for _ in range(3):
        device.hear(PIECE)
    until(lambda: len(seen.replies) == 5 and seen.audio_bytes == PIECES * len(PIECE))
    conversation.end_session()
    seen.conversation = conversation.wait_for_session_end() or ""
    return seen


if __name__ == "__main__":
    sys.stdout.write(f"{json.dumps(asdict(main(*sys.argv[1:])))}\n")
