"""Secrets in frames: found where they are, and not looked for where they cannot be."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.credentials import LONG, MARKS, Veil, names_a_secret

SOUND = "A" * 20_000
SIZES = st.sampled_from([0, 1, 9, LONG - 16, LONG - 1, LONG, LONG + 1, 5_000])


@given(st.sampled_from(MARKS), SIZES, SIZES, st.sampled_from([b"", b'"', b"\\"]))
def test_a_name_is_found_wherever_it_is(mark: bytes, before: int, after: int, between: bytes) -> None:
    """However much of whatever stands before it and behind it, a secret's field is seen."""
    assert names_a_secret(b"x" * before + between + mark + between + b"y" * after)


@given(SIZES, SIZES, st.sampled_from([b"", b'"', b'"authorization', b'client_secret"']))
def test_half_a_name_is_none(before: int, after: int, between: bytes) -> None:
    """Quotation marks and halves of a name in whatever there is are no secret's field."""
    assert not names_a_secret(b"x" * before + between + b"y" * after)


def test_a_secret_behind_sound_is_hidden() -> None:
    """A field that is a secret's is hidden before and behind sound, which stays as it is."""
    frame = {"client_secret": {"value": "ek_1"}, "delta": SOUND, "more": {"authorization": "Bearer 2"}}
    hidden = Veil()(json.dumps(frame).encode())
    assert b"ek_1" not in hidden
    assert b"Bearer 2" not in hidden
    assert json.loads(hidden)["delta"] == SOUND


def test_a_frame_without_secrets_is_the_same() -> None:
    """A frame of sound comes back as the object that it was."""
    frame = json.dumps({"type": "response.output_audio.delta", "delta": SOUND}).encode()
    assert Veil(["sk-0123456789"])(frame) is frame


@pytest.mark.parametrize("secret", ["sk-0123456789", "0123456789abcdef", "sig=a%2Fb-c"])
@pytest.mark.parametrize("before", [0, 10, 600, 20_000])
def test_a_secret_is_hidden_wherever_it_is(secret: str, before: int) -> None:
    """A secret of any characters is hidden in a frame of any length, in the middle of sound, too."""
    frame = b'{"delta":"' + b"A" * before + secret.encode() + b"A" * before + b'"}'
    assert secret.encode() not in Veil([secret])(frame)
