"""Which of several workers has a tab's session: realtime_rx.ui.owners, with a real Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from realtime_rx import SessionConfig
from realtime_rx.errors import ConfigurationError
from realtime_rx.ui import owners
from realtime_rx.ui.owners import Key, Owners

from .serving import redis

KEY: Key = ("state.voice", "token")
DEADLINE = 10.0


class Worker:
    """One of several, and what it was asked and told."""

    def __init__(self, url: str, name: str) -> None:
        self.asked: list[tuple[Key, str, list[Any], dict[str, Any]]] = []
        self.buried: list[tuple[str, list[Key]]] = []
        self.gave_up = 0
        self.redis = Redis.from_url(url)
        self.owners = Owners(self.redis, name, failure=RedisError, obey=self.obey, bury=self.bury, give_up=self.give_up)

    async def obey(self, key: Key, verb: str, args: list[Any], options: dict[str, Any]) -> None:
        self.asked.append((key, verb, args, options))

    async def bury(self, instance: str, keys: list[Key]) -> None:
        self.buried.append((instance, keys))

    async def give_up(self) -> None:
        self.gave_up += 1

    async def fall_silent(self) -> None:
        """As one whose process was killed."""
        for task in tuple(self.owners._tasks):
            task.cancel()
        await self.redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")  # the others come back
        await self.redis.delete(owners.BEAT + self.owners.id)


@pytest.fixture
async def workers(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Worker, Worker]]:
    monkeypatch.setattr(owners, "BEAT_S", 0.05)
    async with redis() as url, AsyncExitStack() as stack:
        pair = Worker(url, "one"), Worker(url, "two")
        for worker in pair:
            await stack.enter_async_context(worker.owners.working())
        yield pair


async def eventually(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.005)


async def test_a_tab_has_one_owner(workers: tuple[Worker, Worker]) -> None:
    """A tab that one worker has claimed no other gets, until it is released by that one."""
    one, two = (worker.owners for worker in workers)
    assert await one.claim(KEY)
    assert not await two.claim(KEY)
    await two.release(KEY)
    assert not await two.is_free(KEY)
    await one.release(KEY)
    assert await two.is_free(KEY)
    assert await two.claim(KEY)


async def test_the_owner_is_asked(workers: tuple[Worker, Worker]) -> None:
    """What a tab asks for comes to its owner, in order, whatever worker it was asked of; nobody is asked of no tab."""
    one, two = workers
    assert not await two.owners.ask(KEY, "connect", [])
    await one.owners.claim(KEY)
    for number in range(20):
        assert await two.owners.ask(KEY, "send_text", [number], {"id": "a"})
    await eventually(lambda: len(one.asked) == 20)
    assert one.asked == [(KEY, "send_text", [number], {"id": "a"}) for number in range(20)]
    assert two.asked == []


async def test_what_is_asked_is_json(workers: tuple[Worker, Worker]) -> None:
    """Settings come to the owner as JSON and sound as base64; what is no JSON is an error where it was asked for."""
    one, two = workers
    await one.owners.claim(KEY)
    assert await two.owners.ask(KEY, "update_session", [SessionConfig(voice="a")], {})
    assert await two.owners.ask(KEY, "send_audio", [b"hi"], {})
    await eventually(lambda: len(one.asked) == 2)
    assert [args for _, _, args, _ in one.asked] == [[{"voice": "a"}], ["aGk="]]
    with pytest.raises(ConfigurationError, match="add_tool_output: another worker"):
        await two.owners.ask(KEY, "add_tool_output", ["call", object()])


async def test_a_silent_worker_is_buried_once(workers: tuple[Worker, Worker]) -> None:
    """A worker that beats no longer loses its tabs; the one that notices is told which they were, and what Reflex
    called it; who waits for it is told that the tab is free."""
    one, two = workers
    await one.owners.claim(KEY)
    await one.fall_silent()
    assert not await two.owners.ask(KEY, "connect", [])
    await eventually(lambda: two.buried)
    assert two.buried == [("one", [KEY])]
    assert await two.owners.claim(KEY)


async def test_a_worker_that_was_taken_for_dead_gives_up(workers: tuple[Worker, Worker]) -> None:
    """A worker that was buried alive is told so when it beats again, once."""
    one, _ = workers
    await one.redis.hdel(owners.WORKERS, one.owners.id)
    await eventually(lambda: one.gave_up)
    await asyncio.gather(*(one.redis.get(owners.BEAT + one.owners.id) for _ in range(5)))
    assert one.gave_up == 1


async def test_a_worker_leaves_nothing(workers: tuple[Worker, Worker]) -> None:
    """A worker that ends in order is known no longer, and nobody has to clear up after it."""
    _, two = workers
    url = two.redis.get_connection_kwargs()
    third = Worker(f"redis://127.0.0.1:{url['port']}", "three")
    async with third.owners.working():
        assert third.owners.id.encode() in await two.redis.hkeys(owners.WORKERS)
    assert third.owners.id.encode() not in await two.redis.hkeys(owners.WORKERS)
    assert two.buried == []


async def test_a_worker_ends_without_redis() -> None:
    """A worker whose Redis has stopped before it ends in order nevertheless."""
    async with AsyncExitStack() as stack:
        async with redis() as url:
            worker = Worker(url, "one")
            await stack.enter_async_context(worker.owners.working())
            await worker.owners.claim(KEY)
        await worker.owners.release(KEY)
