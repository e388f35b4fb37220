"""A session's microphone while keys are pressed, connections are lost and pages are away."""

import pytest

from realtime_rx.config import SessionConfig, TurnDetection
from realtime_rx.events import CapturePaused
from realtime_rx.policies import ReconnectPolicy

from .support.memory import Wire, connected
from .support.waiting import becomes, until
from .test_sound import TWENTY_MS, Microphone

AGAIN = {"type": "session.created", "session": {"id": "sess_2", "type": "realtime", "model": "scripted"}}
PUSHED = SessionConfig(turn_detection=TurnDetection.disabled())
AT_ONCE = ReconnectPolicy(first_delay_s=0.0, max_delay_s=0.0)


@pytest.mark.parametrize("is_back", [True, False], ids=["the next is there", "the next is dialled"])
async def test_what_was_said_into_a_lost_connection_is_not_committed_on_the_next(is_back: bool) -> None:
    """A key that is held through a drop and let go has nothing to commit, and no response is asked for."""
    wire, microphone = Wire(), Microphone()
    session = await connected(wire, audio_input=microphone, session_config=PUSHED, reconnect=AT_ONCE)
    session.start_listening()
    for _ in range(16):
        microphone.heard.put_nowait(TWENTY_MS)
    await wire.hear_types(16)
    wire.renew()
    wire.pipes[0].drop()
    await until(session, lambda state: state.status == "reconnecting")
    if is_back:
        wire.say(AGAIN)
        await until(session, lambda state: state.status == "connected")
        microphone.heard.put_nowait(TWENTY_MS)
    session.stop_listening()
    await until(session, lambda state: not state.is_capturing)
    if not is_back:
        wire.say(AGAIN)
        await until(session, lambda state: state.status == "connected")
    session.send_text_message("Hello", respond=False)
    told = ["session.update", *["input_audio_buffer.append", "input_audio_buffer.clear"] * is_back]
    assert await wire.hear_types(len(told) + 1) == [*told, "conversation.item.create"]
    await session.aclose()


async def test_a_key_that_is_pressed_again_at_once_is_heard() -> None:
    """Letting go and pressing again in one breath has the microphone on, though it was still being closed."""
    microphone = Microphone()
    session = await connected(Wire(), audio_input=microphone, session_config=PUSHED)
    session.start_audio_capture()
    await until(session, lambda state: state.is_capturing)
    session.stop_audio_capture()
    session.start_audio_capture()
    await until(session, lambda state: not state.is_capturing)
    await until(session, lambda state: state.is_capturing)
    assert microphone.taken == 1
    await session.aclose()


async def test_a_microphone_without_a_sound_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A microphone of which nothing comes any more is on, and said to pause as long as it does."""
    monkeypatch.setattr("realtime_rx.sound.PAUSE_S", 0.01)
    pauses: list[CapturePaused] = []
    microphone = Microphone()
    session = await connected(Wire(), audio_input=microphone)
    session.local_events.subscribe(lambda event: pauses.append(event) if isinstance(event, CapturePaused) else None)
    session.start_audio_capture()
    microphone.heard.put_nowait(TWENTY_MS)
    await becomes(lambda: len(pauses) > 1)
    assert session.state.is_capturing
    session.stop_audio_capture()
    await until(session, lambda state: not state.is_capturing)
    await session.aclose()
