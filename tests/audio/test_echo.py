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
