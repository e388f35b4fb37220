"""A visitor whose bridge leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.audio.bridge.fakes import Visit

DEADLINE = 15.0


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    visit = Visit()
    yield visit
    visit.bridge.close()
    async with asyncio.timeout(DEADLINE):
        await asyncio.gather(*visit.tasks)
    left = {task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("realtime-rx audio")}
    assert left == set()
