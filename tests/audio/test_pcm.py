import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.audio.pcm import Carry, Framer, decode, encode, from_float, rms, samples, to_float
from realtime_rx.formats import PCM16_24K, PCMA, PCMU, AudioFormat
from tests.audio.sounds import cut, pcm16, sine

EVERY_SAMPLE = np.arange(-32768, 32768, dtype="<i2").tobytes()
EVERY_CODE = bytes(range(256))
LAWS = [PCMU, PCMA]


@given(pcm16)
def test_pcm16_survives_floats(pcm: bytes) -> None:
    """PCM16 that was made floats and PCM16 again is the same bytes."""
    assert from_float(to_float(pcm)) == pcm


def test_floats_are_within_one() -> None:
    """Full scale is -1 on one side and just under 1 on the other."""
    values = to_float(EVERY_SAMPLE)
    assert (values.min(), values.max()) == (-1.0, 32767 / 32768)


def test_what_is_too_loud_is_clipped() -> None:
    """Floats beyond full scale become full scale and never wrap around."""
    assert samples(from_float(np.array([2.0, -2.0, 1.0], np.float32))).tolist() == [32767, -32768, 32767]


def test_the_rms_of_a_full_scale_sine() -> None:
    """A sine of full scale has an RMS of one over the square root of two, and silence and nothing have none."""
    assert rms(to_float(sine(1_000, 0.1, amplitude=1.0))) == pytest.approx(0.7071, abs=1e-3)
    assert rms(to_float(bytes(200))) == rms(to_float(b"")) == 0.0


@pytest.mark.parametrize("form", LAWS)
def test_g711_codes_survive(form: AudioFormat) -> None:
    """A G.711 code that was decoded and encoded again is the same code, but for the mu-law's second zero."""
    again = encode(decode(EVERY_CODE, form), form)
    assert [code for code in range(256) if again[code] != code] == ([0x7F] if form == PCMU else [])


@pytest.mark.parametrize("form", LAWS)
def test_g711_is_near_the_sample(form: AudioFormat) -> None:
    """What G.711 makes of a sample is within a sixteenth of it, or within 16, up to where it clips."""
    wide = samples(EVERY_SAMPLE).astype(np.int32)
    error = np.abs(samples(decode(encode(EVERY_SAMPLE, form), form)) - wide)
    audible = np.abs(wide) < 32_256
    assert (error <= np.maximum(np.abs(wide) / 16, 16))[audible].all()


@pytest.mark.parametrize(("form", "law"), [(PCMU, "ulaw"), (PCMA, "alaw")])
def test_g711_is_what_the_standard_library_made_of_it(form: AudioFormat, law: str) -> None:
    """Codes and samples become what the `audioop` of Python 3.12 made of them, which floors negative mu-law samples."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        audioop = pytest.importorskip("audioop")
    assert decode(EVERY_CODE, form) == getattr(audioop, f"{law}2lin")(EVERY_CODE, 2)
    compared = EVERY_SAMPLE if form == PCMA else EVERY_SAMPLE[65536:]
    assert encode(compared, form) == getattr(audioop, f"lin2{law}")(compared, 2)


def test_pcm16_is_neither_encoded_nor_decoded() -> None:
    """PCM16 on the wire is the very bytes object that was given."""
    pcm = sine(440, 0.01)
    assert encode(pcm, PCM16_24K) is pcm
    assert decode(pcm, PCM16_24K) is pcm


@given(st.binary(max_size=300), st.lists(st.integers(0, 300)), st.sampled_from([1, 2, 4]))
def test_samples_that_were_cut_in_two_are_whole_again(data: bytes, cuts: list[int], width: int) -> None:
    """Chunks cut anywhere give whole samples, all of them, in order."""
    carry = Carry(width)
    pieces = [carry.whole(chunk) for chunk in cut(data, cuts)]
    assert all(len(piece) % width == 0 for piece in pieces)
    assert b"".join(pieces) == data[: len(data) - len(data) % width]


def test_odd_bytes_can_be_forgotten() -> None:
    """After `clear` a chunk begins a sample of its own."""
    carry = Carry()
    carry.whole(b"abc")
    carry.clear()
    assert carry.whole(b"xy") == b"xy"


@given(st.binary(max_size=300), st.lists(st.integers(0, 300)), st.integers(1, 50))
def test_frames_are_exact(data: bytes, cuts: list[int], size: int) -> None:
    """A stream cut anywhere gives frames of exactly one size and a rest that is shorter, and nothing is lost."""
    framer = Framer(size)
    frames = [frame for chunk in cut(data, cuts) for frame in framer.frames(chunk)]
    rest = framer.rest()
    assert {len(frame) for frame in frames} <= {size}
    assert len(rest) < size
    assert b"".join([*frames, rest]) == data


def test_the_rest_is_given_once() -> None:
    """What was left over is not in the frames that follow."""
    framer = Framer(4)
    framer.frames(b"abcdef")
    assert framer.rest() == b"ef"
    assert framer.frames(b"ghij") == [b"ghij"]
