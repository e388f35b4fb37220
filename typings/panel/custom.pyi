from typing import Any, ClassVar

from panel.viewable import Viewable

class JSComponent(Viewable):
    _esm: ClassVar[Any]
    _stylesheets: ClassVar[list[Any]]
