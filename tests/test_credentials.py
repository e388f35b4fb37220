"""Secrets in frames: found where they are, and not looked for where they cannot be."""

from __future__ import annotations

import dataclasses
import importlib
import json
import pkgutil
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from rich.pretty import pretty_repr

import realtime_rx
from realtime_rx.abc import ClientSecret, Endpoint, TokenRequest
from realtime_rx.audio.bridge.link import Renewal
from realtime_rx.audio.bridge.protocol import Hello, Welcome
from realtime_rx.credentials import LONG, MARKS, Discreet, Veil, credentials, names_a_secret, redacted
from realtime_rx.setup_protocol import Setup
from realtime_rx.ui.page_sound import Setup as PageSetup
from realtime_rx.wire import WireEvent

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


CANARY = "canary-0123456789"
URL = f"wss://{CANARY}@a.example/v1?key={CANARY}"
HERE = Endpoint(url=URL, headers={"Authorization": CANARY}, subprotocols=("realtime", CANARY))
HOLDING: tuple[Discreet, ...] = (
    HERE,
    TokenRequest(url=URL, headers={"X-Key": CANARY}, body={"key": CANARY}),
    ClientSecret(token=CANARY, url=URL),
    Setup(token=CANARY, url=URL),
    WireEvent(kind="sent", connection=1, at=0.0, endpoint=HERE, frame=CANARY.encode()),
    Hello(token=CANARY, input_rate=24_000, output_rate=24_000),
    Welcome(generation=1, capture=True, token=CANARY),
    Renewal(CANARY),
    PageSetup(url="/sound", token=CANARY, input_rate=24_000, output_rate=24_000, resume=False),
)


@pytest.mark.parametrize("thing", HOLDING, ids=lambda thing: type(thing).__qualname__)
def test_what_holds_a_secret_shows_none(thing: Discreet) -> None:
    """Neither Python nor rich, which looks into structs by itself, shows a credential of what holds some."""
    assert CANARY not in f"{thing!r}{pretty_repr(thing)}{list(thing.__rich_repr__())}"


def secretive() -> Iterator[tuple[type, list[str]]]:
    """Every class with fields that are named for credentials, and those that it would show."""
    names = {"api_key", "authorization", "client_secret", "headers", "secret", "subprotocols", "token"}
    for module in pkgutil.walk_packages(realtime_rx.__path__, "realtime_rx."):
        if "__main__" in module.name or ".workers" in module.name:
            continue
        for each in vars(importlib.import_module(module.name)).values():
            if isinstance(each, type) and each.__module__ == module.name:
                fields = names.intersection(getattr(each, "__struct_fields__", ()) or getattr(each, "_fields", ()))
                if dataclasses.is_dataclass(each):
                    fields = names.intersection(field.name for field in dataclasses.fields(each) if field.repr)
                if fields:
                    yield each, sorted(fields)


def test_every_class_with_a_secret_keeps_it() -> None:
    """A struct with a credential is discreet, and tested to be; a dataclass leaves it out of its repr."""
    open_hearted = {each: fields for each, fields in secretive() if not issubclass(each, Discreet)}
    assert open_hearted == {}
    assert {each for each, _ in secretive() if issubclass(each, Struct)} <= {type(thing) for thing in HOLDING}


def test_of_two_keys_the_longer_one_is_hidden_first() -> None:
    """Where one key begins with another, nothing is left of the longer one."""
    short, long = "sk-0123456789", "sk-0123456789-456789"
    for headers in ({"X-Key": short, "X-Other": long}, {"X-Key": long, "X-Other": short}):
        hidden = redacted(f"no such keys: {long}, {short}", credentials("wss://host/", headers))
        assert hidden == "no such keys: ***, ***"


@pytest.mark.parametrize("safe", ["", "/", "=", "/="])
def test_a_key_in_a_url_is_hidden(safe: str) -> None:
    """A key that is echoed in a URL is hidden, whichever of its characters a server leaves as they are."""
    key = "sk+01/23456789=="
    assert redacted(f"?key={quote(key, safe=safe)}", credentials("wss://host/", {"X-Key": key})) == "?key=***"
