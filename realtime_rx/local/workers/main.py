"""The process at the far end of a pipe: `python -P main.py ENGINE [ARGUMENT...]`.

It is run by path, and loads this folder as a package of its own, so that nothing else of the library is imported.
ENGINE is a module beside this one with `start(arguments) -> (greeting, answer)`; no `answer` means that it cannot work.

Every message, both ways and little endian: u32 length, JSON, u32 length, bytes. The greeting is the first one out.
"""

import contextlib
import importlib
import importlib.util
import json
import signal
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

Json = dict[str, Any]
Message = tuple[Json, bytes]
Answer = Callable[[Json, bytes], Message | None]
"""A request may go without an answer."""


def read(pipe: BinaryIO) -> Message | None:
    """The next request, or None at the end."""
    body = _block(pipe)
    return None if body is None else (json.loads(body), _block(pipe) or b"")


def _block(pipe: BinaryIO) -> bytes | None:
    head = pipe.read(4)
    return pipe.read(struct.unpack("<I", head)[0]) if len(head) == 4 else None


def write(pipe: BinaryIO, answer: Json, sound: bytes = b"") -> None:
    body = json.dumps(answer).encode()
    pipe.write(struct.pack("<I", len(body)) + body + struct.pack("<I", len(sound)) + sound)
    pipe.flush()


def load(engine: str) -> ModuleType:
    """The module `engine` of this folder, with relative imports that work."""
    here = Path(__file__).parent
    name = f"_{here.name}"
    spec = importlib.util.spec_from_file_location(name, here / "__init__.py", submodule_search_locations=[str(here)])
    if spec is None:
        raise ImportError(f"{here} is no package")
    sys.modules[name] = importlib.util.module_from_spec(spec)
    return importlib.import_module(f"{name}.{engine}")


def main(engine: str, arguments: list[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which closes the pipe
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    greeting, answer = load(engine).start(arguments)
    write(answers, greeting)
    while answer is not None and (request := read(requests)) is not None:
        reply = answer(*request)
        if reply is not None:
            write(answers, *reply)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main(sys.argv[1], sys.argv[2:])
