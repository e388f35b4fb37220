"""What there is to see of each part of a message, and the views of a framework that show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from realtime_rx.items import AudioPart, ImagePart, Part, Role, TextPart, ToolPart
from realtime_rx.ui.wording import TOOL_WORDS, brief, compact, is_open, outcome, picture_url, words_of

__all__ = [
    "fit",
    "Look",
    "part_look",
    "PartView",
    "PartViews",
    "PictureView",
    "tool_view",
    "ToolView",
    "WordsView",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsView:
    """What was written or said. ``is_open``: words may still be added; ``is_markdown``: it is to be typeset, without
    HTML and pictures, at the latest when it is complete."""

    text: str
    is_open: bool
    is_spoken: bool
    is_markdown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A picture, where a browser finds it, and its words for who does not see it."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolView:
    """One tool call. ``asks``: it waits for somebody to say whether it may run; ``busy``: something is on its way.

    ``title`` says what becomes of it, ``detail`` of what, on one line; ``verdict`` is the title of ``outcome``, both
    are empty while there is none.
    """

    id: str
    name: str
    state: str
    title: str
    detail: str
    arguments: str
    verdict: str
    outcome: str
    pictures: tuple[str, ...]
    asks: bool
    busy: bool


Look: TypeAlias = WordsView | PictureView | ToolView
"""What there is to see of one part of a message."""


def part_look(part: Part, role: Role) -> Look:
    match part:
        case TextPart() | AudioPart():
            return WordsView(
                text=words_of(part) or "…",
                is_open=is_open(part),
                is_spoken=isinstance(part, AudioPart),
                is_markdown=role == "assistant",
            )
        case ImagePart():
            return PictureView(url=picture_url(part), alt=f"Picture from {role}")
        case ToolPart():
            return tool_view(part)


def tool_view(part: ToolPart) -> ToolView:
    name = part.tool_name or "tool"
    verdict, text = outcome(part)
    asks = part.state == "approval-requested"
    return ToolView(
        id=part.tool_call_id,
        name=name,
        state=part.state,
        title=f"{name} {'is running' if part.preliminary else TOOL_WORDS[part.state]}",
        detail=brief(part),
        arguments=compact(part.input) if part.input is not None else part.arguments,
        verdict=verdict,
        outcome=text,
        pictures=tuple(map(picture_url, part.images)),
        asks=asks,
        busy=not (asks or part.is_settled),
    )


class PartView(Protocol):
    """What shows one part of a message, and goes on to show later versions of it."""

    part: Any

    def update(self, part: Any) -> None: ...


V = TypeVar("V", bound=PartView)


def fit(views: list[V], parts: Sequence[Part], make: Callable[[Part], V]) -> list[V]:
    """Have the views, in place, show these parts; gives back those that show nothing any more.

    A part that is the same object is left alone. One of another kind gets a view of its own, and so do those behind it.
    """
    kept = 0
    for view, part in zip(views, parts, strict=False):
        if type(view.part) is not type(part):
            break
        if view.part is not part:
            view.update(part)
        kept += 1
    gone = views[kept:]
    views[kept:] = [make(part) for part in parts[kept:]]
    return gone


class Shows(Protocol):
    """A framework's view of one part: made of how that looks, and shown how later versions of it do."""

    def show(self, look: Any) -> None: ...


S = TypeVar("S", bound=Shows)


class Fitted(Generic[S]):
    """A view, and the part that it shows."""

    def __init__(self, part: Part, role: Role, make: Callable[[Look], S]) -> None:
        self.part = part
        self._role: Role = role
        self.view = make(part_look(part, role))

    def update(self, part: Part) -> None:
        self.part = part
        self.view.show(part_look(part, self._role))


class PartViews(Generic[S]):
    """A framework's views of the parts of one message, in their order, each made once and then changed.

    ``words``, ``picture`` and ``call`` make one of how its part looks.
    """

    def __init__(
        self,
        role: Role,
        *,
        words: Callable[[WordsView], S],
        picture: Callable[[PictureView], S],
        call: Callable[[ToolView], S],
    ) -> None:
        self._role: Role = role
        self._words = words
        self._picture = picture
        self._call = call
        self._fitted: list[Fitted[S]] = []

    def __iter__(self) -> Iterator[S]:
        return (fitted.view for fitted in self._fitted)

    def show(self, parts: Sequence[Part]) -> list[S]:
        """Show these; gives back the views that show nothing any more."""
        gone = fit(self._fitted, parts, lambda part: Fitted(part, self._role, self._make))
        return [fitted.view for fitted in gone]

    def _make(self, look: Look) -> S:
        match look:
            case WordsView():
                return self._words(look)
            case PictureView():
                return self._picture(look)
            case ToolView():
                return self._call(look)
