from typing import Any

from panel.viewable import Viewable

class Pane(Viewable):
    object: str
    def __init__(self, object: Any = None, **params: Any) -> None: ...

class HTML(Pane): ...

class Markdown(Pane):
    renderer_options: dict[str, bool]
    def _transform_object(self, obj: Any) -> dict[str, str]: ...

class Alert(Pane): ...
