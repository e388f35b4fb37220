"""Received sound by its position."""

from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.local.tape import Tape


def test_positions_are_kept_when_the_past_is_forgotten() -> None:
    """A position means the same sample whatever was forgotten before it."""
    tape = Tape(2)
    tape.write(b"aabbccdd")
    assert tape.forget(2)
    assert (tape.begin, tape.end) == (2, 4)
    assert tape.read(0, 3) == b"cc"
    assert not tape.forget(1)
    tape.forget(99)
    assert tape.is_empty
    assert tape.begin == 4


@given(st.lists(st.binary(max_size=9)), st.lists(st.integers(0, 40)))
def test_a_tape_is_the_sound_that_was_written(pieces: list[bytes], forgotten: list[int]) -> None:
    """However it is cut, odd pieces included, what is read is what was written."""
    tape, whole = Tape(2), b"".join(pieces)
    for piece in pieces:
        tape.write(piece)
    for before in forgotten:
        tape.forget(before)
    assert tape.end == len(whole) // 2
    assert tape.read(0, tape.end) == whole[2 * tape.begin : 2 * tape.end]
