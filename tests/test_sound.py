"""A session's microphone and speaker."""

import asyncio
import base64
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from realtime_rx.abc import PlaybackListener
from realtime_rx.errors import AudioDeviceError, ConfigurationError
from realtime_rx.formats import PCM16_24K, PCMU, AudioFormat
from realtime_rx.session import RealtimeSession

from .support.memory import Wire, connected, session_on
from .support.waiting import becomes, until

TWENTY_MS = b"\1\0" * 480


class Microphone:
    """Hears what it is given."""

    format: AudioFormat = PCM16_24K

    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes | AudioDeviceError] = asyncio.Queue()
        self.taken = 0

    async def chunks(self) -> AsyncGenerator[bytes]:
        self.taken += 1
        try:
            while True:
                chunk = await self.heard.get()
                if isinstance(chunk, AudioDeviceError):
                    raise chunk
                yield chunk
        finally:
            self.taken -= 1

    async def close(self) -> None:
        self.heard.put_nowait(AudioDeviceError("closed"))


class Speaker:
    """Remembers what it is asked to play."""

    format: AudioFormat = PCM16_24K

    def __init__(self, missing: AudioDeviceError | None = None) -> None:
        self.missing = missing
        self.asked: list[tuple[Any, ...]] = []
        self.listener: PlaybackListener | None = None

    async def open(self, listener: PlaybackListener) -> None:
        if self.missing is not None:
            raise self.missing
        self.listener = listener

    def play(self, item_id: str, content_index: int, pcm: bytes) -> None:
        self.asked.append((item_id, content_index, len(pcm)))

    def flush(self) -> None:
        self.asked.append(("flush",))

    async def close(self) -> None:
        self.asked.append(("close",))


def sound(milliseconds: int, response_id: str = "r1") -> dict[str, Any]:
    delta = base64.b64encode(b"\0\0" * 24 * milliseconds).decode()
    place = {"response_id": response_id, "item_id": "a1", "output_index": 0, "content_index": 0}
    return {"type": "response.output_audio.delta", "event_id": "e", **place, "delta": delta}


CREATED = {"type": "response.created", "event_id": "e", "response": {"id": "r1", "status": "in_progress"}}
STARTED = {"type": "input_audio_buffer.speech_started", "event_id": "e", "item_id": "u1", "audio_start_ms": 0}


async def speaking(speaker: Speaker) -> tuple[RealtimeSession, Wire]:
    """A session that plays 300 ms of an answer."""
    wire = Wire()
    session = await connected(wire, audio_output=speaker)
    await until(session, lambda state: state.flow.has_output)
    wire.say(CREATED, sound(100), sound(200))
    await until(session, lambda state: len(state.events) >= 4)
    return session, wire


async def test_what_the_microphone_hears_is_sent() -> None:
    """From start_audio_capture() to stop_audio_capture() every chunk goes out, and the state says so."""
    wire, microphone = Wire(), Microphone()
    session = await connected(wire, audio_input=microphone)
    session.start_audio_capture()
    await until(session, lambda state: state.is_capturing)
    microphone.heard.put_nowait(TWENTY_MS)
    sent = await wire.hear()
    assert (sent["type"], base64.b64decode(sent["audio"])) == ("input_audio_buffer.append", TWENTY_MS)
    session.stop_audio_capture()
    await until(session, lambda state: not state.is_capturing)
    assert microphone.taken == 0
    await session.aclose()


async def test_starting_to_capture_twice_takes_the_microphone_once() -> None:
    """A second start_audio_capture() changes nothing."""
    microphone = Microphone()
    session = await connected(Wire(), audio_input=microphone)
    session.start_audio_capture()
    session.start_audio_capture()
    await until(session, lambda state: state.is_capturing)
    assert microphone.taken == 1
    await session.aclose()
    assert (session.task_count, microphone.taken) == (0, 0)


async def test_without_a_microphone_capturing_is_refused() -> None:
    """A session that was made without a microphone says how to make one with it."""
    session = await connected(Wire())
    with pytest.raises(ConfigurationError, match="audio_input"):
        session.start_audio_capture()
    await session.aclose()


async def test_a_lost_microphone_is_an_error_in_the_state() -> None:
    """A microphone that fails ends the capturing, not the session."""
    microphone = Microphone()
    session = await connected(Wire(), audio_input=microphone)
    session.start_audio_capture()
    microphone.heard.put_nowait(AudioDeviceError("unplugged"))
    state = await until(session, lambda state: state.error is not None)
    assert (state.status, state.error and state.error.code) == ("connected", "audio_device")
    await until(session, lambda state: not state.is_capturing)
    await session.aclose()


async def test_push_to_talk_commits_and_asks_for_an_answer() -> None:
    """Letting the key go after 100 ms of speech commits it and asks for a response."""
    wire, microphone = Wire(), Microphone()
    session = await connected(wire, audio_input=microphone)
    session.start_listening()
    for _ in range(5):
        microphone.heard.put_nowait(TWENTY_MS)
    assert await wire.hear_types(5) == ["input_audio_buffer.append"] * 5
    session.stop_listening()
    assert await wire.hear_types(2) == ["input_audio_buffer.commit", "response.create"]
    await session.aclose()


async def test_a_key_pressed_by_mistake_says_nothing() -> None:
    """Letting the key go before 100 ms of speech forgets it: the provider would refuse the commit."""
    wire, microphone = Wire(), Microphone()
    session = await connected(wire, audio_input=microphone)
    session.start_listening()
    microphone.heard.put_nowait(TWENTY_MS)
    assert (await wire.hear())["type"] == "input_audio_buffer.append"
    session.stop_listening()
    assert (await wire.hear())["type"] == "input_audio_buffer.clear"
    assert wire.heard() == []
    await session.aclose()


