"""Our end of the pipe to a process of `workers`; `workers.main` says what goes through it."""

import asyncio
import struct
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import msgspec

from .protocol import Json

MAIN = (str(Path(__file__).with_name("workers") / "main.py"),)
ANSWER_SECONDS = 15
"""A sentence takes about 10 ms with espeak-ng and 0.1 s with flite; what takes this long hangs."""
STOP_SECONDS = 2
BROKEN = (OSError, asyncio.IncompleteReadError, TimeoutError)
"""What every method of a worker raises when its process is not as it should be."""


class Worker:
    """One running process."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, *arguments: str) -> "Worker":
        """`arguments`: the name of an engine and what it is started with."""
        command = (sys.executable, "-P", *MAIN, *arguments)
        return cls(await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE))

    def send(self, request: Json, sound: bytes = b"") -> None:
        """Hand a request over; never waits, and says nothing when nobody is there any more."""
        body = msgspec.json.encode(request)
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(_block(body) + _block(sound))

    async def read(self) -> tuple[Json, bytes]:
        """The next answer, whenever it comes."""
        return msgspec.json.decode(await self._read_block()), await self._read_block()

    async def ask(self, request: Json) -> tuple[Json, bytes]:
        self.send(request)
        return await self.answer()

    async def answer(self) -> tuple[Json, bytes]:
        """The next answer, in time."""
        async with asyncio.timeout(ANSWER_SECONDS):
            return await self.read()

    async def stop(self) -> None:
        """Close the pipe, which ends the worker; kill one that does not listen."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _read_block(self) -> bytes:
        if self._process.stdout is None:
            raise BrokenPipeError
        (size,) = struct.unpack("<I", await self._process.stdout.readexactly(4))
        return await self._process.stdout.readexactly(size)


def _block(content: bytes) -> bytes:
    return struct.pack("<I", len(content)) + content
