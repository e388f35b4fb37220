from collections.abc import Callable
from contextlib import AbstractContextManager

from bokeh.document import Document

class State:
    curdoc: Document | None
    base_url: str
    rel_path: str | None
    def execute(self, callback: Callable[[], object], schedule: bool = ...) -> None: ...
    def onload(self, callback: Callable[[], object]) -> None: ...

state: State

def set_curdoc(doc: Document | None) -> AbstractContextManager[None]: ...
