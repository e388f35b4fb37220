"""Frames that are nearly right: what a careless server, a broken proxy or an enemy might send."""

import json
import random
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

ODD: Sequence[Any] = (None, True, 0, -1, 1.5, 10**30, "", "x", "\x00", "é\u2028", [], {}, [{}], {"type": 5}, "A" * 9000)
SPLICES = (b"", b"\xff", b"NaN", b"\x00", b'"', b"}", b"[" * 2000, b"\\ud800", b"9" * 5000)


def mutated(frames: Sequence[Any], count: int, seed: int) -> Iterator[str | bytes]:
    """So many frames, each made of one of these by a few small changes to its fields or to its text."""
    chance = random.Random(seed)
    for _ in range(count):
        value = json.loads(json.dumps(chance.choice(frames)))
        for _ in range(chance.randint(1, 3)):
            confuse(value, chance)
        text = json.dumps(value, ensure_ascii=chance.random() < 0.5)
        yield broken(text.encode("utf-8", "surrogatepass"), chance) if chance.random() < 0.2 else text


def confuse(value: Any, chance: random.Random) -> None:
    """Change, remove, move or swap one field, at any depth."""
    target = value
    while True:
        keys = list(target) if isinstance(target, dict) else list(range(len(target)))
        if not keys:
            return
        key = chance.choice(keys)
        if not isinstance(target[key], dict | list) or not target[key] or chance.random() < 0.3:
            break
        target = target[key]
    match chance.randint(0, 3):
        case 0:
            target[key] = deepcopy(chance.choice(ODD))
        case 1:
            del target[key]
        case 2:
            target[key] = {"nested": target[key]}
        case _:
            other = chance.choice(keys)
            target[key], target[other] = target[other], target[key]


def broken(text: bytes, chance: random.Random) -> str | bytes:
    """The text cut, spliced, or with other bytes in it."""
    start, end = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
    made = text[:start] + chance.choice(SPLICES) + text[end if chance.random() < 0.5 else start :]
    return made if chance.random() < 0.5 else made.decode("utf-8", "surrogateescape")
