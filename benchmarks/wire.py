"""The OpenAI Realtime (GA) server events the generator needs, and the ids that tie them together.

Field names and nesting follow the event schemas at https://platform.openai.com/docs/api-reference/realtime-server-events.
"""

import random
import string
from typing import Any

Json = dict[str, Any]

ID_ALPHABET = string.ascii_letters + string.digits
PCM: Json = {"type": "audio/pcm", "rate": 24000}


def function_tool(name: str, description: str) -> Json:
    properties = {"city": {"type": "string"}, "date": {"type": "string"}, "limit": {"type": "integer"}}
    schema = {"type": "object", "properties": properties, "required": ["city"], "additionalProperties": False}
    return {"type": "function", "name": name, "description": description, "parameters": schema}


TOOLS = (
    function_tool("get_weather", "Look up the weather forecast of a city"),
    function_tool("search_flights", "Search flights to a city on a date"),
)


class Wire:
    """Numbers the events and orders the items of one session; the same seed gives the same ids."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.session_id = self.new_id("sess")
        self.conversation_id = self.new_id("conv")
        self.previous_item_id: str | None = None

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{self._letters(21)}"

    def event(self, event_type: str, **fields: Any) -> Json:
        return {"type": event_type, "event_id": self.new_id("event"), **fields}

    def delta(self, event_type: str, delta: str, **fields: Any) -> Json:
        """A text delta, with the random padding that hides its length from whoever watches the socket."""
        return self.event(event_type, **fields, delta=delta, obfuscation=self._letters(self.random.randint(4, 14)))

    def item_added(self, item: Json) -> Json:
        return self.event("conversation.item.added", previous_item_id=self.previous_item_id, item=item)

    def item_done(self, item: Json) -> Json:
        """The closing event of an item; the next one comes after it."""
        done = self.event("conversation.item.done", previous_item_id=self.previous_item_id, item=item)
        self.previous_item_id = item["id"]
        return done

    def session(self, event_type: str) -> Json:
        return self.event(event_type, session=session_resource(self.session_id))

    def response(self, event_type: str, response_id: str, output: list[Json], usage: Json | None = None) -> Json:
        status = "completed" if usage else "in_progress"
        resource = {
            "object": "realtime.response",
            "id": response_id,
            "status": status,
            "status_details": None,
            "output": output,
            "conversation_id": self.conversation_id,
            "output_modalities": ["audio"],
            "max_output_tokens": "inf",
            "audio": {"output": {"format": PCM, "voice": "marin"}},
            "usage": usage,
            "metadata": None,
        }
        return self.event(event_type, response=resource)

    def rate_limits(self) -> Json:
        tokens = {"name": "tokens", "limit": 250000, "remaining": 249000, "reset_seconds": 0.288}
        return self.event("rate_limits.updated", rate_limits=[tokens])

    def _letters(self, count: int) -> str:
        return "".join(self.random.choices(ID_ALPHABET, k=count))


def session_resource(session_id: str) -> Json:
    return {
        "type": "realtime",
        "object": "realtime.session",
        "id": session_id,
        "model": "gpt-realtime",
        "output_modalities": ["audio"],
        "instructions": "You are a helpful, witty, and friendly voice assistant. " * 8,
        "tools": list(TOOLS),
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "expires_at": 1790000000,
        "audio": {"input": audio_input(), "output": {"format": PCM, "voice": "marin", "speed": 1.0}},
        "include": None,
    }


def audio_input() -> Json:
    turn_detection = {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 200,
        "idle_timeout_ms": None,
        "create_response": True,
        "interrupt_response": True,
    }
    return {
        "format": PCM,
        "transcription": {"model": "gpt-4o-transcribe", "language": "en", "prompt": ""},
        "noise_reduction": {"type": "near_field"},
        "turn_detection": turn_detection,
    }


def response_usage(output_tokens: int) -> Json:
    cached = {"text_tokens": 256, "audio_tokens": 256, "image_tokens": 0}
    spoken = output_tokens - output_tokens // 4
    return {
        "total_tokens": 900 + output_tokens,
        "input_tokens": 900,
        "output_tokens": output_tokens,
        "input_token_details": {
            "text_tokens": 300,
            "audio_tokens": 600,
            "image_tokens": 0,
            "cached_tokens": 512,
            "cached_tokens_details": cached,
        },
        "output_token_details": {"text_tokens": output_tokens // 4, "audio_tokens": spoken},
    }


def transcription_usage() -> Json:
    details = {"text_tokens": 0, "audio_tokens": 17}
    return {
        "type": "tokens",
        "total_tokens": 26,
        "input_tokens": 17,
        "input_token_details": details,
        "output_tokens": 9,
    }


def user_speech(item_id: str) -> Json:
    content = [{"type": "input_audio", "transcript": None}]
    return {"id": item_id, "type": "message", "status": "completed", "role": "user", "content": content}


def assistant_message(item_id: str) -> Json:
    return {"id": item_id, "type": "message", "status": "in_progress", "role": "assistant", "content": []}


def function_call(item_id: str, call_id: str, name: str) -> Json:
    return {
        "id": item_id,
        "type": "function_call",
        "status": "in_progress",
        "name": name,
        "call_id": call_id,
        "arguments": "",
    }


def function_call_output(item_id: str, call_id: str) -> Json:
    return {
        "id": item_id,
        "type": "function_call_output",
        "status": "completed",
        "call_id": call_id,
        "output": '{"ok":true}',
    }
