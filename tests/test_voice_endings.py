"""Questions whose silence the microphone does not give: it is off, unplugged or gone when the last word was said."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import pytest

from realtime_rx import RealtimeSession, Transcription, TurnDetection, use_realtime
from realtime_rx.abc import AudioInput
from realtime_rx.audio.bridge import AudioBridge
from realtime_rx.audio.bridge.protocol import Hello
from realtime_rx.errors import AudioDeviceError
from realtime_rx.events import AudioCommitted
from realtime_rx.formats import PCM16_16K
from realtime_rx.state import SessionState

from .audio.bridge.fakes import FakeSocket, sound
from .local.spoken import chunks, say, silence
from .support.elevenlabs_agent import session_at
from .support.elevenlabs_frames import guessing, hearing, replying
from .support.elevenlabs_server import ElevenLabsCaller, elevenlabs
from .support.waiting import becomes, until
from .test_sound import TWENTY_MS, Microphone

QUESTION = say("What time is it", after_ms=0)


def answered(state: SessionState) -> bool:
    """One question was asked and answered, and nobody speaks."""
    is_over = not state.flow.user_speaking and state.flow.response_id is None
    return len(state.messages) == 2 and state.messages[1].status == "completed" and is_over


def commits(state: SessionState) -> int:
    return len([event for event in state.events if isinstance(event, AudioCommitted)])


def talking(microphone: AudioInput, **settings: Any) -> RealtimeSession:
    return use_realtime(
        "local", transcription=Transcription(), output_modalities=("text",), audio_input=microphone, **settings
    )


async def said(session: RealtimeSession, microphone: Microphone, sound: bytes) -> None:
    """The microphone has heard all of it."""
    session.start_audio_capture()
    for chunk in chunks(sound, ms=20):
        microphone.heard.put_nowait(chunk)
    await becomes(microphone.heard.empty)


def unplug(_: RealtimeSession, microphone: Microphone) -> None:
    microphone.heard.put_nowait(AudioDeviceError("unplugged"))


def switch_off(session: RealtimeSession, _: Microphone) -> None:
    session.stop_audio_capture()


TURNS = {
    "default": TurnDetection(),
    "semantic": TurnDetection.semantic("low"),
    "patient": TurnDetection.server(silence_duration_ms=1400),
    "deaf to silence": TurnDetection.server(silence_duration_ms=60_000),
}


@pytest.mark.parametrize("end", [switch_off, unplug])
@pytest.mark.parametrize("turns", TURNS.values(), ids=TURNS)
async def test_a_question_is_answered_though_no_silence_follows(
    end: Callable[[RealtimeSession, Microphone], None], turns: TurnDetection
) -> None:
    """A microphone that is off with the last word leaves a question that is understood and answered, once."""
    microphone = Microphone()
    session = talking(microphone, turn_detection=turns)
    async with session:
        await said(session, microphone, QUESTION)
        end(session, microphone)
        state = await until(session, answered)
    assert "time" in state.messages[0].text.lower()
    assert (commits(state), state.error) == (1, None)


async def test_a_page_that_is_closed_in_mid_word_leaves_no_open_turn() -> None:
    """A page that goes while its visitor speaks has what they said answered, although it may still come back."""
    bridge = AudioBridge(linger_s=600)
    session = talking(bridge.microphone)
    async with session:
        page = FakeSocket()
        serving = asyncio.create_task(bridge.serve(page, Hello(token="", input_rate=24_000, output_rate=24_000)))
        session.start_audio_capture()
        await becomes(lambda: bridge.microphone.is_wanted)
        for chunk in chunks(QUESTION, ms=20):
            page.say(sound(chunk))
        page.say(None)
        await serving
        assert session.state.is_capturing
        state = await until(session, answered)
        bridge.close()
    assert "time" in state.messages[0].text.lower()
    assert (commits(state), state.error) == (1, None)


async def test_a_microphone_that_goes_off_in_silence_says_nothing() -> None:
    """Where nobody spoke, or the turn was over, switching the microphone off makes no turn, no message and no error."""
    microphone = Microphone()
    session = talking(microphone)
    async with session:
        await said(session, microphone, QUESTION + silence(1500))
        await until(session, answered)
        session.stop_audio_capture()
        await until(session, lambda state: not state.is_capturing)
        await said(session, microphone, silence(500))
        session.stop_audio_capture()
        await until(session, lambda state: not state.is_capturing)
        session.send_text_message("hello")
        state = await until(session, lambda state: len(state.messages) == 4 and state.mode == "idle")
    assert (commits(state), state.error) == (1, None)


async def test_a_turn_that_nobody_is_to_answer_is_not_asked_about() -> None:
    """Where the application asks for responses itself, the turn is ended and heard, and no response comes of it."""
    microphone = Microphone()
    session = talking(
        microphone, turn_detection=TurnDetection.server(silence_duration_ms=60_000, create_response=False)
    )
    async with session:
        await said(session, microphone, QUESTION)
        session.stop_audio_capture()
        state = await until(session, lambda state: state.messages and state.messages[0].status == "completed")
        assert (state.mode, state.flow.requested, state.flow.queued) == ("idle", False, None)
        session.request_response()
        await until(session, answered)


async def listens_for_silence(caller: ElevenLabsCaller) -> None:
    """An agent that guesses at what it hears, and answers after 500 ms of silence, whatever it is told of turns."""
    await caller.greet()
    pieces, quiet_ms = 0, 0.0
    while quiet_ms < 500:
        sound = base64.b64decode((await caller.hear("user_audio_chunk"))["user_audio_chunk"])
        quiet_ms = 0.0 if any(sound) else quiet_ms + PCM16_16K.milliseconds(len(sound))
        pieces += 1
        if pieces == 1:
            await caller.say(guessing("What is", 1))
    await caller.say(hearing("What is new?", 1), replying("Nothing.", 1))
    await caller.listen()


@pytest.mark.parametrize("turns", [TurnDetection(), TurnDetection.disabled()], ids=["heard", "pushed"])
async def test_a_key_is_let_go_where_turns_cannot_be_committed(turns: TurnDetection) -> None:
    """Push-to-talk with an agent that takes no commits is answered, whatever the settings, and nothing is wrong."""
    microphone = Microphone()
    async with elevenlabs(listens_for_silence) as server:
        session = session_at(server, audio_input=microphone, turn_detection=turns)
        async with session:
            session.start_listening()
            for _ in range(20):
                microphone.heard.put_nowait(b"\x10" * len(TWENTY_MS))
            await until(session, lambda state: state.flow.user_speaking)
            session.stop_listening()
            state = await until(session, answered)
    assert [message.text for message in state.messages] == ["What is new?", "Nothing."]
    assert (state.mode, state.error) == ("idle", None)
