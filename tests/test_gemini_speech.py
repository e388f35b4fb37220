"""Speech with a scripted Gemini Live server: understood, marked, interrupting."""

import pytest

from realtime_rx.config import SessionConfig, TurnDetection
from realtime_rx.items import AudioPart
from realtime_rx.session import RealtimeSession
from realtime_rx.state import Message, SessionState

from .support.gemini_frames import completed, saying, sounding
from .support.gemini_model import talk
from .support.gemini_server import GeminiCaller, gemini, session_at
from .support.gemini_sessions import PIECE, answered, quiet, rows
from .support.waiting import becomes, until
from .test_sound import Microphone, Speaker


async def test_speech_is_one_message_before_its_reply() -> None:
    """What the user said, told in deltas of which the last comes after the reply began, is one message before it."""
    async with gemini(talk) as server:
        session = session_at(server)
        async with session:
            for _ in range(3):
                session.send_audio(PIECE)
            state = await until(session, answered(1))
    assert rows(state) == [("user", " Hello, are you there?"), ("assistant", "I am here.")]
    assert [message.status for message in state.messages] == ["completed", "completed"]
    assert server.callers[0].kinds == ["setup", "audio", "audio", "audio"]
    assert server.callers[0].frames[1]["realtimeInput"]["audio"]["mimeType"] == "audio/pcm;rate=16000"


async def test_push_to_talk_marks_activity() -> None:
    """Without turn detection the first sound begins an activity and committing ends it, which alone is answered."""
    async with gemini(talk) as server:
        session = session_at(server, session_config=SessionConfig(turn_detection=TurnDetection.disabled()))
        async with session:
            for turn in (1, 2):
                session.send_audio(PIECE)
                session.send_audio(PIECE)
                session.commit_audio()
                session.request_response()
                state = await until(session, answered(turn))
    assert server.callers[0].kinds == ["setup", *["activityStart", "audio", "audio", "activityEnd"] * 2]
    assert [role for role, _ in rows(state)] == ["user", "assistant"] * 2


async def told(session: RealtimeSession) -> SessionState:
    session.send_text_message("Tell me a story.")
    return await until(session, lambda state: "Once upon" * 10 in [message.text for message in state.messages])


async def test_an_interruption_ends_the_reply() -> None:
    """When Gemini says that it was interrupted the reply is marked, keeps its words, and the next turn goes on."""
    async with gemini(talk) as server:
        session = session_at(server)
        async with session:
            await told(session)
            for _ in range(3):
                session.send_audio(PIECE)
            state = await until(session, answered(2))
    story: Message = state.messages[1]
    assert (story.text, story.interrupted, story.status) == ("Once upon" * 10, True, "incomplete")
    assert rows(state)[2:] == [("user", " Hello, are you there?"), ("assistant", "I am here.")]
    assert (state.mode, state.error) == ("idle", None)


async def test_an_interruption_is_heard_at_once() -> None:
    """The speaker falls silent when Gemini says so, and the message says how much of it was heard."""
    speaker = Speaker()
    async with gemini(talk) as server:
        session = session_at(server, audio_output=speaker)
        async with session:
            await until(session, lambda state: state.flow.has_output)
            state = await told(session)
            assert speaker.listener is not None
            item = state.messages[1].id
            speaker.listener.on_played(item, 0, 24_000 * 2)
            session.send_audio(PIECE)
            await until(session, lambda state: not state.is_playing)
            speaker.listener.on_drained()
            state = await until(session, lambda state: quiet(state) and state.messages[1].status == "incomplete")
            part = state.messages[1].parts[0]
    assert isinstance(part, AudioPart)
    assert (part.transcript, part.heard_ms) == ("Once upon" * 10, 2000)
    assert ("flush",) in speaker.asked
    assert server.callers[0].kinds == ["setup", "clientContent", "clientContent", "audio"]


async def test_a_microphone_of_another_rate_is_told() -> None:
    """A microphone that hears at 24 kHz is heard at 24 kHz: every piece of sound says its rate."""
    microphone = Microphone()
    async with gemini(talk) as server:
        session = session_at(server, audio_input=microphone)
        async with session:
            session.start_audio_capture()
            microphone.heard.put_nowait(bytes(4800))
            await becomes(lambda: "audio" in server.callers[0].kinds)
            assert session.state.error is None
    assert server.callers[0].frames[-1]["realtimeInput"]["audio"]["mimeType"] == "audio/pcm;rate=24000"


@pytest.mark.parametrize("stop", ["stop_audio_capture", "stop_listening"])
async def test_gemini_is_told_that_the_microphone_is_off(stop: str) -> None:
    """Where Gemini listens for the end of speech, it need not wait for a silence that never comes: it is told, once."""
    microphone = Microphone()
    async with gemini(talk) as server:
        session = session_at(server, audio_input=microphone)
        async with session:
            session.start_audio_capture()
            await until(session, lambda state: state.is_capturing)
            for _ in range(2):
                microphone.heard.put_nowait(bytes(4800))
            await becomes(lambda: server.callers[0].kinds.count("audio") == 2)
            getattr(session, stop)()
            await until(session, lambda state: not state.is_capturing)
            session.send_text_message("That was it.", respond=False)
            await becomes(lambda: "clientContent" in server.callers[0].kinds)
    assert server.callers[0].kinds == ["setup", "audio", "audio", "audioStreamEnd", "clientContent"]


async def test_late_sound_of_an_interrupted_turn_is_dropped() -> None:
    """Sound and words that come between the interruption and the end of the turn are not heard, words are kept."""

    async def part(caller: GeminiCaller) -> None:
        await caller.greet()
        await caller.hear("clientContent")
        await caller.say(saying("One"), sounding(), {"serverContent": {"interrupted": True}})
        await caller.say(sounding(), saying(" two"), sounding(), completed())
        await caller.listen()

    heard: list[int] = []
    async with gemini(part) as server:
        session = session_at(server)
        session.effects.subscribe(lambda effect: heard.append(getattr(effect, "byte_count", 0)))
        async with session:
            session.send_text_message("Count.")
            state = await until(session, lambda state: quiet(state) and state.messages[-1].status == "incomplete")
    assert sum(heard) == 4800
    assert (state.messages[-1].text, state.messages[-1].interrupted) == ("One two", True)
