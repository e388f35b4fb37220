"""Frames and settings without secrets.

Three nets, each for what the others miss: the credentials that the connection showed, wherever they appear and however
they are escaped; fields whose name says that they hold a secret; texts that look like a key, whoever wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from realtime_rx.abc import Endpoint
from realtime_rx.credentials import HIDDEN, redacted

__all__ = ["Scrubber"]

SECRET_PARAMETERS = frozenset(
    {"accesstoken", "apikey", "auth", "authorization", "credential", "hmac", "jwt", "key", "password", "secret", "sig"}
    | {"signature", "subscription", "token"}
)
"""In whatever URL somebody mentions, a parameter with such a word in its name does."""

SECRET_NAMES = re.compile(
    r"(proxy)?authorization|cookie|setcookie|credentials?|(client|shared)?secret(value|key)?|passw(or)?d|passphrase|"
    r"signature|signedurl|(x|xi|xgoog|openai|aws)?api(key|token)|(access|auth|bearer|ephemeral|id|refresh|security|"
    r"session)?token|(access|ephemeral|private|subscription)key|.*(apikey|secret|password)"
)
SECRET_HOLDERS = frozenset({"clientsecret", "credentials", "headers", "secrets"})
"""All texts within these are secret."""
SECRET_PREFIX = "secret__"
"""ElevenLabs names dynamic variables like this that no log may hold."""
KEYS = re.compile(
    r"\b(?:sk|ek|pk|rk|gsk|xai|vck|vcp|key|sess-secret)[-_][A-Za-z0-9_-]{16,}|\bAIza[A-Za-z0-9_-]{30,}"
    r"|\bsk_car_[A-Za-z0-9_-]{8,}|\bauth_tokens/[A-Za-z0-9_-]{8,}|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"
    r"|(?<=[Bb]earer )[A-Za-z0-9._~+/=-]{8,}"
)
PARAMETER = re.compile(r"([?&][\w.%~-]+=)([^&#\s\"']+)")


class Scrubber:
    """Takes the secrets out of data, and with them what was shown to endpoints. ``mark`` gives what stands instead."""

    def __init__(self, mark: Callable[[str], str] = lambda _: HIDDEN) -> None:
        self._mark = mark
        self._known: tuple[str, ...] = ()

    def learn(self, endpoint: Endpoint) -> None:
        """Know what was shown there."""
        self._known = tuple(sorted({*self._known, *endpoint.secrets}, key=len, reverse=True))

    def text(self, text: str) -> str:
        """The text without credentials that were shown, without keys, and without the secrets of URLs."""
        text = redacted(text, self._known, HIDDEN)
        text = KEYS.sub(lambda found: self._mark(found[0]), text)
        return PARAMETER.sub(self._parameter, text) if "://" in text else text

    def data(self, value: Any, *, within: str = "", hide: bool = False) -> Any:
        """What a frame holds, without secrets. ``within`` is the field that it stands in."""
        match value:
            case str():
                return self._mark(value) if hide and value else self.text(value)
            case dict():
                fields = cast("dict[Any, Any]", value)
                # In a schema these are the names of arguments, and in a list of probabilities a token is a word.
                plain = within == "properties" or "logprob" in fields
                return {
                    self.text(name) if isinstance(name, str) else name: self._field(name, each, hide=hide, plain=plain)
                    for name, each in fields.items()
                }
            case list() | tuple():
                return [self.data(each, within=within, hide=hide) for each in cast("list[Any]", value)]
            case _:
                return value

    def _field(self, name: Any, value: Any, *, hide: bool, plain: bool) -> Any:
        if not isinstance(name, str):  # JSON has none such, options may: ids of tokens with their bias
            return self.data(value, hide=hide)
        secret = not plain and (name.startswith(SECRET_PREFIX) or SECRET_NAMES.fullmatch(bare(name)) is not None)
        holds = not plain and bare(name) in SECRET_HOLDERS
        return self.data(value, within=name, hide=hide or holds or (secret and isinstance(value, str)))

    def _parameter(self, found: re.Match[str]) -> str:
        words = re.split(r"[^a-z0-9]+", found[1].lower())
        return f"{found[1]}{self._mark(found[2])}" if SECRET_PARAMETERS.intersection(words) else found[0]


def bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
