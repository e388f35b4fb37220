"""The pages of serve.py are served once, for all the tests of them."""

from collections.abc import AsyncIterator

import pytest_asyncio

from .browser import Site, serving


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pages() -> AsyncIterator[Site]:
    async with serving("tests.bindings.serve") as site:
        yield site
