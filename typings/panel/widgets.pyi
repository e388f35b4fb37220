from collections.abc import Callable
from typing import Any

from panel.viewable import Viewable

class Button(Viewable):
    disabled: bool
    def __init__(self, *, label: Any, on_click: Callable[[Any], object], **params: Any) -> None: ...
