"""Which of several workers of a server has a tab's session: what they tell each other in Redis.

``realtime_rx:owners``     a hash: a tab -> the worker that has its session
``realtime_rx:workers``    a hash: a worker -> what its framework calls it
``realtime_rx:beat:…``     there while this worker beats: when it is not, whoever notices first clears up
``realtime_rx:ask:…``      a channel: what this worker is asked to do
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec

from realtime_rx.errors import ConfigurationError

__all__ = ["Key", "Owners"]

Key = tuple[str, str]
"""What shows the session, by name, and the tab, by what survives a reload."""

OWNERS, WORKERS = "realtime_rx:owners", "realtime_rx:workers"
BEAT, ASK = "realtime_rx:beat:", "realtime_rx:ask:"
BEAT_S = 1.0
SILENT_S = 4
"""A worker that has not beaten for so long is given up."""
AGAIN_S = 0.1
RELEASE = "if redis.call('hget', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('hdel', KEYS[1], ARGV[1]) end"

logger = logging.getLogger(__name__)


class Command(msgspec.Struct, frozen=True, array_like=True):
    key: Key
    verb: str
    args: list[Any]
    options: dict[str, Any] = {}


class Owners:
    """This worker among the others. ``obey`` does what is asked of it, ``bury`` clears up after one that has stopped,
    and ``give_up`` is called when the others have taken this one for stopped."""

    def __init__(
        self,
        redis: Any,
        instance: str,
        *,
        failure: type[Exception],
        obey: Callable[[Key, str, list[Any], dict[str, Any]], Awaitable[None]],
        bury: Callable[[str, list[Key]], Awaitable[None]],
        give_up: Callable[[], Awaitable[None]],
    ) -> None:
        """``redis`` is an asynchronous client, and ends with this; ``failure``: what it raises where it cannot be
        reached; ``instance``: what the framework calls this worker."""
        self.id = secrets.token_hex(8)
        self._redis = redis
        self._failure = failure
        self._instance = instance
        self._obey = obey
        self._bury = bury
        self._give_up = give_up
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[None]:
        """Be one of the workers, until its end."""
        async with self._redis.pubsub() as inbox:
            await inbox.subscribe(ASK + self.id)
            await self._beat()
            self._spawn(self._listen(inbox))
            self._spawn(self._keep_beating())
            try:
                yield
            finally:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)
                with suppress(self._failure):  # the others will notice
                    await self._redis.hdel(WORKERS, self.id)
                await self._redis.aclose()

    async def claim(self, key: Key) -> bool:
        """Whether the tab is this worker's now: nobody else has it."""
        return bool(await self._redis.hsetnx(OWNERS, field(key), self.id))

    async def release(self, key: Key) -> None:
        """Have it no longer; where another has it by now, nothing happens."""
        try:
            await self._redis.eval(RELEASE, 1, OWNERS, field(key), self.id)
        except self._failure as error:
            logger.warning("a tab stays claimed, as Redis cannot be reached: %r", error)

    async def is_free(self, key: Key) -> bool:
        return not await self._redis.hexists(OWNERS, field(key))

    async def ask(self, key: Key, verb: str, args: list[Any], options: dict[str, Any] | None = None) -> bool:
        """Have the owner of the tab do this; False where it has none. An owner that has stopped is waited for until
        the others have noticed. Raises :class:`ConfigurationError` for arguments that are not JSON."""
        command = message_of(Command(key, verb, args, options or {}))
        while (owner := await self._redis.hget(OWNERS, field(key))) is not None:
            if await self._redis.publish(ASK + owner.decode(), command):
                return True
            await asyncio.sleep(AGAIN_S)
        return False

    async def _listen(self, inbox: Any) -> None:
        while True:
            with suppress(self._failure):  # it subscribes anew by itself
                async for message in inbox.listen():
                    if message["type"] == "message":
                        command = msgspec.json.decode(message["data"], type=Command)
                        self._spawn(self._obey(command.key, command.verb, command.args, command.options))
            await asyncio.sleep(BEAT_S)

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                if await self._beat():
                    logger.warning("the other workers took this one for stopped: its sessions end")
                    await self._give_up()
                await self._look_after_the_others()
            except self._failure as error:
                logger.warning("Redis cannot be reached: %r", error)

    async def _beat(self) -> bool:
        """Whether the others did not know this worker."""
        await self._redis.set(BEAT + self.id, 1, ex=SILENT_S)
        return bool(await self._redis.hset(WORKERS, self.id, self._instance))

    async def _look_after_the_others(self) -> None:
        for worker, instance in (await self._redis.hgetall(WORKERS)).items():
            if await self._redis.exists(BEAT + worker.decode()):
                continue
            if await self._redis.hdel(WORKERS, worker):  # one of us is the first
                keys = [name async for name, owner in self._redis.hscan_iter(OWNERS) if owner == worker]
                if keys:
                    await self._redis.hdel(OWNERS, *keys)
                self._spawn(self._bury(instance.decode(), [key_of(name) for name in keys]))

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.create_task(seen_through(work), name="owners of tabs")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def message_of(command: Command) -> bytes:
    try:
        return msgspec.json.encode(command)
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise ConfigurationError(
            f"{command.verb}: another worker has this session, so it takes JSON: {error}"
        ) from error


async def seen_through(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:
        logger.exception("what another worker asked for was not done")


def field(key: Key) -> str:
    return " ".join(key)


def key_of(name: bytes) -> Key:
    kind, _, token = name.decode().partition(" ")
    return kind, token
