"""The credentials in what is shown to a server, found again in whatever it says.

A server may echo a key: in a refusal, in an error, in the reason for which it hangs up. Nothing that is kept, shown or
logged may have it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar, cast
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

import msgspec

__all__ = [
    "address",
    "credentials",
    "Discreet",
    "HIDDEN",
    "redacted",
    "unechoed",
    "unsendable",
    "Veil",
    "without_secrets",
    "words",
    "written",
]

HIDDEN = "<hidden>"
REDACTED = "***"
MASK = REDACTED.encode()
# Beta sessions echo the ephemeral key that opened them; an MCP tool may have a token, in headers or not.
SECRET_FIELDS = frozenset({"authorization", "client_secret", "headers"})
ECHOES = (b'"session.', b'"error"')
"""In what a server says of the session, and in its errors, is what it was told; in a conversation a key is a word."""
MARKS = AUTHORIZATION, CLIENT_SECRET = (b'"authorization"', b'"client_secret"')
UNSEEN = frozenset({"body", "frame", "headers", "subprotocols", "token"})
"""Fields of ours that hold credentials, or what may hold some."""
LONG = 512
"""What is between two quotation marks so far from each other is none of them, and most of a frame of sound."""
SECRET_LENGTH = 8
"""Anything shorter is a word, not a key."""
SECRET_PARAMETER = re.compile(r"key|token|secret|signature|sig$|auth|credential|password|jwt", re.IGNORECASE)
NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")
UNSENDABLE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")
"""What no header may hold: https://www.rfc-editor.org/rfc/rfc9110#section-5.5"""
PLAIN_WORD = re.compile(r"[a-z]+(/[a-z.+-]+)?")
PUBLIC_HEADER = re.compile(r"accept|content-type|origin|user-agent|.*-(beta|version)", re.IGNORECASE)
PUBLIC_SUBPROTOCOL = re.compile(r"[a-z-]+|([a-z-]+\.)+(realtime-)?v\d+")
"""``realtime``, ``openai-beta.realtime-v1``: names, and the words of what is said."""


class Discreet:
    """A struct that holds credentials, and shows none: neither to ``repr`` nor to rich, which asks structs for all of
    their fields, also in tracebacks."""

    __slots__ = ()
    __struct_fields__: ClassVar[tuple[str, ...]]

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        for name in self.__struct_fields__:
            if name not in UNSEEN:
                value = getattr(self, name)
                yield name, address(value) if name == "url" else value

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"


def address(url: str) -> str:
    """A URL that is fit to be shown: without the query, and without what stands before its host."""
    return re.sub(r"(?<=//)[^/@]*@", "", url.partition("?")[0])


def credentials(url: str, headers: Mapping[str, str], subprotocols: Sequence[str] = ()) -> tuple[str, ...]:
    """Whatever in them may be a key, as :func:`written`."""
    return written(shown(url, headers, subprotocols))


def written(found: Iterable[str]) -> tuple[str, ...]:
    """Those that may be a key, in each way in which one may be written, the longest first: one may begin with
    another."""
    keys = (word for word in found if len(word) >= SECRET_LENGTH)
    return tuple(sorted({form for word in keys for form in forms(word)}, key=len, reverse=True))


def words(secret: str) -> Iterator[str]:
    """What may be a key in a header or in a URL's parameter: neither a plain word nor a media type is one."""
    for word in re.split(r"[\s;,]+", secret):
        if not PLAIN_WORD.fullmatch(word):
            yield from (word, unquote(word))


def shown(url: str, headers: Mapping[str, str], subprotocols: Sequence[str]) -> Iterator[str]:
    parts = urlsplit(url)
    yield from (unquote(each) for each in (parts.username, parts.password) if each)
    yield from (value for name, value in parse_qsl(parts.query) if SECRET_PARAMETER.search(name))
    values = [value for name, value in headers.items() if not PUBLIC_HEADER.fullmatch(name)]
    for value in (*values, *(each for each in subprotocols if not PUBLIC_SUBPROTOCOL.fullmatch(each))):
        for word in re.split(r"[\s;,]+", value):
            yield word
            yield re.split(r"[.=]", word, maxsplit=1)[-1]  # of a cookie, of ``openai-insecure-api-key.…``


