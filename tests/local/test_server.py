"""The server over real sockets, with both adapters."""

import asyncio
import json
import logging
from contextlib import suppress
from typing import Any, Literal

import aiohttp
import pytest
from openai import AsyncOpenAI
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from realtime_rx.local import AT_ONCE, LocalServer, Pace
from realtime_rx.local.gate import MAX_FRAME

from .conftest import TEXT, Open, SlowWords, audio, echo

Adapter = Literal["aiohttp", "websockets"]


@pytest.fixture(params=["aiohttp", "websockets"])
def adapter(request: pytest.FixtureRequest) -> Adapter:
    return request.param


def local(adapter: Adapter, **options: Any) -> LocalServer:
    return LocalServer(adapter=adapter, **{"speech": False, "pace": AT_ONCE, **options})


async def test_a_turn_over_a_socket(adapter: Adapter, dial: Open) -> None:
    """A typed question is answered in text, for the model the client named."""
    async with local(adapter) as server, dial(server, "?model=my-model") as peer:
        assert server.url.startswith("ws://127.0.0.1:")
        assert peer.events[0]["session"]["model"] == "my-model"
        done = await peer.ask("what is twelve times eleven?", **TEXT)
        assert done["output"][0]["content"][0]["text"] == "12 * 11 is 132."


async def test_the_official_client_is_at_home(adapter: Adapter) -> None:
    """The official Python client connects with any key, and reads every event of a turn."""
    async with local(adapter) as server:
        client = AsyncOpenAI(api_key="any", base_url=server.url.replace("ws", "http", 1).removesuffix("/realtime"))
        async with client, client.realtime.connect(model="local") as connection:
            await connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
            content = [{"type": "input_text", "text": "count to three"}]
            await connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})
            await connection.response.create()
            async for event in connection:
                if event.type == "response.output_text.done":
                    assert event.text == "1, 2, 3."
                if event.type == "response.done":
                    assert event.response.status == "completed"
                    break


async def test_frames_are_not_compressed(adapter: Adapter) -> None:
    """On loopback compression costs more than it saves: it is not agreed to."""
    async with local(adapter) as server, connect(server.url, compression="deflate") as socket:
        assert socket.protocol.extensions == []


async def test_a_tool_round_over_a_socket(adapter: Adapter, dial: Open) -> None:
    """Two tools are called in one turn, and one answer reads both results out."""
    tools = [
        {"type": "function", "name": name, "parameters": {"type": "object", "properties": properties}}
        for name, properties in (("get_weather", {"city": {"type": "string"}}), ("roll_dice", {}))
    ]
    async with local(adapter) as server, dial(server) as peer:
        await peer.update(tools=tools, **TEXT)
        done = await peer.ask("What is the weather in Paris, and roll a dice.")
        calls = {item["name"]: item for item in done["output"]}
        assert json.loads(calls["get_weather"]["arguments"]) == {"city": "Paris"}
        for name, result in (("get_weather", {"sky": "clear"}), ("roll_dice", 4)):
            output = {"type": "function_call_output", "call_id": calls[name]["call_id"], "output": json.dumps(result)}
            await peer.send("conversation.item.create", item=output)
        done = await peer.respond()
        assert done["output"][0]["content"][0]["text"] == "Get weather: sky is clear. Roll dice: 4."


async def test_sessions_do_not_know_each_other(adapter: Adapter, dial: Open) -> None:
    """Two clients of one server have two conversations."""
    async with local(adapter) as server, dial(server) as one, dial(server) as other:
        await one.ask("my name is Ann", **TEXT)
        assert "Ann" in (await one.ask("what is my name", **TEXT))["output"][0]["content"][0]["text"]
        assert "not told" in (await other.ask("what is my name", **TEXT))["output"][0]["content"][0]["text"]


async def test_the_subprotocol_is_answered_when_offered(adapter: Adapter) -> None:
    """`realtime` comes back where it is offered, and nothing where it is not."""
    async with local(adapter) as server:
        async with connect(server.url, subprotocols=["realtime", "openai-insecure-api-key.x"]) as socket:
            assert socket.subprotocol == "realtime"
        async with connect(server.url) as socket:
            assert socket.subprotocol is None
        async with connect(server.url, subprotocols=["something-else"]) as socket:
            assert socket.subprotocol is None


@pytest.mark.parametrize("origin", ["https://example.com", "null", "http://127.0.0.1.example.com"])
async def test_a_foreign_page_is_refused(adapter: Adapter, origin: str) -> None:
    """A browser on any other page than this computer's gets 403."""
    async with local(adapter) as server:
        with pytest.raises(InvalidStatus) as refused:
            async with connect(server.url, origin=origin):
                pass
        assert refused.value.response.status_code == 403


