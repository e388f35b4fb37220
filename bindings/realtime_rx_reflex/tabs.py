"""One browser tab, as Reflex knows it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import reflex as rx

from realtime_rx.ui.owners import Key

__all__ = ["forget_sockets", "state_of", "StateTab"]


def state_of(full_name: str) -> Any:
    """The state class of that name."""
    return rx.State.get_class_substate(tuple(full_name.split(".")))


async def forget_sockets(app: Any, instance: str) -> None:
    """A worker has stopped without closing its sockets: Reflex took them for open for another hour."""
    manager = app.event_namespace._token_manager
    async for token in manager.enumerate_tokens():
        if await manager._get_token_owner(token, refresh=True) == instance:
            await manager.redis.delete(manager._get_redis_key(token))


class StateTab:
    """A ``Tab`` whose variables are those of two state classes, found by name: a module may be loaded anew."""

    def __init__(self, app: Any, key: Key) -> None:
        self._app = app
        self._name, self._token = key

    async def is_there(self) -> bool:
        return bool(await self._app.event_namespace._token_manager.is_token_connected(self._token))

    async def write(self, slow: Mapping[str, Any], fast: Mapping[str, Any]) -> None:
        voice = state_of(self._name)
        first = rx.BaseStateToken(ident=self._token, cls=voice if slow else voice._live)
        async with self._app.modify_state(first) as root:
            await self._set(root, slow, fast)

    async def reset(
        self, slow: Mapping[str, Any], fast: Mapping[str, Any], is_free: Callable[[], Awaitable[bool]]
    ) -> None:
        token = rx.BaseStateToken(ident=self._token, cls=state_of(self._name))
        modify = self._app.modify_state if await self.is_there() else self._modify_quietly
        async with modify(token) as root:
            if await is_free():
                await self._set(root, slow, fast)

    @asynccontextmanager
    async def _modify_quietly(self, token: rx.BaseStateToken) -> AsyncGenerator[Any]:
        with self._app.set_contexts():
            async with self._app.state_manager.modify_state(token) as root:
                yield root
                root._clean()

    async def _set(self, root: Any, slow: Mapping[str, Any], fast: Mapping[str, Any]) -> None:
        voice = state_of(self._name)
        for kind, values in ((voice, slow), (voice._live, fast)):
            if values:
                state = await root.get_state(kind)
                for name, value in values.items():
                    setattr(state, name, value)
