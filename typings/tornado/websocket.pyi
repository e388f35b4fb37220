"""What the Panel binding uses of Tornado, which comes with Panel."""

import asyncio
from typing import Any

class WebSocketHandler:
    request: Any
    application: Any
    def set_nodelay(self, value: bool) -> None: ...
    def write_message(self, message: str | bytes, binary: bool = ...) -> asyncio.Future[None]: ...
    def close(self, code: int | None = None, reason: str | None = None) -> None: ...
