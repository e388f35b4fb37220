from typing import Any

from param import Parameterized

class Viewable(Parameterized):
    visible: bool

class Viewer(Parameterized):
    def __panel__(self) -> Viewable: ...
    def servable(self, title: str | None = None, **options: Any) -> Viewable: ...
