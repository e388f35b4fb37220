"""Rows of measurements as Markdown: medians over the rounds, with the smallest and the largest value beside them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`notes` are sentences below it."""

    header: Row
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n\n".join((render(self.header, self.rows), *self.notes))


def render(header: Row, rows: Iterable[Row]) -> str:
    """A Markdown table with aligned columns: the first to the left, the others to the right."""
    lines = [header, *rows]
    first, *others = (max(map(len, column)) for column in zip(*lines, strict=True))
    rule = "|".join([f":{'-' * (first + 1)}", *(f"{'-' * (width + 1)}:" for width in others)])
    head, *body = (
        " | ".join([name.ljust(first), *(cell.rjust(width) for cell, width in zip(cells, others, strict=True))])
        for name, *cells in lines
    )
    return "\n".join([f"| {head} |", f"|{rule}|", *(f"| {line} |" for line in body)])


def spread(values: Sequence[float], digits: int = 2) -> str:
    """The median, and the smallest and the largest in brackets."""
    if not values:
        return "-"
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"
