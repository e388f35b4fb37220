"""Whole spoken turns: real speech, the real detector, the real recogniser and the real voice, over a socket."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from openai import AsyncOpenAI

from realtime_rx.local import AT_ONCE, KeywordBrain, LocalServer, Pace
from realtime_rx.local.listener import Listener

from .conftest import Event, Open, Peer
from .spoken import chunks, noise, say, silence

pytestmark = [
    pytest.mark.usefixtures("needs_hearing"),
    pytest.mark.usefixtures("needs_speech"),
    pytest.mark.asyncio(loop_scope="module"),
]
WEATHER = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
DICE = {
    "type": "function",
    "name": "roll_dice",
    "description": "Roll some dice.",
    "parameters": {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]},
}
LIGHT = {
    "type": "function",
    "name": "set_light",
    "description": "Switch the light in a room.",
    "parameters": {
        "type": "object",
        "properties": {"room": {"enum": ["kitchen", "bedroom"]}, "on": {"type": "boolean"}},
    },
}
KIND = "conversation.item.input_audio_transcription"
ASK = {"audio": {"input": {"transcription": {"model": "any", "language": "en"}}}, "tools": [WEATHER, DICE, LIGHT]}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(needs_hearing: None, needs_speech: None) -> AsyncIterator[LocalServer]:
    async with LocalServer(pace=AT_ONCE) as running:
        yield running


async def hear(peer: Peer, *sounds: bytes) -> None:
    for chunk in chunks(b"".join(sounds)):
        await peer.send("input_audio_buffer.append", audio=base64.b64encode(chunk).decode())


async def transcript(peer: Peer, *sounds: bytes) -> str:
    await hear(peer, *sounds)
    return (await peer.next(f"{KIND}.completed"))["transcript"]


async def test_a_spoken_question_calls_its_tool_and_is_answered(server: LocalServer, dial: Open) -> None:
    """ "What is the weather in Paris" is understood, calls the tool with Paris, and the result is spoken."""
    async with dial(server) as peer:
        await peer.update(**ASK)
        assert await transcript(peer, say("What is the weather in Paris")) == "What is the weather in Paris"
        (call,) = (await peer.next("response.done"))["response"]["output"]
        assert (call["name"], json.loads(call["arguments"])) == ("get_weather", {"city": "Paris"})
        output = {"type": "function_call_output", "call_id": call["call_id"], "output": '{"sky": "clear"}'}
        await peer.send("conversation.item.create", item=output)
        done = await peer.respond()
        assert done["output"][0]["content"][0]["transcript"] == "Get weather: sky is clear."
        assert len(peer.of("response.output_audio.delta")) > 5
        deltas = peer.of(f"{KIND}.delta")
        assert "".join(delta["delta"] for delta in deltas) == "What is the weather in Paris"


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("Roll two dice", "roll_dice", {"count": 2}),
        ("Switch the kitchen light off", "set_light", {"room": "kitchen", "on": False}),
    ],
)
async def test_arguments_are_heard(server: LocalServer, dial: Open, text: str, name: str, arguments: Event) -> None:
    """Numbers and the values of an enum come through, although general English hears something else in them."""
    async with dial(server) as peer:
        await peer.update(**ASK)
        assert await transcript(peer, say(text)) == text
        (call,) = (await peer.next("response.done"))["response"]["output"]
        assert (call["name"], json.loads(call["arguments"])) == (name, arguments)


async def test_what_no_tool_is_about_is_heard_as_general_english(server: LocalServer, dial: Open) -> None:
    """A sentence outside of the session's vocabulary is not forced into it."""
    async with dial(server) as peer:
        await peer.update(**ASK)
        heard = await transcript(peer, say("The quick brown fox jumps over the lazy dog"))
        assert len({"quick", "brown", "fox", "jumps", "lazy", "dog"} & set(heard.lower().split())) >= 5


async def test_new_tools_bring_new_words(server: LocalServer, dial: Open) -> None:
    """After a session.update its words are expected at the next turn."""
    async with dial(server) as peer:
        await peer.update(**ASK)
        await transcript(peer, say("Roll two dice"))
        tool = {"type": "function", "name": "feed_penguin", "parameters": {"type": "object", "properties": {}}}
        await peer.update(tools=[tool])
        assert await transcript(peer, say("Please feed penguin")) == "Please feed penguin"


async def test_a_voice_interrupts_the_answer(dial: Open) -> None:
    """Real speech in mid-answer cancels it as turn_detected; no sound of it follows."""
    async with LocalServer(pace=Pace()) as server, dial(server) as peer:
        await peer.ask("hello")
        await peer.update(**ASK)
        await peer.user("count to fifty")
        await peer.send("response.create")
        await peer.next("response.output_audio.delta")
        await hear(peer, say("Stop"))
        await peer.next("input_audio_buffer.speech_started")
        done = (await peer.next("response.done"))["response"]
        assert (done["status"], done["status_details"]["reason"]) == ("cancelled", "turn_detected")
        assert (await peer.next(f"{KIND}.completed"))["transcript"] == "Stop"
        assert (await peer.next("response.done"))["response"]["output"][0]["content"][0]["transcript"] == "Okay."
        after = peer.events[peer.events.index(peer.of("input_audio_buffer.speech_started")[0]) :]
        late = [
            one for one in after if one["type"] == "response.output_audio.delta" and one["response_id"] == done["id"]
        ]
        assert late == []


