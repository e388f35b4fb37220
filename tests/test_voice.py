"""Spoken conversations with the embedded provider, through files in place of a microphone and a speaker."""

import base64
import wave
from pathlib import Path

from realtime_rx import RealtimeSession, Transcription, use_realtime
from realtime_rx.audio.wav import WavInput, WavOutput
from realtime_rx.effects import Effect, PlayAudio, Send
from realtime_rx.events import TruncateItem
from realtime_rx.items import AudioPart

from .local.spoken import RATE, say, silence
from .support.waiting import until

BYTES_PER_MS = 48
HEADER = 44


def written(path: Path, sound: bytes) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(sound)
    return path


def talking(folder: Path, sound: bytes) -> RealtimeSession:
    """A session that hears this sound as if it were spoken now."""
    return use_realtime(
        "local",
        transcription=Transcription(),
        audio_input=WavInput(written(folder / "said.wav", sound)),
        audio_output=WavOutput(folder / "heard.wav"),
    )


async def test_a_spoken_question_is_understood_and_its_answer_is_heard(tmp_path: Path) -> None:
    """The user's words become a message, and every sample of the answer reaches the speaker, in order, once."""
    received: list[bytes] = []

    def listen(effect: Effect) -> None:
        if isinstance(effect, PlayAudio):
            received.append(base64.b64decode(effect.audio))

    session = talking(tmp_path, say("What time is it", after_ms=1500))
    session.effects.subscribe(listen)
    async with session:
        session.start_audio_capture()
        await until(session, lambda state: state.is_playing)
        state = await until(session, lambda state: len(state.messages) == 2 and state.mode == "idle")
    assert "time" in state.messages[0].text.lower()
    assert state.messages[1].text.startswith("It is")
    assert not state.messages[1].interrupted
    with wave.open(str(tmp_path / "heard.wav")) as heard:
        assert heard.readframes(heard.getnframes()) == b"".join(received)


async def test_speaking_over_the_answer_tells_the_model_what_was_heard(tmp_path: Path) -> None:
    """A second utterance silences the answer; one truncation follows, at what the speaker had really let be heard."""
    truncated: list[tuple[int, int]] = []

    def watch(effect: Effect) -> None:
        if isinstance(effect, Send) and isinstance(effect.event, TruncateItem):
            size = (tmp_path / "heard.wav").stat().st_size
            truncated.append((effect.event.audio_end_ms, (size - HEADER) // BYTES_PER_MS))

    sound = say("Count to thirty", after_ms=3500) + say("Stop", after_ms=1000) + silence(4000)
    session = talking(tmp_path, sound)
    session.effects.subscribe(watch)
    async with session:
        session.start_audio_capture()
        state = await until(session, lambda state: any(message.interrupted for message in state.messages))
        await until(session, lambda state: truncated)
        state = session.state
    (told_ms, heard_ms), *more = truncated
    assert more == []
    assert abs(told_ms - heard_ms) <= 60
    counted = next(message for message in state.messages if message.interrupted)
    part = counted.parts[0]
    assert isinstance(part, AudioPart)
    assert part.heard_ms == told_ms
    assert part.transcript.startswith("1, 2, 3")
