"""Which tools a sentence asks for, and with which arguments: by the words it shares with their declarations."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from .brain import ToolCall
from .numerals import in_digits, numbers
from .protocol import Json

_ARTICLES = "a an the this that it its i me my you your is are was do does be have has can will would any one"
_PREPOSITIONS = "about as at by for from in of on to up out with and or"
_FILLERS = (
    "call current function get give given how name please return returns set tell tool use used user want what when"
)
IGNORED = frozenset(f"{_ARTICLES} {_PREPOSITIONS} {_FILLERS} which".split())
ENOUGH = 3
"""A word of the name alone is enough, three words of a description are."""
CLAUSE = re.compile(r"\s*(?:[,;?!]|\.(?=\s|$)|\band then\b|\band\b|\bthen\b)\s*", re.IGNORECASE)
NAME_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
PREPOSITION = r"in|at|for|of|to|about|from|called|named"
PHRASE = re.compile(
    rf"\b({PREPOSITION})\s+(?:the\s+|a\s+|an\s+)?(.+?)"
    rf"(?=\s+(?:{PREPOSITION}|on|with|today|tomorrow|tonight|now|please|right now)\b|\s*[?!,;:]|\s*\.(?:\s|$)|\s*$)",
    re.IGNORECASE | re.MULTILINE,
)
QUOTED = re.compile(r"[\"“]([^\"”]+)[\"”]|(?<!\w)'([^']+)'(?!\w)")
DIRECT = re.compile(
    r"\b(?:add|book|buy|create|delete|find|order|play|put|remind me to|remove|search|write)\s+(?:the\s+|an?\s+)?(.+?)"
    r"(?=\s+(?:to|on|in|from|at)\b|\s*[?!.;]|$)",
    re.IGNORECASE | re.MULTILINE,
)
PREFERRED = {
    "from": {"from", "origin", "source", "start", "departure", "sender"},
    "to": {"to", "destination", "target", "recipient", "receiver", "end"},
    "about": {"topic", "subject", "about"},
}
PLACE = re.compile(r"city|place|location|town|country|name|origin|destination", re.IGNORECASE)
TIMES = re.compile(r"(?<=\d)\s+times\s+(?=\d)", re.IGNORECASE)
"""Of a sum: nobody asks for the time."""
OFF = re.compile(r"\b(?:off|no|not|don't|disable|stop|close|without)\b", re.IGNORECASE)
ON = re.compile(r"\b(?:on|yes|enable|start|open|with)\b", re.IGNORECASE)
Schema = Json


def calls_for(text: str, tools: Sequence[Json], choice: str | Json) -> list[ToolCall]:
    """The calls `text` asks for, in its order; `choice` is the session's tool_choice."""
    if isinstance(choice, dict):
        return [_call(tool, text) for tool in tools if tool["name"] == choice["name"]][:1]
    if choice == "none" or not tools:
        return []
    found = [_call(tool, part) for tool, part in _parts(text, tools)]
    if not found and choice == "required":
        return [_call(max(tools, key=lambda tool: _score(_words(text), tool)), text)]
    return found


def before_calls(text: str, tools: Sequence[Json]) -> str:
    """What comes in `text` before the first clause that names a tool; empty where none does."""
    starts = (start for start, clause in _clauses(text) if _pick(clause, tools))
    return CLAUSE.sub(", ", text[: next(starts, 0)]).strip(", ")


def _parts(text: str, tools: Sequence[Json]) -> list[tuple[Json, str]]:
    """(tool, the part of the text that is about it): up to the clause that names another tool."""
    found: list[tuple[Json, int, int]] = []
    for start, clause in _clauses(text):
        tool, end = _pick(clause, tools), start + len(clause)
        if found and tool in (None, found[-1][0]):
            found[-1] = *found[-1][:2], end
        elif tool is not None:
            found.append((tool, start, end))
    if found:
        return [(tool, text[start:end]) for tool, start, end in found]
    whole = _pick(text, tools)
    return [(whole, text)] if whole else []


def _clauses(text: str) -> Iterator[tuple[int, str]]:
    """(where it starts, the clause)."""
    start = 0
    for gap in (*CLAUSE.finditer(text), None):
        clause = text[start : gap.start() if gap else len(text)]
        if clause.strip():
            yield start, clause
        start = gap.end() if gap else start


def _pick(text: str, tools: Sequence[Json]) -> Json | None:
    words = _words(TIMES.sub(" ", in_digits(text)))
    best = max(tools, key=lambda tool: _score(words, tool), default=None)
    return best if best is not None and _score(words, best) >= ENOUGH else None