@pytest.mark.parametrize("pink", [False, True])
async def test_noise_alone_starts_nothing(server: LocalServer, dial: Open, pink: bool) -> None:
    """Five seconds of noise are no turn, and the next words are one."""
    async with dial(server) as peer:
        await peer.update(**ASK)
        await hear(peer, noise(5000, pink=pink), silence(1000))
        assert "time" in await transcript(peer, say("What time is it"))
        assert len(peer.of("input_audio_buffer.speech_started")) == 1


async def test_push_to_talk(server: LocalServer, dial: Open) -> None:
    """With turn_detection null a commit and a response.create are a spoken turn."""
    async with dial(server) as peer:
        update = {"audio": {"input": {**ASK["audio"]["input"], "turn_detection": None}}}
        await peer.update(**{**ASK, **update})
        await hear(peer, say("Roll two dice", after_ms=100))
        await peer.send("input_audio_buffer.commit")
        (call,) = (await peer.respond())["output"]
        assert json.loads(call["arguments"]) == {"count": 2}
        assert peer.of("input_audio_buffer.speech_started") == []


async def test_two_sessions_speak_at_the_same_time(server: LocalServer, dial: Open) -> None:
    """Each of two microphones at once gets its own words."""
    async with dial(server) as one, dial(server) as other:
        await asyncio.gather(one.update(**ASK), other.update(**ASK))
        heard = await asyncio.gather(
            transcript(one, say("What time is it")), transcript(other, say("What is the weather in Paris"))
        )
        assert heard == ["What time is it", "What is the weather in Paris"]


async def test_a_session_outlives_its_recogniser(
    server: LocalServer, dial: Open, caplog: pytest.LogCaptureFixture
) -> None:
    """When the recogniser is killed in mid-utterance that turn fails, the answer says so, and the next is heard."""
    sentence = say("What is the weather in Paris", after_ms=0)
    async with dial(server) as peer:
        await peer.update(**ASK)
        await hear(peer, sentence[: len(sentence) // 2])
        await peer.next("input_audio_buffer.speech_started")
        ear = server._ear
        assert isinstance(ear, Listener)
        assert ear._worker is not None
        ear._worker._process.kill()
        await ear._worker._process.wait()
        await hear(peer, sentence[len(sentence) // 2 :], silence(800))
        failed = (await peer.next(f"{KIND}.failed"))["error"]
        assert "recogniser broke" in failed["message"]
        done = (await peer.next("response.done"))["response"]
        assert "heard no words" in done["output"][0]["content"][0]["transcript"]
        assert await transcript(peer, say("Roll two dice")) == "Roll two dice"
    assert sum("started again" in record.getMessage() for record in caplog.records) == 1


async def test_another_language_is_refused(server: LocalServer, dial: Open) -> None:
    """A session that is spoken to in German is told that this recogniser knows English only."""
    async with dial(server) as peer:
        await peer.update(audio={"input": {"transcription": {"model": "any", "language": "de"}}})
        await hear(peer, say("Guten Tag"))
        assert "English only" in (await peer.next(f"{KIND}.failed"))["error"]["message"]


async def test_the_official_client_talks(server: LocalServer) -> None:
    """The official Python client completes a spoken turn: it sends sound, and gets words and sound."""
    url = server.url.replace("ws", "http", 1).removesuffix("/realtime")
    async with AsyncOpenAI(api_key="any", base_url=url) as client, client.realtime.connect(model="local") as connection:
        await connection.session.update(session={"type": "realtime", **ASK})  # type: ignore[typeddict-item]
        for chunk in chunks(say("Tell me a joke")):
            await connection.input_audio_buffer.append(audio=base64.b64encode(chunk).decode())
        sound, said = b"", ""
        async with asyncio.timeout(20):
            async for event in connection:
                match event.type:
                    case "conversation.item.input_audio_transcription.completed":
                        said = event.transcript
                    case "response.output_audio.delta":
                        sound += base64.b64decode(event.delta)
                    case "response.done":
                        assert event.response.status == "completed"
                        break
                    case _:
                        pass
        assert said == "Tell me a joke"
        assert len(sound) > 48000


async def test_a_server_says_what_it_hears_with(server: LocalServer) -> None:
    """The recogniser and the detector are in the capabilities, and in a sentence about them."""
    assert str(server.capabilities.recogniser).startswith("pocketsphinx ")
    assert server.capabilities.turn_detector == "Silero"
    assert server.capabilities.describe()[2].startswith("Hears with pocketsphinx")
    assert server.capabilities.brain == KeywordBrain.__name__
