"""Sessions with a scripted ElevenLabs server over a real socket."""

import asyncio
from typing import Any

import pytest

from realtime_rx import tool
from realtime_rx.effects import PlayAudio
from realtime_rx.formats import PCM16_16K, PCMU, AudioFormat
from realtime_rx.items import AudioPart, TextPart, ToolPart
from realtime_rx.policies import ReconnectPolicy

from .support.elevenlabs_agent import HEARD, STORY, answered, rows, session_at, talk
from .support.elevenlabs_frames import (
    failing,
    greeting,
    guessing,
    hearing,
    interrupting,
    pinging,
    replying,
    sounding,
    written,
)
from .support.elevenlabs_server import ElevenLabsCaller, elevenlabs
from .support.waiting import becomes, until

FAST = ReconnectPolicy(first_delay_s=0.0, max_delay_s=0.0, steady_s=0.0)
PIECE = bytes(3200)
"""100 ms at 16 kHz."""


@tool
def get_weather(city: str) -> dict[str, Any]:
    """The weather in a city."""
    return {"city": city, "sky": "clear"}


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key of whoever runs the tests is used."""
    monkeypatch.delenv("ELEVENLABS_API_KEY", raising=False)


async def test_a_written_turn_is_answered() -> None:
    """What is typed is answered in words and sound, a ping by a pong, and nothing stays under way."""
    async with elevenlabs(talk) as server:
        session = session_at(server, instructions="Be brief.", voice="v1", speed=1.1)
        played: list[PlayAudio] = []
        session.effects.subscribe(lambda effect: played.append(effect) if isinstance(effect, PlayAudio) else None)
        async with session:
            await until(session, answered(1))
            session.send_text_message("Hello?")
            state = await until(session, answered(2))
            await becomes(lambda: "pong" in server.callers[0].kinds and len(played) == 4)
    assert rows(state) == [("assistant", "Hi!"), ("user", "Hello?"), ("assistant", "You said Hello?")]
    assert (state.mode, state.error, state.conversation_id) == ("idle", None, "conv_1")
    assert server.callers[0].initiation["conversation_config_override"] == {
        "agent": {"prompt": {"prompt": "Be brief."}}, "tts": {"voice_id": "v1", "speed": 1.1},
    }  # fmt: skip
    assert sorted(server.callers[0].kinds[1:]) == ["pong", "user_message"]


async def test_nothing_goes_out_before_the_greeting() -> None:
    """What is said before the agent has greeted waits for that."""
    opened = asyncio.Event()

    async def slow(caller: ElevenLabsCaller) -> None:
        await caller.hear()
        await opened.wait()
        assert caller.kinds == ["conversation_initiation_client_data"]
        await caller.say(greeting())
        await caller.hear("user_message")
        await caller.say(replying("Hi.", 1))
        await caller.listen()

    async with elevenlabs(slow) as server:
        session = session_at(server)
        connecting = session.connect()
        session.send_text_message("Hello?")
        await becomes(lambda: server.callers and server.callers[0].frames)
        opened.set()
        await connecting
        await until(session, answered(1))
        await session.aclose()


async def test_a_tool_is_called_and_answered() -> None:
    """A client tool's output goes back once, as text, and the agent goes on from it unasked."""
    async with elevenlabs(talk) as server:
        session = session_at(server, tools=[get_weather])
        async with session:
            session.send_text_message("How is the weather?")
            state = await until(session, answered(2))
    results = [frame for frame in server.callers[0].frames if frame.get("type") == "client_tool_result"]
    (result,) = results
    assert (result["is_error"], result["result"]) == (False, '{"city":"Tokyo","sky":"clear"}')
    (part,) = (part for message in state.messages for part in message.parts if isinstance(part, ToolPart))
    assert (part.state, part.output) == ("output-available", {"city": "Tokyo", "sky": "clear"})
    assert "clear" in state.messages[-1].text


async def test_a_tool_that_fails_is_answered_too() -> None:
    """A call that gave no output is answered with its error, marked as one."""

    @tool(name="get_weather")
    def broken(city: str) -> None:
        """Fail."""
        raise LookupError(f"{city} is not on the map")

    async with elevenlabs(talk) as server:
        session = session_at(server, tools=[broken])
        async with session:
            session.send_text_message("How is the weather?")
            await until(session, answered(2))
    (result,) = (frame for frame in server.callers[0].frames if frame.get("type") == "client_tool_result")
    assert (result["is_error"], "not on the map" in result["result"]) == (True, True)


async def test_a_spoken_turn_is_answered() -> None:
    """What is said aloud is understood in guesses and then for good, before the reply to it."""
    async with elevenlabs(talk) as server:
        session = session_at(server)
        pending: list[str] = []
        session.select(lambda state: state.pending_user_transcript).filter(bool).subscribe(pending.append)
        async with session:
            await until(session, answered(1))
            for _ in range(3):
                session.send_audio(PIECE)
            state = await until(session, answered(2))
    assert rows(state) == [("assistant", "Hi!"), ("user", HEARD[-1]), ("assistant", "I am here.")]
    assert pending == list(HEARD[:-1])
    assert server.callers[0].kinds.count("user_audio_chunk") == 3


