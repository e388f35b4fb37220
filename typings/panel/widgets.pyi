from collections.abc import Callable, Mapping, Sequence
from typing import Any

from panel.viewable import Viewable

class Button(Viewable):
    disabled: bool
    def __init__(self, *, on_click: Callable[[Any], object], **params: Any) -> None: ...

class RadioButtonGroup(Viewable):
    def __init__(self, *, options: Mapping[str, Any], **params: Any) -> None: ...

class CheckBoxGroup(Viewable):
    def __init__(self, *, options: Sequence[str], **params: Any) -> None: ...
