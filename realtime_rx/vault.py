"""What a provider has to be told and no state may hold: keys and tokens among the options that go to it as they are.

A state, and all that is made of it, has a mark for each of them. The session knows what the marks stand for, and says
that on the wire. In one process a secret's mark is always the same; in a saved state it stands for nothing any more.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any, TypeVar, cast

from msgspec.structs import replace

from realtime_rx.config import SessionConfig
from realtime_rx.credentials import words, written
from realtime_rx.errors import ConfigurationError
from realtime_rx.events import CreateResponse, UpdateSession
from realtime_rx.scrubbing import Scrubber

__all__ = ["check_given", "Vault"]

T = TypeVar("T")

SALT = secrets.token_bytes(16)
"""Without it whoever has a state could try out short secrets."""
MARK = re.compile(r"<hidden:[0-9a-f]{16}>")


class Vault:
    """One session's. From any thread."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}
        self._scrubber = Scrubber(self._mark)

    def hidden(self, told: T) -> T:
        """The same, with marks for the secrets in the options that it has."""
        return over(told, self._scrubber.data)

    def revealed(self, told: T) -> T:
        """The same, with the secrets for their marks."""
        return over(told, self._said) if self._secrets else told

    def written(self) -> tuple[str, ...]:
        """The secrets in each way in which a server may write them that was told them."""
        return written(word for secret in tuple(self._secrets.values()) for word in words(secret))

    def _mark(self, secret: str) -> str:
        if MARK.fullmatch(secret):
            return secret
        secret = self._said(secret)  # a key in a URL's secret was hidden before the whole of it is
        mark = f"<hidden:{blake2b(secret.encode(errors='replace'), key=SALT, digest_size=8).hexdigest()}>"
        self._secrets[mark] = secret
        return mark

    def _said(self, value: Any) -> Any:
        match value:
            case str():
                return MARK.sub(lambda mark: self._secrets.get(mark[0], mark[0]), value)
            case dict():
                fields = cast(dict[Any, Any], value)
                return {self._said(name): self._said(each) for name, each in fields.items()}
            case list():
                return [self._said(each) for each in cast(list[Any], value)]
            case _:
                return value


def over(told: T, change: Callable[[Any], Any]) -> T:
    """The same with its options changed; the very same where they stay as they are."""
    match told:
        case SessionConfig(provider_options=options):
            changed = change(options)
            return told if changed == options else replace(told, provider_options=changed)
        case CreateResponse(options=options):
            changed = change(options)
            return told if changed == options else replace(told, options=changed)
        case UpdateSession(config=config):
            settings = over(config, change)
            return told if settings is config else replace(told, config=settings)
        case _:
            return told


def check_given(config: SessionConfig) -> None:
    """Raise :class:`ConfigurationError` naming what has a mark, where no session knows yet what the marks stand for."""
    for path in marked(config.provider_options, "provider_options"):
        raise ConfigurationError(f"{path} is a secret that no state has: give provider_options again, with it")


def marked(value: Any, path: str) -> Iterator[str]:
    """Where in it there are marks."""
    match value:
        case str() if MARK.search(value):
            yield path
        case dict():
            for name, each in cast(dict[Any, Any], value).items():
                yield from marked(name, path)
                yield from marked(each, f"{path}.{name}")
        case list():
            for index, each in enumerate(cast(list[Any], value)):
                yield from marked(each, f"{path}[{index}]")
        case _:
            pass
