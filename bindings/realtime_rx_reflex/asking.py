"""How a session is asked from its state class, in whatever worker it is: by events, and by the app's own handlers.

Every event of a state can be sent by any page, with whatever arguments. So what a page needs by itself is an event, and
what could be abused, as other instructions or a tool's output of one's own making, is not.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from inspect import Signature
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Generic, NoReturn, ParamSpec, overload

from reflex.event import EventCallback

from realtime_rx.errors import ConfigurationError
from realtime_rx.session import RealtimeSession

if TYPE_CHECKING:
    from realtime_rx_reflex.state import RealtimeState

__all__ = ["AppVerbs", "asking"]

P = ParamSpec("P")


def asking(verb: Callable[[RealtimeSession], object]) -> EventCallback[()]:
    """The event that asks for this verb of the session, with nothing besides."""
    name = verb.__name__

    async def ask(self: RealtimeState) -> None:
        await self._tell(name)  # pyright: ignore[reportPrivateUsage]

    ask.__doc__ = verb.__doc__
    event: Any = ask  # Reflex makes an event of every function of a state class
    return event


class Saying(Generic[P]):
    """A verb that a handler of the app's awaits, and that no page can call: ``await self.restart()``."""

    __signature__: ClassVar = Signature()  # Reflex looks at it, where it takes this for an event, before it calls it

    def __init__(self, method: Callable[Concatenate[RealtimeSession, P], object]) -> None:
        self._name = method.__name__
        self.__doc__ = method.__doc__

    @overload
    def __get__(self, state: None, kind: Any) -> Saying[P]: ...
    @overload
    def __get__(self, state: AppVerbs, kind: Any) -> Callable[P, Coroutine[Any, Any, None]]: ...
    def __get__(self, state: AppVerbs | None, kind: Any) -> Any:
        return self if state is None else partial(state._say, self._name)  # pyright: ignore[reportPrivateUsage]

    def __call__(self, *args: Any, **options: Any) -> NoReturn:
        raise ConfigurationError(
            f"{self._name} is no event, as any page could send it: await self.{self._name}(…) in an event of your own"
        )


class AppVerbs:
    """The verbs that only the app has, for its own events: each is awaited, and does what the session's does.

    In another worker it does so when that gets to it: what it raises there is logged there. Raises
    :class:`NotConnectedError` where the tab has no session; ``update_session`` makes one, which is not dialled by that.
    """

    update_session = Saying(RealtimeSession.update_session)
    add_tool_output = Saying(RealtimeSession.add_tool_output)
    send_event = Saying(RealtimeSession.send_event)
    send_audio = Saying(RealtimeSession.send_audio)
    send_video_frame = Saying(RealtimeSession.send_video_frame)
    delete_item = Saying(RealtimeSession.delete_item)
    retrieve_item = Saying(RealtimeSession.retrieve_item)
    truncate_item = Saying(RealtimeSession.truncate_item)
    restart = Saying(RealtimeSession.restart)

    async def _say(self, verb: str, *args: Any, **options: Any) -> None:
        raise NotImplementedError
