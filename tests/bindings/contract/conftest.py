"""Each app is served once, for all the tests of it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from .guests import App
from .serving import served

FRAMEWORKS = [
    "nicegui",
    pytest.param("panel", marks=pytest.mark.frameworks),
    pytest.param("reflex", marks=pytest.mark.frameworks),
]


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=FRAMEWORKS)
async def app(request: pytest.FixtureRequest) -> AsyncIterator[App]:
    async with served(request.param) as site:
        yield App(request.param, site)
