"""What a docstring says of a function and of its parameters."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import docstring_parser

__all__ = ["Described", "described"]

PLAIN = re.compile(r"(\w+)(?: \([^)]*\))?: (.+)")
"""``city: where to look``, under no heading."""


@dataclass(frozen=True, slots=True)
class Described:
    """``text`` is for the model; ``parameters`` are those that the docstring speaks of."""

    text: str
    parameters: dict[str, str]


def described(function: Callable[..., Any], names: Iterable[str]) -> Described:
    """Google's, NumPy's and Sphinx's styles are read, and plain lines that begin with a parameter's name."""
    parsed = docstring_parser.parse(inspect.getdoc(function) or "")
    text, plain = without_plain(parsed.description or "", frozenset(names))
    found = {each.arg_name: one_line(each.description or "") for each in parsed.params}
    return Described(text, {**plain, **found})


def without_plain(text: str, names: frozenset[str]) -> tuple[str, dict[str, str]]:
    """The text, each paragraph on one line, without the lines that describe parameters; and those."""
    paragraphs: list[str] = []
    found: dict[str, str] = {}
    for paragraph in text.split("\n\n"):
        kept: list[str] = []
        last: str | None = None
        for line in paragraph.splitlines():
            match = PLAIN.fullmatch(line.strip())
            if match is not None and match[1] in names:
                last = str(match[1])
                found[last] = match[2]
            elif last is not None and line[:1].isspace():
                found[last] = f"{found[last]} {line.strip()}"
            else:
                last = None
                kept.append(line)
        paragraphs.append(one_line(" ".join(kept)))
    return "\n\n".join(filter(None, paragraphs)), found


def one_line(text: str) -> str:
    return " ".join(text.split())
