from typing import Any

class RegistrationContext:
    app: Any
    @classmethod
    def get(cls) -> RegistrationContext: ...
