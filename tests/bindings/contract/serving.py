"""The three apps, each served where its framework is installed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from realtime_rx.local import LocalServer

from ...frameworks.environments import python_of
from ...frameworks.reflex_binding import serving as reflex_serving
from ..browser import Site, serving
from .inside import REFUSING

HERE = Path(__file__).parent

Serving = AbstractAsyncContextManager[Site]


def nicegui(python: str, refusing: str) -> Serving:
    return serving(f"{__package__}.nicegui_app", env={REFUSING: refusing}, python=python)


def panel(python: str, refusing: str) -> Serving:
    return serving(f"{__package__}.panel_app", env={REFUSING: refusing}, python=python)


def reflex(python: str, refusing: str) -> Serving:
    app = HERE / "reflex_app"
    return reflex_serving.serving(app, config="", name="contract", python=python, **{REFUSING: refusing})


APPS: dict[str, Callable[[str, str], Serving]] = {"nicegui": nicegui, "panel": panel, "reflex": reflex}


@asynccontextmanager
async def served(framework: str) -> AsyncIterator[Site]:
    """The app in this framework, a browser, and a provider that lets nobody in."""
    python = await asyncio.to_thread(python_of, framework)
    async with (
        LocalServer(api_key="sk-right", speech=False) as refusing,
        APPS[framework](python, refusing.url.replace("ws", "http", 1).removesuffix("/realtime")) as site,
    ):
        yield site
