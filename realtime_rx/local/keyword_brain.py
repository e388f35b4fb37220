"""The built-in brain: it calls tools by their words, reads their results out, and knows a little small talk.

It is not an assistant and says so. It keeps nothing between turns: names, jokes and results are read from the
conversation, so what the client deletes or truncates is forgotten.
"""

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

import msgspec

from .brain import Called, Returned, Said, Step, ToolCall, Turn
from .protocol import Json
from .small_talk import Ask, small_talk
from .tool_picking import before_calls, calls_for

LONGEST_TEXT = 2000
"""Characters that are looked at: what this brain understands is short."""
LONGEST_QUOTE = 80


class KeywordBrain:
    """`now` and `dice` may be given, so that a conversation is the same every time."""

    def __init__(self, *, now: Callable[[], datetime] = datetime.now, dice: random.Random | None = None) -> None:
        self._now = now
        self._random = dice or random.Random()

    def __call__(self, turn: Turn) -> Sequence[str | ToolCall]:
        results = results_since_user(turn.history)
        if results:
            return [" ".join(map(read_out, results))]
        asked = turn.text if _is_unanswered(turn.history) or not turn.asked else turn.asked
        text = asked[:LONGEST_TEXT]
        calls = calls_for(text, turn.tools, turn.tool_choice)
        if not calls:
            return [self._small_talk(turn, text) or honest(text)]
        first = self._small_talk(turn, before_calls(text, turn.tools))
        return [first, *calls] if first else calls

    def _small_talk(self, turn: Turn, text: str) -> str | None:
        return small_talk(Ask(text, turn, self._now, self._random))


def honest(text: str) -> str:
    """What to say to something that is not understood."""
    heard = text.strip(" .?!")
    heard = heard if len(heard) <= LONGEST_QUOTE else f"{heard[:LONGEST_QUOTE]}..."
    if not heard:
        return "I heard no words. Are you still there?"
    return f'You said: "{heard}". I only know a few things. Ask me: what can you do?'


def _is_unanswered(history: Sequence[Step]) -> bool:
    spoken = [step for step in history if isinstance(step, Said) and step.role != "system"]
    return bool(spoken) and spoken[-1].role == "user"


def results_since_user(history: Sequence[Step]) -> list[Returned]:
    """The tool outputs that came after the last thing anybody said."""
    tail: list[Returned] = []
    for step in reversed(history):
        match step:
            case Returned():
                tail.append(step)
            case Called() | Said(role="system"):
                continue
            case Said(role="assistant") if not tail:
                return []
            case Said():
                break
    return tail[::-1]


# ---------------------------------------------------------------------- tool results


def read_out(result: Returned) -> str:
    """One sentence for one tool output: an object field by field, a list by its items, an error as one."""
    name = (result.name or "the tool").replace("_", " ").strip()
    try:
        value: Any = msgspec.json.decode(result.output)
    except msgspec.DecodeError:
        value = result.output
    match value:
        case {"error": reason} if reason:
            sentence = f"{name} failed: {_spoken(reason)}"
        case _:
            said = _spoken(value).strip()
            sentence = f"{name}: {said}" if said else f"{name} is done"
    sentence = f"{sentence[0].upper()}{sentence[1:]}"
    return sentence if sentence[-1] in ".!?" else f"{sentence}."


def _spoken(value: Any) -> str:
    """JSON as words."""
    if isinstance(value, dict):
        fields = cast(Json, value)
        return ", ".join(f"{key.replace('_', ' ')} is {_spoken(one)}" for key, one in fields.items())
    if isinstance(value, list):
        return ", ".join(map(_spoken, cast(list[Any], value))) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return "nothing" if value is None else str(value)
