from typing import ClassVar

class Fast:
    _resources: ClassVar[dict[str, dict[str, str]]]
