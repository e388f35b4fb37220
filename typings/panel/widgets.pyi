from collections.abc import Callable, Mapping
from typing import Any

from panel.viewable import Viewable

class Button(Viewable):
    disabled: bool
    def __init__(self, *, on_click: Callable[[Any], object], **params: Any) -> None: ...

class RadioButtonGroup(Viewable):
    def __init__(self, *, options: Mapping[str, Any], **params: Any) -> None: ...

class Checkbox(Viewable):
    def __init__(self, **params: Any) -> None: ...
