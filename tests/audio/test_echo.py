import pytest

from realtime_rx.audio.echo import EchoGate
from tests.audio.sounds import noise, sine

FRAME = 0.02
LOUD, SOFT = sine(300, FRAME, amplitude=0.6), sine(300, FRAME, amplitude=0.1)
SILENCE = bytes(len(LOUD))


def test_nothing_is_held_back_while_nothing_is_played() -> None:
    """With a silent speaker the microphone passes as it is, however soft."""
    gate = EchoGate()
    gate.played(SILENCE, 0.0)
    assert gate.admit(SOFT, 0.01) is SOFT


def test_an_echo_is_replaced_by_silence() -> None:
    """While something is played, what is soft beside it becomes as much silence."""
    gate = EchoGate()
    gate.played(LOUD, 0.0)
    assert gate.admit(SOFT, 0.1) == SILENCE


def test_a_raised_voice_passes() -> None:
    """What is loud beside the speaker passes while it plays."""
    gate = EchoGate()
    gate.played(SOFT, 0.0)
    assert gate.admit(LOUD, 0.1) is LOUD


def test_soft_syllables_of_a_voice_pass() -> None:
    """A voice that was let through stays so for a moment, and no longer."""
    gate = EchoGate(open_s=0.25)
    for step in range(20):
        gate.played(sine(300, FRAME, amplitude=0.4), step * FRAME)
    assert gate.admit(LOUD, 0.1) is LOUD
    assert gate.admit(SOFT, 0.3) is SOFT
    assert gate.admit(SOFT, 0.36) == SILENCE


def test_the_room_is_given_time() -> None:
    """An echo is held back for as long as a device and a room may take, and not for longer."""
    gate = EchoGate(hold_s=0.3)
    gate.played(LOUD, 0.0)
    assert gate.admit(SOFT, 0.3) == SILENCE
    assert gate.admit(SOFT, 0.31) is SOFT


@pytest.mark.parametrize("gain", [0.05, 0.2, 0.45])
def test_a_reply_never_hears_itself(gain: float) -> None:
    """The speaker's own sound, delayed by 120 ms and weakened, never passes."""
    gate = EchoGate()
    reply = [noise(FRAME, amplitude=0.02 + 0.1 * (step % 5)) for step in range(50)]
    passed = b""
    for step, frame in enumerate(reply):
        gate.played(frame, step * FRAME)
        if step >= 6:
            passed += gate.admit(noise(FRAME, amplitude=gain * (0.02 + 0.1 * ((step - 6) % 5))), step * FRAME + 0.01)
    assert passed == bytes(len(passed))


def test_the_ratio_says_how_loud_is_loud() -> None:
    """What is louder than the ratio times the speaker passes, and what is softer does not."""
    for ratio, passes in ((0.1, True), (0.3, False)):
        gate = EchoGate(ratio=ratio)
        gate.played(LOUD, 0.0)
        assert (gate.admit(SOFT, 0.0) is SOFT) is passes


def played_and_heard(gate: EchoGate, seconds: float, heard: bytes, since: float) -> int:
    """How many of these frames pass while the speaker is loud."""
    passed = 0
    for step in range(round(seconds / FRAME)):
        at = since + step * FRAME
        gate.played(LOUD, at)
        passed += any(gate.admit(heard, at + FRAME / 2))
    return passed


def test_a_soft_echo_is_learnt() -> None:
    """Where the echo has been far softer than the reply for a while, a voice need not be as loud as the reply."""
    echo, voice = sine(300, FRAME, amplitude=0.03), SOFT
    fresh, gate = EchoGate(), EchoGate()
    assert played_and_heard(fresh, 0.2, voice, 0.0) == 0
    assert played_and_heard(gate, 6.0, echo, 0.0) == 0
    assert gate.ratio == pytest.approx(1.5 * 0.03 / 0.6, rel=0.01)
    assert played_and_heard(gate, 0.2, voice, 6.0) == 10


def test_a_speaker_that_is_turned_up_is_learnt_anew() -> None:
    """An echo that becomes louder than it was learnt to be passes for some seconds, and is held back after them."""
    gate = EchoGate()
    played_and_heard(gate, 6.0, sine(300, FRAME, amplitude=0.03), 0.0)
    louder = sine(300, FRAME, amplitude=0.2)
    assert played_and_heard(gate, 1.0, louder, 6.0) == 50
    played_and_heard(gate, 4.0, louder, 7.0)
    assert played_and_heard(gate, 2.0, louder, 11.0) == 0


def test_a_microphone_that_is_off_teaches_nothing() -> None:
    """Digital silence is no soft echo: what comes when the microphone is switched on again is held back as before."""
    gate = EchoGate()
    played_and_heard(gate, 6.0, SILENCE, 0.0)
    assert gate.ratio == 0.7
    assert played_and_heard(gate, 1.0, sine(300, FRAME, amplitude=0.3), 6.0) == 0
