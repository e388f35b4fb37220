"""The README's tables of providers, made of their capability data: ``make tables``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from realtime_rx.abc import Capabilities, Provider
from realtime_rx.config import SessionConfig, Transcription, TurnDetection
from realtime_rx.formats import AudioFormat
from realtime_rx.providers import PROVIDERS

README = Path(__file__).resolve().parent.parent / "README.md"
START, END = "<!-- providers -->\n", "<!-- end -->"

ABILITIES = {
    "text_output": "writes its answers",
    "audio_output": "speaks its answers",
    "audio_input": "hears",
    "image_input": "sees pictures",
    "video_input": "sees video frames",
    "images_in_outputs": "sees pictures within a tool's output",
    "manual_turns": "push-to-talk",
    "truncate": "is told what was really heard",
    "cancel": "can be cancelled",
    "session_update": "settings change while connected",
    "history": "is told what was said before",
    "client_item_ids": "keeps our message ids",
    "echoes_items": "confirms what it is told",
    "continues_after_tools": "goes on by itself after tools",
    "ephemeral_tokens": "has short-lived tokens",
    "exchanges_key": "is dialled with a token only",
}
"""What is either so or not."""

INTERNAL = {"final_closes", "greeting_first", "microphone_off", "resume_parameter", "tool_description", "tool_name"}
"""What concerns nobody but the library."""

Cell = Callable[[Provider], str]

PROPERTIES: dict[str, tuple[str, Cell]] = {
    "responses": ("responses are", lambda provider: provider.capabilities.responses),
    "interruption": ("interruptions by", lambda provider: provider.capabilities.interruption),
    "transcripts": ("your words come", lambda provider: provider.capabilities.transcripts),
    "resumption": ("resumes by", lambda provider: provider.capabilities.resumption),
    "max_session_s": ("a connection lasts", lambda provider: lasting(provider.capabilities.max_session_s)),
    "input_formats": ("sound in", lambda provider: formats(provider.capabilities.input_formats)),
    "output_formats": ("sound out", lambda provider: formats(provider.capabilities.output_formats)),
}
"""What needs a word to be said."""

NESTED: dict[str, type[msgspec.Struct]] = {"transcription": Transcription, "turn_detection": TurnDetection}


def tables() -> str:
    """All three: who they are, what they can do, which settings they have."""
    providers = [make() for _, make in sorted(PROVIDERS.items())]
    first = [named(each) for each in providers]
    of_properties = table(
        ["provider", "model by default", *(words for words, _ in PROPERTIES.values())],
        [
            [name, f"`{each.model}`" if each.model else "", *(cell(each) for _, cell in PROPERTIES.values())]
            for name, each in zip(first, providers, strict=True)
        ],
    )
    abilities = [[words, *marks(providers, able(name))] for name, words in ABILITIES.items()]
    of_settings = [[f"`{name}`", *marks(providers, has(name))] for name in settings(providers)]
    return (
        "\n\n".join((of_properties, table(["can it", *first], abilities), table(["setting", *first], of_settings)))
        + "\n"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells).replace("|  |", "| |") + " |" for cells in lines).replace("  |", " |")


def named(provider: Provider) -> str:
    return f"`{provider.id}`"


def marks(providers: Iterable[Provider], question: Callable[[Capabilities], bool]) -> list[str]:
    return ["✓" if question(each.capabilities) else "" for each in providers]


def able(ability: str) -> Callable[[Capabilities], bool]:
    return lambda can: bool(getattr(can, ability))


def has(setting: str) -> Callable[[Capabilities], bool]:
    """Whether neither the setting nor what it belongs to is ignored."""
    return lambda can: can.ignored_config.isdisjoint({setting, setting.partition(".")[0]})


def settings(providers: Sequence[Provider]) -> list[str]:
    """Every setting; those within one where somebody ignores them alone."""
    ignored = {name for each in providers for name in each.capabilities.ignored_config}
    found: list[str] = []
    for name in SessionConfig.__struct_fields__:
        within = NESTED[name].__struct_fields__ if name in NESTED else ()
        found += [name, *(f"{name}.{field}" for field in within if f"{name}.{field}" in ignored)]
    return found


def lasting(seconds: int | None) -> str:
    return f"{seconds // 60} min" if seconds else ""


def formats(of: Iterable[AudioFormat]) -> str:
    """``pcm16 16, 24 kHz, pcmu``: G.711 has one rate."""
    by_encoding: dict[str, list[int]] = {}
    for each in of:
        by_encoding.setdefault(each.encoding, []).append(each.rate)
    return ", ".join(
        f"{encoding} {', '.join(f'{rate / 1000:g}' for rate in sorted(rates))} kHz" if encoding == "pcm16" else encoding
        for encoding, rates in by_encoding.items()
    )


def described() -> set[Any]:
    """The fields of capability data that the tables speak of."""
    return {*ABILITIES, *PROPERTIES, "ignored_config"}


def main() -> None:
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{START}{tables()}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
