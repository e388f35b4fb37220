from typing import Any

class VarData:
    @classmethod
    def merge(cls, *all: Any) -> VarData | None: ...
