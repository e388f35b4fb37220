from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")

class Document:
    session_context: Any
    def add_next_tick_callback(self, callback: Callable[[], object]) -> object: ...
    def on_event(self, event: type[E], *callbacks: Callable[[E], object]) -> None: ...
    def on_session_destroyed(self, *callbacks: Callable[[Any], object]) -> None: ...
