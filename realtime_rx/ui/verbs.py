"""The session's verbs on a binding's object: the same names, signatures and words, no second implementation.

And what the elements of a page do in one click.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from realtime_rx.runtime import Completion
from realtime_rx.session import RealtimeSession
from realtime_rx.ui.slices import is_gone

__all__ = ["Delegate", "dial", "hang_up_or_dial", "say", "SessionVerbs"]

P = ParamSpec("P")
R = TypeVar("R")


class Delegate(Generic[P, R]):
    """A verb that asks the session its owner has at that moment, its attribute ``session``; then the owner, a
    :class:`SessionVerbs`, catches up, and again when what the verb began was waited for."""

    def __init__(self, method: Callable[Concatenate[RealtimeSession, P], R]) -> None:
        self._name = method.__name__
        self.__doc__ = method.__doc__

    def __get__(self, owner: Any, kind: Any = None) -> Callable[P, R]:
        verb: Callable[P, R] = getattr(owner.session, self._name)

        @wraps(verb)
        def say(*args: P.args, **options: P.kwargs) -> R:
            result: Any = verb(*args, **options)
            owner.catch_up()
            return cast(R, followed(result, owner.catch_up))

        return say


class Followed(Completion[Any]):
    """A verb's completion; whoever waited for it finds its owner caught up."""

    def __init__(self, completion: Completion[Any], catch_up: Callable[[], None]) -> None:
        super().__init__(completion._host)
        self._future = completion._future
        self._catch_up = catch_up

    def __await__(self) -> Generator[Any, None, Any]:
        try:
            return (yield from super().__await__())
        finally:
            self._catch_up()

    def wait(self, timeout: float | None = None) -> Any:
        try:
            return super().wait(timeout)
        finally:
            self._catch_up()


def followed(result: Any, catch_up: Callable[[], None]) -> Any:
    return Followed(cast(Completion[Any], result), catch_up) if isinstance(result, Completion) else result


class SessionVerbs:
    """All that can be said to a session. Each verb is thread-safe, returns at once and does what the session's does.

    ``disconnect()`` hangs up, and the conversation may go on; ``aclose()`` ends the session for good, for whoever else
    is shown it, too: the page's next load begins another.
    """

    def catch_up(self) -> None:
        """Have what the session's state is by now be read, though it is shown later. The verbs do so.

        What a verb did is there by then, unless another thread is changing the state just then: that one does it next.
        """

    connect = Delegate(RealtimeSession.connect)
    restart = Delegate(RealtimeSession.restart)
    disconnect = Delegate(RealtimeSession.disconnect)
    aclose = Delegate(RealtimeSession.aclose)
    destroy = Delegate(RealtimeSession.destroy)
    send_text_message = Delegate(RealtimeSession.send_text_message)
    send_image = Delegate(RealtimeSession.send_image)
    send_video_frame = Delegate(RealtimeSession.send_video_frame)
    send_feedback = Delegate(RealtimeSession.send_feedback)
    start_audio_capture = Delegate(RealtimeSession.start_audio_capture)
    stop_audio_capture = Delegate(RealtimeSession.stop_audio_capture)
    start_listening = Delegate(RealtimeSession.start_listening)
    stop_listening = Delegate(RealtimeSession.stop_listening)
    stop_playback = Delegate(RealtimeSession.stop_playback)
    send_audio = Delegate(RealtimeSession.send_audio)
    commit_audio = Delegate(RealtimeSession.commit_audio)
    clear_audio_buffer = Delegate(RealtimeSession.clear_audio_buffer)
    request_response = Delegate(RealtimeSession.request_response)
    cancel_response = Delegate(RealtimeSession.cancel_response)
    interrupt = Delegate(RealtimeSession.interrupt)
    add_tool_output = Delegate(RealtimeSession.add_tool_output)
    approve = Delegate(RealtimeSession.approve)
    reject = Delegate(RealtimeSession.reject)
    update_session = Delegate(RealtimeSession.update_session)
    delete_item = Delegate(RealtimeSession.delete_item)
    retrieve_item = Delegate(RealtimeSession.retrieve_item)
    truncate_item = Delegate(RealtimeSession.truncate_item)
    send_event = Delegate(RealtimeSession.send_event)
    dispatch = Delegate(RealtimeSession.dispatch)


def dial(session: RealtimeSession) -> None:
    """Connect, unless there is a connection or one on its way."""
    if is_gone(session.state):
        session.connect()


def hang_up_or_dial(session: RealtimeSession) -> None:
    """What the one button for both does."""
    if is_gone(session.state):
        session.connect()
    else:
        session.disconnect()


def say(session: RealtimeSession, text: str) -> None:
    """Send it without the blanks around it, and dial first where there is no connection. Nothing is sent of nothing."""
    if text.strip():
        dial(session)
        session.send_text_message(text.strip())
