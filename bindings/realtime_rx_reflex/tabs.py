"""One browser tab, as Reflex knows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import reflex as rx

__all__ = ["Tab"]


class Tab:
    """Whether it is there, and what its two state classes say."""

    def __init__(self, app: Any, token: str, slow: type[rx.State], fast: type[rx.State]) -> None:
        self._app = app
        self._token = token
        self._slow = slow
        self._fast = fast

    async def is_there(self) -> bool:
        return bool(await self._app.event_namespace._token_manager.is_token_connected(self._token))

    async def write(self, slow: Mapping[str, Any], fast: Mapping[str, Any]) -> None:
        """Set these vars, and have the browser know. Of a class with no news nothing is sent."""
        first = rx.BaseStateToken(ident=self._token, cls=self._slow if slow else self._fast)
        async with self._app.modify_state(first) as root:
            await self._set(root, slow, fast)

    async def forget(self, slow: Mapping[str, Any], fast: Mapping[str, Any]) -> None:
        """Set these vars where no browser may be there to know."""
        token = rx.BaseStateToken(ident=self._token, cls=self._slow)
        with self._app.set_contexts():
            async with self._app.state_manager.modify_state(token) as root:
                await self._set(root, slow, fast)
                root._clean()

    async def _set(self, root: Any, slow: Mapping[str, Any], fast: Mapping[str, Any]) -> None:
        for kind, values in ((self._slow, slow), (self._fast, fast)):
            if values:
                state = await root.get_state(kind)
                for name, value in values.items():
                    setattr(state, name, value)
