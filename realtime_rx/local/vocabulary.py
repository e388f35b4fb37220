"""What a session's user is likely to say: sentences with {slots}, out of its tools, its instructions and small talk."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from .phrases import FRAMES, NAMES, NUMBERS, PLACES, REQUESTS, SMALL_TALK, Phrases
from .protocol import Json
from .tool_picking import IGNORED, NAME_WORD, PLACE, properties

LONGEST_INSTRUCTIONS = 4000
"""Characters that are looked at; what is said first matters most."""
MOST_TOOLS = 64
MOST_TEMPLATES = 2000
"""Of more, every second, third and so on is taken: each tool keeps some."""
SENTENCE = re.compile(r"[^.!?;:,()\[\]\n\"]+")
PROPER = {word.lower(): word for name in (*NAMES, *PLACES, "I", "I'm", "I'd", "I'll", "I've") for word in name.split()}


def vocabulary(instructions: str, tools: Sequence[Json]) -> Json:
    """`groups` of sentences that are equally likely as groups, and `slots`: what each {slot} in them may be."""
    slots: dict[str, Phrases] = {"number": NUMBERS, "name": NAMES, "place": PLACES}
    special = list(_sentences(instructions[:LONGEST_INSTRUCTIONS]))
    for index, tool in enumerate(tools[:MOST_TOOLS]):
        special += _sentences(tool.get("description") or "")
        special += _asking(tool, f"tool{index}", slots)
    special = list(dict.fromkeys(special))
    return {"groups": [SMALL_TALK, special[:: len(special) // MOST_TEMPLATES + 1]], "slots": slots}


def written(heard: str) -> str:
    """Lower case words as people write them: the first one, names and places with a capital letter."""
    text = " ".join(PROPER.get(word, word) for word in heard.split())
    return text[:1].upper() + text[1:]


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a client's text, in which braces are no slots."""
    return (found.strip() for found in SENTENCE.findall(re.sub(r"[{}]", " ", text)) if found.strip())


def _asking(tool: Json, prefix: str, slots: dict[str, Phrases]) -> Iterator[str]:
    """Ways to ask for one tool, without and with each of its arguments."""
    name = [word.lower() for word in NAME_WORD.findall(tool["name"])] or [tool["name"]]
    subject = [word for word in name if word not in IGNORED] or name
    inside, ends = list[str](), [""]
    for index, (field, schema) in enumerate(properties(tool.get("parameters") or {})):
        yield from _sentences(schema.get("description") or "")
        slot, values = _values(field, schema)
        if values:
            slot = slot or f"{prefix}_{index}"
            slots[slot] = values
            yield f"{{{slot}}}"
            inside.append(" ".join((name[0], f"{{{slot}}}", *name[1:])))
            ends += _ends(field, slot)
    done = [verb for one in inside for verb in (one, one.replace("{", "the {", 1))]
    yield from (frame.format(one + end) for frame in REQUESTS for one in done for end in ends)
    for words in dict.fromkeys((" ".join(name), " ".join(subject))):
        yield from (frame.format(words + end) for frame in FRAMES for end in ends)


def _ends(field: str, slot: str) -> Iterator[str]:
    """How a sentence may go on with the value of a field."""
    spoken = " ".join(word.lower() for word in NAME_WORD.findall(field))
    joints = ("in", "for", "of", "at") if slot == "place" else ("", "to", "in", "for", "of", "with", spoken)
    return (f" {joint} {{{slot}}}".replace("  ", " ") for joint in joints)


def _values(field: str, schema: Json) -> tuple[str, Phrases]:
    """A slot that is known everywhere, or none, and what it may be; no values where anything may be said."""
    listed: list[Any] = [*schema.get("enum", ()), *schema.get("examples", ())]
    known = tuple(re.sub(r"[{}_]", " ", str(value)) for value in listed)
    match schema.get("type"):
        case _ if known:
            return "", known
        case "boolean":
            return "", ("on", "off")
        case "integer" | "number":
            return "number", NUMBERS
        case _ if PLACE.search(field) and "name" not in field:
            return "place", PLACES
        case _ if "name" in field:
            return "name", NAMES
        case _:
            return "", ()
