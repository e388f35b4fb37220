"""What a hook is given: options for a private session, a factory of one, or a session that is somebody else's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeAlias, TypeGuard, cast

from realtime_rx.abc import Provider
from realtime_rx.callbacks import Callbacks
from realtime_rx.client import check_options, use_realtime
from realtime_rx.errors import ConfigurationError
from realtime_rx.session import RealtimeSession

__all__ = ["CALLBACKS", "check_source", "Relay", "session_factory", "Source", "takes_options"]

Source: TypeAlias = str | Provider | RealtimeSession | Callable[[], RealtimeSession] | None
"""A model or its options, a factory, or a session: the first two make sessions that the hook owns and closes."""

CALLBACKS = frozenset({*(field.name for field in fields(Callbacks)), "on_tool_call"})
"""The options that are functions of the page, not settings of the session."""


class Relay:
    """Stands between a session and the callbacks of the page that shows it, which changes when the page is reloaded."""

    def __init__(self, callbacks: Mapping[str, Callable[..., Any]]) -> None:
        self._callbacks = dict(callbacks)

    def options(self) -> dict[str, Callable[..., Any]]:
        """The options to make the session with: they call whatever the callbacks of that name are by then."""
        return {name: self._calling(name) for name in self._callbacks}

    def point_to(self, callbacks: Mapping[str, Callable[..., Any]]) -> None:
        self._callbacks = dict(callbacks)

    def _calling(self, name: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            callback = self._callbacks.get(name)
            return None if callback is None else callback(*args)

        return call


def takes_options(source: Source) -> TypeGuard[str | Provider | None]:
    """Whether the hook makes the session, of options; else somebody else's function does, or did."""
    return source is None or isinstance(source, str) or not (callable(source) or isinstance(source, RealtimeSession))


def session_factory(source: Source, options: Mapping[str, Any]) -> Callable[[], RealtimeSession] | None:
    """What makes the hook's own session; None for a session that is only observed.

    Raises :class:`ConfigurationError` for options that come with a factory or a session: those were made elsewhere.
    """
    if takes_options(source):
        return lambda: use_realtime(source, **options)
    if options:
        given = ", ".join(sorted(options))
        raise ConfigurationError(f"a session or a factory brings its own options: leave out {given}")
    return None if isinstance(source, RealtimeSession) else cast(Callable[[], RealtimeSession], source)


def check_source(source: Source, options: Mapping[str, Any]) -> None:
    """Raise the :class:`ConfigurationError` that making a session would: long before there is a visitor to have it."""
    if takes_options(source):
        check_options(source, **options)
    else:
        session_factory(source, options)
