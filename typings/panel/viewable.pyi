from typing import Any

from bokeh.document import Document
from param import Parameterized

class Viewable(Parameterized):
    visible: bool
    _documents: dict[Document, Any]
    def _server_destroy(self, session_context: Any) -> None: ...

class Viewer(Parameterized):
    def __panel__(self) -> Viewable: ...
    def servable(self, title: str | None = None, **options: Any) -> Viewable: ...
