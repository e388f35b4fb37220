"""What the Panel binding uses of Panel: it is no dependency of the development environment."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from panel import chat as chat
from panel import custom as custom
from panel import pane as pane
from panel import template as template
from panel import theme as theme
from panel import viewable as viewable
from panel import widgets as widgets
from panel.io.state import state as state
from panel.viewable import Viewable

class ListLike(Viewable):
    objects: Sequence[Any]
    def __init__(self, *objects: Any, **params: Any) -> None: ...

class Column(ListLike):
    _rename: ClassVar[Mapping[str, str | None]]

class Row(ListLike): ...
class FlexBox(ListLike): ...

class Config:
    exception_handler: Callable[[Exception], object] | None

config: Config

def serve(panels: Callable[[], object], **options: Any) -> object: ...