def unsendable(headers: Mapping[str, str], subprotocols: Sequence[str] = ()) -> str | None:
    """The name of the first header whose value none may have; None where all can be sent."""
    offered = (("Sec-WebSocket-Protocol", each) for each in subprotocols)
    return next((name for name, value in (*headers.items(), *offered) if UNSENDABLE.search(value)), None)


def forms(secret: str) -> set[str]:
    """As it is, in JSON, in a URL."""
    in_url = {quote(secret, safe=safe) for safe in ("", "/", "=", "/=")}
    return {secret, json.dumps(secret)[1:-1], quote_plus(secret), *in_url}


def redacted(text: str, secrets: Sequence[str], mark: str = REDACTED) -> str:
    for secret in secrets:
        text = text.replace(secret, mark)
    return text


class Veil:
    """Hides these secrets in frames, and those that a frame's fields are named for; ``told`` where it echoes them."""

    __slots__ = ("_secrets", "_told")

    def __init__(self, secrets: Iterable[str] = (), told: Iterable[str] = ()) -> None:
        self._told = tuple(secret.encode(errors="replace") for secret in told)
        encoded = (secret.encode(errors="replace") for secret in secrets)
        self._secrets = tuple((secret, telling(secret)) for secret in encoded)

    def __call__(self, frame: bytes) -> bytes:
        """A frame without them; the same where there are none."""
        for secret, needed in self._secrets:
            if frame.find(needed) >= 0:
                frame = frame.replace(secret, MASK)
        if self._told:
            frame = unechoed(frame, self._told)
        if names_a_secret(frame):
            with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # the codec will say what is wrong
                return msgspec.json.encode(without_secrets(msgspec.json.decode(frame)))
        return frame


def unechoed(frame: bytes, told: Iterable[bytes]) -> bytes:
    """A frame without what a server was told, where it speaks of that."""
    if all(frame.find(echo) < 0 for echo in ECHOES):
        return frame
    for secret in told:
        frame = frame.replace(secret, MASK)
    return frame


def telling(secret: bytes) -> bytes:
    """A character of the secret that base64 does not have: without it a frame is not searched. Sound never is then, and
    most of what is short neither."""
    found = NOT_BASE64.search(secret)
    return found[0] if found is not None else b""


def names_a_secret(frame: bytes) -> bool:
    """Whether it may have a field that is a secret's. Sound, which has no quotation mark in it, is not searched."""
    searched = frame if len(frame) < LONG else without_sound(frame)
    # `in` costs twice as much: it tries first whether what is sought is a number.
    return searched.find(AUTHORIZATION) >= 0 or searched.find(CLIENT_SECRET) >= 0


def without_sound(frame: bytes) -> bytes:
    """A frame without the string in its middle, where that is long."""
    middle = len(frame) // 2
    before, after = frame.rfind(b'"', 0, middle) + 1, frame.find(b'"', middle)
    return frame if after - before < LONG else frame[:before] + frame[after:]


def without_secrets(value: Any) -> Any:
    """What a frame holds, without the keys and tokens in it; the same object where there are none."""
    match value:
        case dict():
            fields = cast(dict[str, Any], value)
            clean = {
                name: HIDDEN if name in SECRET_FIELDS and each is not None else without_secrets(each)
                for name, each in fields.items()
            }
            return fields if all(clean[name] is each for name, each in fields.items()) else clean
        case list():
            items = cast(list[Any], value)
            cleaned = [without_secrets(each) for each in items]
            return items if all(a is b for a, b in zip(items, cleaned, strict=True)) else cleaned
        case _:
            return value