def _score(words: set[str], tool: Json) -> int:
    schemas = list(properties(tool.get("parameters") or {}))
    enums = {word for _, schema in schemas for value in schema.get("enum", ()) for word in _words(str(value))}
    fields = {word for name, _ in schemas for word in _words(name)}
    shared = words & _words(tool["name"])
    described = words & (_words(tool.get("description") or "") - shared)
    return 3 * len(shared) + len(described) + 2 * len(words & enums) + len(words & fields - shared)


def _words(text: str) -> set[str]:
    found = {word.lower() for word in NAME_WORD.findall(text.replace("'s", ""))}
    return {"dice" if word == "die" else _singular(word) for word in found - IGNORED}


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


# ---------------------------------------------------------------------- arguments


def _call(tool: Json, text: str) -> ToolCall:
    return ToolCall(tool["name"], arguments(tool.get("parameters") or {}, text))


def arguments(parameters: Schema, text: str) -> Json:
    """Arguments out of `text` by JSON Schema; a required one that is not there gets its default, or what is nearest."""
    required = set(parameters.get("required", ()))
    hints = _Hints(text)
    filled: Json = {}
    for name, schema in properties(parameters):
        value = hints.value(name, schema)
        if value is None:
            value = schema.get("default", _fallback(schema, text) if name in required else None)
        if value is not None:
            filled[name] = value
    return filled


def properties(parameters: Schema) -> Iterator[tuple[str, Schema]]:
    """(name, schema), with references resolved and "X or null" as X."""
    definitions = parameters.get("$defs", {})
    for name, schema in parameters.get("properties", {}).items():
        yield name, _plain(schema, definitions)


def _plain(schema: Schema, definitions: Json) -> Schema:
    if reference := schema.get("$ref"):
        return definitions.get(reference.rpartition("/")[2], {}) | schema
    for key in ("anyOf", "oneOf", "allOf"):
        choices = [choice for choice in schema.get(key, ()) if choice.get("type") != "null"]
        if choices:
            return _plain(choices[0], definitions) | {name: schema[name] for name in schema.keys() - {key}}
    return schema


def _kind(schema: Schema) -> str:
    kind: str | list[str] = schema.get("type", "string")
    return kind if isinstance(kind, str) else next((one for one in kind if one != "null"), "string")


class _Hints:
    """The values a text holds; each number and each phrase is given out once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._numbers = numbers(text)
        unquoted = QUOTED.sub("", text)
        phrases = [(found[1].lower(), found[2].strip()) for found in PHRASE.finditer(unquoted)]
        self._phrases = [(preposition, phrase) for preposition, phrase in phrases if not in_digits(phrase).isdigit()]
        self._quotes = [found[1] or found[2] for found in QUOTED.finditer(text)]

    def value(self, name: str, schema: Schema) -> Any:
        if choices := schema.get("enum"):
            return self._enum(choices)
        match _kind(schema):
            case "integer":
                return int(self._numbers.pop(0)) if self._numbers else None
            case "number":
                return self._numbers.pop(0) if self._numbers else None
            case "boolean":
                return False if OFF.search(self._text) else True if ON.search(self._text) else None
            case "array":
                phrase = _object(self._text) or self._phrase(name)
                return [one for one in re.split(r"\s*,\s*|\s+and\s+", phrase) if one] if phrase else None
            case "object":
                return arguments(schema, self._text) or None
            case _:
                return self._quotes.pop(0) if self._quotes and not self._preferred(name) else self._titled(name)

    def _enum(self, choices: Sequence[Any]) -> Any:
        text = self._text.lower()
        named = (one for one in choices if re.search(rf"\b{re.escape(str(one).lower().replace('_', ' '))}\b", text))
        return next(named, None)

    def _titled(self, name: str) -> str | None:
        phrase = self._phrase(name)
        return phrase.title() if phrase and phrase.islower() and PLACE.search(name) else phrase

    def _phrase(self, name: str) -> str | None:
        """The phrase behind the preposition that suits `name`, or else the first."""
        index = next(iter(self._preferred(name)), 0)
        return self._phrases.pop(index)[1] if self._phrases else None

    def _preferred(self, name: str) -> list[int]:
        words = {word.lower() for word in NAME_WORD.findall(name)}
        wanted = {preposition for preposition, names in PREFERRED.items() if words & names}
        return [index for index, (preposition, _) in enumerate(self._phrases) if preposition in wanted]


def _object(text: str) -> str | None:
    found = DIRECT.search(text)
    return found[1].strip() if found else None


def _fallback(schema: Schema, text: str) -> Any:
    if choices := schema.get("enum"):
        return choices[0]
    match _kind(schema):
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "array":
            return []
        case "object":
            return {}
        case _:
            return _object(text) or text.strip(" ?.!")