async def test_an_interruption_tells_what_was_heard() -> None:
    """An interrupted reply is marked, keeps all of its words, says which were heard, and is not played on."""
    async with elevenlabs(talk) as server:
        session = session_at(server)
        played: list[PlayAudio] = []
        session.effects.subscribe(lambda effect: played.append(effect) if isinstance(effect, PlayAudio) else None)
        async with session:
            await until(session, answered(1))
            session.send_text_message("Tell me a story.")
            await becomes(lambda: len(played) == 12)
            for _ in range(3):
                session.send_audio(PIECE)
            state = await until(session, answered(3))
    story = next(message for message in state.messages if message.text == STORY)
    part = story.parts[0]
    assert isinstance(part, AudioPart)
    assert (story.interrupted, story.status, part.heard) == (True, "incomplete", "Once upon a")
    assert sum(effect.item_id == story.id for effect in played) == 10
    assert rows(state)[-2:] == [("user", HEARD[-1]), ("assistant", "I am here.")]


async def test_sound_of_the_interruptions_own_id_is_the_next_reply() -> None:
    """After an interruption sound with a smaller id is dropped, and sound with that very id is played."""

    async def part(caller: ElevenLabsCaller) -> None:
        await caller.greet()
        await caller.say(sounding(3), interrupting(5), sounding(3), sounding(4), sounding(5), replying("New.", 5))
        await caller.say(pinging(1))
        await caller.listen()

    async with elevenlabs(part) as server:
        session = session_at(server)
        played: list[PlayAudio] = []
        session.effects.subscribe(lambda effect: played.append(effect) if isinstance(effect, PlayAudio) else None)
        async with session:
            state = await until(session, answered(1))
    assert [effect.item_id == state.messages[-1].id for effect in played] == [False, True]
    assert (state.messages[-1].text, state.messages[-1].interrupted) == ("New.", False)


@pytest.mark.parametrize(
    ("spoken", "heard", "formats"),
    [
        ("pcm_16000", "pcm_16000", (PCM16_16K, PCM16_16K)),
        ("ulaw_8000", "ulaw_8000", (PCMU, PCMU)),
        ("pcm_44100", "pcm_8000", (AudioFormat(rate=44_100), AudioFormat(rate=8_000))),
    ],
)
async def test_the_greeting_says_the_formats(spoken: str, heard: str, formats: tuple[AudioFormat, AudioFormat]) -> None:
    """The formats of sound are those that the agent says it has, each way."""

    async def part(caller: ElevenLabsCaller) -> None:
        await caller.greet(greeting(spoken=spoken, heard=heard))
        await caller.listen()

    async with elevenlabs(part) as server, session_at(server) as session:
        state = session.state
    assert (state.output_format, state.input_format) == formats


async def test_a_text_only_conversation_is_written() -> None:
    """Where no sound is wanted the agent is told so, and its reply comes in written pieces, once."""

    async def part(caller: ElevenLabsCaller) -> None:
        await caller.greet()
        await caller.hear("user_message")
        await caller.say(*written(1, "Hel", "lo."), replying("Hello.", 1))
        await caller.listen()

    async with elevenlabs(part) as server:
        session = session_at(server, output_modalities=["text"])
        async with session:
            session.send_text_message("Hi")
            state = await until(session, answered(1))
            await becomes(lambda: len(session.state.events) > 12 or session.state.events[-1].type == "text-done")
    override = server.callers[0].initiation["conversation_config_override"]
    assert override == {"conversation": {"text_only": True}}
    assert rows(state) == [("user", "Hi"), ("assistant", "Hello.")]
    assert isinstance(state.messages[-1].parts[0], TextPart)


async def test_who_speaks_is_shown() -> None:
    """While the user speaks the mode is listening, then thinking, and idle when all words of the reply are there."""

    async def part(caller: ElevenLabsCaller) -> None:
        await caller.greet()
        await caller.say(guessing("Are", 1), hearing("Are you there?", 1), replying("Yes.", 1))
        await caller.listen()

    async with elevenlabs(part) as server:
        session = session_at(server)
        modes: list[str] = []
        session.select(lambda state: state.mode).subscribe(modes.append)
        async with session:
            await until(session, answered(1))
    assert modes == ["idle", "listening", "idle", "thinking", "idle"]


async def test_the_agent_ends_the_conversation() -> None:
    """An agent that hangs up has ended the conversation: nobody dials again, and nothing is wrong."""

    async def part(caller: ElevenLabsCaller) -> None:
        await caller.greet()
        await caller.say(replying("Bye.", 1))

    async with elevenlabs(part) as server:
        session = session_at(server, reconnect=FAST)
        await session.connect()
        state = await until(session, lambda state: state.status == "disconnected")
        await session.aclose()
    assert (state.error, len(server.callers), rows(state)) == (None, 1, [("assistant", "Bye.")])


async def test_an_error_is_told() -> None:
    """What the agent reports before it hangs up is the session's error."""

    async def part(caller: ElevenLabsCaller) -> None:
        await caller.greet()
        await caller.say(failing())
        await caller.listen()

    async with elevenlabs(part) as server, session_at(server) as session:
        state = await until(session, lambda state: state.error is not None)
    assert state.error is not None
    assert (state.error.code, state.error.message) == ("llm_timeout", "LLM timed out")


async def test_feedback_is_about_the_last_reply() -> None:
    """Liking a reply names it; where there is none yet, or what cannot be said, a warning says so."""
    async with elevenlabs(talk) as server:
        session = session_at(server)
        async with session:
            await until(session, answered(1))
            session.send_feedback(liked=False)
            session.commit_audio()
            await until(session, lambda state: state.error is not None)
            await becomes(lambda: "feedback" in server.callers[0].kinds)
    (frame,) = (frame for frame in server.callers[0].frames if frame.get("type") == "feedback")
    assert frame == {"type": "feedback", "event_id": 1, "score": "dislike"}
