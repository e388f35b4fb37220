"""A brain behind an OpenAI-compatible chat endpoint."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from openai.types.chat import ChatCompletion

from realtime_rx.local import BrainError, Called, ChatCompletionsBrain, LocalServer, Returned, Said, ToolCall, Turn

from .conftest import TEXT, Open

TOOL = {"type": "function", "name": "look", "description": "Look around", "parameters": {"type": "object"}}


def completion(**message: Any) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": None, **message}}
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    ChatCompletion.model_validate(body)
    return body


@asynccontextmanager
async def endpoint(answer: Callable[[dict[str, Any]], web.Response]) -> AsyncIterator[tuple[str, list[web.Request]]]:
    """A chat server that keeps what it was asked."""
    seen: list[web.Request] = []

    async def chat(request: web.Request) -> web.Response:
        await request.read()
        seen.append(request)
        return answer(await request.json())

    app = web.Application()
    app.router.add_post("/v1/chat/completions", chat)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1", seen
    finally:
        await runner.cleanup()


async def test_a_turn_becomes_a_chat() -> None:
    """Instructions, history, tools and tool choice arrive as the chat protocol has them, with the key."""
    turn = Turn(
        history=[
            Said("user", "hi"),
            Called("look", "{}", "c1"),
            Returned("look", "blue", "c1"),
            Said("assistant", "Blue."),
        ],
        instructions="Be brief.",
        tools=[TOOL],
        tool_choice={"type": "function", "name": "look"},
    )
    async with endpoint(lambda body: web.json_response(completion(content="Hello."))) as (url, seen):
        assert await ChatCompletionsBrain(url, "small", "key")(turn) == ["Hello."]
        assert seen[0].headers["Authorization"] == "Bearer key"
        assert await seen[0].json() == {
            "model": "small",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "hi"},
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}],
                },
                {"role": "tool", "tool_call_id": "c1", "content": "blue"},
                {"role": "assistant", "content": "Blue."},
            ],
            "tools": [
                {
                    "type": "function",
                    "function": {"name": "look", "description": "Look around", "parameters": {"type": "object"}},
                }
            ],
            "tool_choice": {"type": "function", "function": {"name": "look"}},
        }


async def test_its_calls_are_calls() -> None:
    """Words and tool calls of the completion come out in this order."""
    calls = [{"id": "1", "type": "function", "function": {"name": "look", "arguments": '{"at": 3}'}}]
    async with endpoint(lambda body: web.json_response(completion(content="Wait.", tool_calls=calls))) as (url, _):
        assert await ChatCompletionsBrain(url, "m")(Turn()) == ["Wait.", ToolCall("look", {"at": 3})]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (web.Response(status=500, text="out of memory"), "HTTP 500 out of memory"),
        (web.Response(text="<html>"), "not a chat completion"),
        (web.Response(text='{"choices":' + "[" * 5_000), "not a chat completion"),
        (web.json_response({"choices": []}), "not a chat completion"),
        (web.json_response({"choices": [{"message": None}]}), "not a chat completion"),
    ],
)
async def test_what_is_no_completion_is_an_error(answer: web.Response, says: str) -> None:
    """An HTTP error and a body of another shape are BrainErrors that say what came."""
    async with endpoint(lambda body: answer) as (url, _):
        with pytest.raises(BrainError, match=says):
            await ChatCompletionsBrain(url, "m")(Turn())


async def test_a_key_that_is_echoed_is_not_told() -> None:
    """What an endpoint says of the key that it refuses is told without the key."""
    async with endpoint(lambda body: web.Response(status=401, text="wrong key: sk-0123456789")) as (url, _):
        with pytest.raises(BrainError, match=r"HTTP 401 wrong key: \*\*\*$"):
            await ChatCompletionsBrain(url, "m", "sk-0123456789")(Turn())


async def test_an_endpoint_that_is_not_there_is_an_error() -> None:
    """Nobody listening is a BrainError that names the address."""
    with pytest.raises(BrainError, match=r"http://127\.0\.0\.1:9/v1/chat/completions"):
        await ChatCompletionsBrain("http://127.0.0.1:9/v1/", "m")(Turn())


async def test_a_session_thinks_with_it(dial: Open) -> None:
    """A server with this brain answers with the endpoint's words, and its key is in no description."""

    def shout(body: dict[str, Any]) -> web.Response:
        return web.json_response(completion(content=json.dumps(body["messages"][-1]["content"].upper())))

    async with endpoint(shout) as (url, _):
        brain = ChatCompletionsBrain(url, "m", "secret")
        assert "secret" not in repr(brain)
        async with LocalServer(brain=brain, speech=False) as server, dial(server) as peer:
            assert server.capabilities.brain == "ChatCompletionsBrain"
            done = await peer.ask("hello", **TEXT)
            assert done["output"][0]["content"][0]["text"] == '"HELLO"'