@pytest.mark.parametrize("origin", [None, "http://localhost:8080", "https://127.0.0.1", "http://[::1]:3000"])
async def test_a_page_of_this_computer_may_connect(adapter: Adapter, origin: str | None) -> None:
    """Loopback origins are accepted, and so are programs, which have none."""
    async with local(adapter) as server, connect(server.url, origin=origin) as socket:
        assert json.loads(await socket.recv())["type"] == "session.created"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic right"}])
async def test_a_wrong_key_is_401(adapter: Adapter, headers: dict[str, str]) -> None:
    """A server with a key refuses the handshake of a client without it."""
    async with local(adapter, api_key="right") as server:
        with pytest.raises(InvalidStatus) as refused:
            async with connect(server.url, additional_headers=headers):
                pass
        assert refused.value.response.status_code == 401


async def test_the_right_key_opens(adapter: Adapter) -> None:
    """The key may come as a bearer token, or in a subprotocol, as browsers must send it."""
    async with local(adapter, api_key="right") as server:
        async with connect(server.url, additional_headers={"Authorization": "Bearer right"}) as socket:
            await socket.recv()
        async with connect(server.url, subprotocols=["realtime", "openai-insecure-api-key.right"]) as socket:
            await socket.recv()


async def test_another_path_is_404(adapter: Adapter) -> None:
    """Only /v1/realtime is a session."""
    async with local(adapter) as server:
        with pytest.raises(InvalidStatus) as refused:
            async with connect(server.url.replace("/v1/realtime", "/v2/other")):
                pass
        assert refused.value.response.status_code == 404


async def test_a_big_frame_comes_through(adapter: Adapter, dial: Open) -> None:
    """A minute of sound in one append is well below the limit."""
    async with local(adapter) as server, dial(server) as peer:
        await peer.send("input_audio_buffer.append", audio=audio(60_000))
        await peer.send("input_audio_buffer.clear")
        await peer.next("input_audio_buffer.cleared")


async def test_a_frame_above_the_limit_closes_the_socket(adapter: Adapter) -> None:
    """A frame above 16 MiB ends its own session, and no other."""
    async with local(adapter) as server, aiohttp.ClientSession() as http:
        async with http.ws_connect(server.url) as socket:
            await socket.receive()
            with suppress(ConnectionError):
                await socket.send_str("x" * (MAX_FRAME + 1))
            await socket.receive()
            assert socket.closed
        async with http.ws_connect(server.url) as socket:
            assert (await socket.receive_json())["type"] == "session.created"


async def test_binary_garbage_is_an_error_and_no_end(adapter: Adapter, dial: Open) -> None:
    """Bytes that are no JSON are answered by an error event."""
    async with local(adapter) as server, dial(server) as peer:
        await peer.send_frame(b"\x00\xff\x13")
        assert (await peer.next("error"))["error"]["code"] == "invalid_json"
        await peer.update()


async def test_a_socket_that_dies_in_mid_sentence_leaves_nothing(adapter: Adapter) -> None:
    """When a client vanishes while it is spoken to, its tasks end and the server goes on."""
    async with local(adapter, brain=echo, voice=SlowWords(), pace=Pace()) as server:
        before = asyncio.all_tasks()
        async with connect(server.url) as socket:
            item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "a b c d e f"}]}
            await socket.send(json.dumps({"type": "conversation.item.create", "item": item}))
            await socket.send('{"type": "response.create"}')
            while json.loads(await socket.recv())["type"] != "response.output_audio.delta":
                pass
            socket.transport.abort()
        left = asyncio.all_tasks() - before
        assert left
        _, still_there = await asyncio.wait(left, timeout=10)
        assert not still_there
        async with connect(server.url) as socket:
            await socket.recv()


async def test_a_server_that_stops_closes_its_sessions(adapter: Adapter) -> None:
    """Leaving the context closes open sockets with 1001 and frees the port."""
    async with local(adapter) as server:
        socket = await connect(server.url)
        await socket.recv()
    with pytest.raises(ConnectionClosed):
        await socket.recv()
    assert socket.close_code == 1001
    with pytest.raises(OSError, match="Connect call failed"):
        await connect(server.url)


async def test_a_server_without_speech_says_so(caplog: pytest.LogCaptureFixture) -> None:
    """What a server cannot do is in its capabilities, and in the log, once."""
    caplog.set_level(logging.INFO)
    async with LocalServer(speech=False) as server:
        assert server.capabilities.synthesiser is None
        assert server.capabilities.describe()[1:] == ("Writes, cannot speak.", "Reads, cannot hear.")
    assert sum("cannot speak" in record.getMessage() for record in caplog.records) == 1


async def test_a_port_that_is_taken_is_an_error() -> None:
    """A server that cannot listen raises, and starts nothing."""
    async with LocalServer(speech=False) as server:
        port = int(server.url.split(":")[2].split("/")[0])
        with pytest.raises(OSError, match="in use"):
            async with LocalServer(port, speech=False):
                pass
