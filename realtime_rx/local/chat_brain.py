"""A brain that asks an OpenAI-compatible chat endpoint, such as one that runs on the same computer."""

from typing import Annotated, Any

import aiohttp
import msgspec

from .brain import Called, Returned, Said, Step, ToolCall, Turn
from .errors import BrainError
from .protocol import Json


class ChatCompletionsBrain:
    """Sends the conversation to `POST {base_url}/chat/completions`, not streamed. `base_url` ends in /v1 as a rule."""

    def __init__(self, base_url: str, model: str, api_key: str | None = None, *, timeout: float = 60.0) -> None:
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._model = model
        self._api_key = api_key
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    def __repr__(self) -> str:
        return f"ChatCompletionsBrain({self._url!r}, {self._model!r})"

    async def __call__(self, turn: Turn) -> list[str | ToolCall]:
        """Raises BrainError when the endpoint cannot be reached, refuses, or does not answer in its own protocol."""
        headers = {"Authorization": f"Bearer {self._api_key}"} if self._api_key else {}
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout, headers=headers) as http,
                http.post(self._url, json=request_body(self._model, turn)) as answer,
            ):
                body = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            failure = self._failure(f"{type(error).__name__} {error}")
        else:
            if answer.status == 200:
                return reply(body)
            failure = self._failure(f"HTTP {answer.status} {body.decode(errors='replace')}")
        raise failure  # out here it has no cause, which may have what the endpoint says of the key

    def _failure(self, said: str) -> BrainError:
        told = said.replace(self._api_key, "***") if self._api_key else said
        return BrainError(f"{self._url}: {told.strip()[:300]}")


def request_body(model: str, turn: Turn) -> Json:
    messages = [{"role": "system", "content": turn.instructions}] if turn.instructions else []
    body: Json = {"model": model, "messages": messages + [_message(step) for step in turn.history]}
    if turn.tools:
        body["tools"] = [{"type": "function", "function": _function(tool)} for tool in turn.tools]
        body["tool_choice"] = _choice(turn.tool_choice)
    return body


class Function(msgspec.Struct, frozen=True):
    name: str
    arguments: str = ""


class Call(msgspec.Struct, frozen=True):
    function: Function


class Message(msgspec.Struct, frozen=True):
    content: str | None = None
    tool_calls: list[Call] | None = None


class Choice(msgspec.Struct, frozen=True):
    message: Message


class Completion(msgspec.Struct, frozen=True):
    """What is read of a chat completion."""

    choices: Annotated[list[Choice], msgspec.Meta(min_length=1)]


def reply(body: bytes) -> list[str | ToolCall]:
    """The first choice of a chat completion as words and calls."""
    try:
        message = msgspec.json.decode(body, type=Completion).choices[0].message
        calls = [_call(call.function) for call in message.tool_calls or ()]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BrainError(f"not a chat completion: {body[:200].decode(errors='replace')}") from error
    return [message.content, *calls] if message.content else [*calls]


def _call(function: Function) -> ToolCall:
    return ToolCall(function.name, msgspec.json.decode(function.arguments or "{}", type=Json))


def _message(step: Step) -> Json:
    match step:
        case Said(role, text):
            return {"role": role, "content": text}
        case Called(name, arguments, call_id):
            function = {"name": name, "arguments": arguments}
            call = {"id": call_id, "type": "function", "function": function}
            return {"role": "assistant", "content": None, "tool_calls": [call]}
        case Returned(_, output, call_id):
            return {"role": "tool", "tool_call_id": call_id, "content": output}


def _function(tool: Json) -> Json:
    return {key: tool[key] for key in ("name", "description", "parameters") if tool.get(key) is not None}


def _choice(choice: str | Json) -> Any:
    return choice if isinstance(choice, str) else {"type": "function", "function": {"name": choice["name"]}}
