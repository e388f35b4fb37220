"""The generated streams as files, written once for each version of the generator."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generator import Conversation, Kind, digest, frames

HERE = Path(__file__).parent
DATA = HERE / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A file with one frame a line, and the digest of the messages it leads to."""

    turns: int
    kind: Kind
    path: Path
    digest: str


def stream(turns: int, kind: Kind) -> Stream:
    """The stream of this size, generated if it is not there yet."""
    path = DATA / f"{generator_version()}-{turns}-{kind}.jsonl"
    expected = path.with_suffix(".digest")
    if not expected.is_file():
        expected.write_text(write(path, turns, kind), "utf-8")
    return Stream(turns=turns, kind=kind, path=path, digest=expected.read_text("utf-8"))


def write(path: Path, turns: int, kind: Kind) -> str:
    path.parent.mkdir(exist_ok=True)
    conversation = Conversation()
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{frame}\n" for frame in frames(conversation, turns, kind))
    return digest(conversation.messages)


def generator_version() -> str:
    sources = (HERE / name for name in ("generator.py", "wire.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]