async def test_sound_is_played() -> None:
    """What the model says reaches the speaker as PCM, and the state is playing."""
    speaker = Speaker()
    session, _ = await speaking(speaker)
    assert speaker.asked == [("a1", 0, 4800), ("a1", 0, 9600)]
    assert (session.state.is_playing, session.state.mode) == (True, "speaking")
    await session.aclose()
    assert speaker.asked[-1] == ("close",)


async def test_speaking_ends_when_the_speaker_has_drained() -> None:
    """The mode is speaking until everything was heard."""
    speaker = Speaker()
    session, wire = await speaking(speaker)
    wire.say({"type": "response.done", "event_id": "e", "response": {"id": "r1", "status": "completed", "output": []}})
    await until(session, lambda state: state.flow.response_id is None)
    assert session.state.mode == "speaking"
    assert speaker.listener is not None
    speaker.listener.on_played("a1", 0, 7200)
    speaker.listener.on_drained()
    assert session.state.mode == "idle"
    await session.aclose()


async def test_speech_silences_the_speaker_and_the_model_is_told_what_was_heard() -> None:
    """Speech over the answer flushes the speaker, cancels by id, and truncates once at what was heard."""
    speaker = Speaker()
    session, wire = await speaking(speaker)
    wire.say(STARTED)
    await becomes(lambda: ("flush",) in speaker.asked)
    assert (await wire.hear())["response_id"] == "r1"
    assert speaker.listener is not None
    speaker.listener.on_played("a1", 0, 2880)
    speaker.listener.on_drained()
    truncated = await wire.hear()
    assert (truncated["type"], truncated["audio_end_ms"]) == ("conversation.item.truncate", 120)
    wire.say(sound(100))
    await until(session, lambda state: len(state.events) >= 6)
    assert speaker.asked[-1] == ("flush",)
    await session.aclose()


async def test_stop_playback_silences_this_answer_alone() -> None:
    """After stop_playback() nothing more of this response is heard, and nothing is cancelled."""
    speaker = Speaker()
    session, wire = await speaking(speaker)
    session.stop_playback()
    wire.say(sound(100), {**CREATED, "response": {"id": "r2"}}, sound(50, "r2"))
    await until(session, lambda state: len(state.events) >= 7)
    assert speaker.asked[-2:] == [("flush",), ("a1", 0, 2400)]
    assert wire.heard() == []
    await session.aclose()


async def test_a_missing_speaker_is_an_error_and_the_session_goes_on() -> None:
    """A speaker that cannot be opened is an error in the state; the conversation goes on in writing."""
    wire = Wire()
    session = await connected(wire, audio_output=Speaker(AudioDeviceError("no speaker here")))
    state = await until(session, lambda state: state.error is not None)
    assert (state.status, state.error and state.error.message) == ("connected", "no speaker here")
    wire.say(CREATED, sound(100))
    assert not (await until(session, lambda state: len(state.events) >= 3)).is_playing
    await session.aclose()


async def test_a_missing_speaker_stays_said_until_there_is_one() -> None:
    """A response does not bring a speaker back, so its error stays; an opened speaker ends it."""
    wire, speaker = Wire(), Speaker(AudioDeviceError("no speaker here"))
    session = await connected(wire, audio_output=speaker)
    await until(session, lambda state: state.error is not None)
    wire.say(CREATED)
    state = await until(session, lambda state: state.flow.response_id is not None)
    assert state.error is not None
    assert (state.error.code, state.error.param) == ("audio_device", "audio_output")
    speaker.missing = None
    await session.disconnect()
    session.connect()
    assert (await until(session, lambda state: state.flow.has_output)).error is None
    await session.aclose()


async def test_a_page_may_leave_and_come_back() -> None:
    """A speaker that leaves without an error is waited for at once, and plays again when it is back."""
    speaker = Speaker()
    session, wire = await speaking(speaker)
    assert speaker.listener is not None
    speaker.listener.on_lost(None)
    assert (session.state.is_playing, session.state.flow.has_output) == (False, False)
    state = await until(session, lambda state: state.flow.has_output)
    assert state.error is None
    wire.say(sound(50))
    await becomes(lambda: speaker.asked[-1] == ("a1", 0, 2400))
    await session.aclose()


async def test_a_speaker_can_be_lost() -> None:
    """A speaker that is lost while playing ends the playing with an error in the state."""
    speaker = Speaker()
    session, _ = await speaking(speaker)
    assert speaker.listener is not None
    speaker.listener.on_lost(AudioDeviceError("unplugged"))
    assert (session.state.is_playing, session.state.error and session.state.error.message) == (False, "unplugged")
    await session.aclose()


def test_devices_and_settings_agree_on_the_format() -> None:
    """Settings that ask for another format than the device has are refused by name."""
    with pytest.raises(ConfigurationError, match="output_format"):
        session_on(Wire(), audio_output=Speaker(), session_config={"output_format": PCMU})


async def test_a_page_can_draw_the_sound() -> None:
    """The session shows levels and taps of its devices' meters; a device without a meter is silent."""
    microphone = Microphone()
    session = await connected(Wire(), audio_input=microphone)
    audio = session.audio
    assert (audio.input_level, audio.output_level, audio.get_output_time_domain_data()[0]) == (0.0, 0.0, 128)
    audio.on_output_audio(print)()
    await session.aclose()
