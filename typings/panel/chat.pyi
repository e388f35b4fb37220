from collections.abc import Sequence
from typing import Any

from panel.viewable import Viewable

class ChatMessage(Viewable):
    edit_icon: Viewable
    def __init__(self, object: Any = None, **params: Any) -> None: ...

class ChatFeed(Viewable):
    objects: Sequence[ChatMessage]
    def stream(self, value: str, *, message: ChatMessage) -> object: ...

class ChatStep(Viewable):
    collapsed: bool
    def __init__(self, *objects: Any, **params: Any) -> None: ...

class ChatAreaInput(Viewable):
    value: str
    value_input: str
    disabled: bool
