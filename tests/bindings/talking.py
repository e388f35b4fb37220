"""A conversation that is really spoken on the demo page, and what became of it."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .browser import Site, Visitor
from .listening import EAR, RATE, Heard, Sound, microphone


@dataclass(frozen=True)
class BargeIn:
    """An answer that was spoken over, in milliseconds: until the page was silent after the provider had noticed; what
    the model was told that was heard of it; and what the page really output."""

    silent: float
    told: float
    output: float


@dataclass(frozen=True)
class Conversation:
    """What became of what was spoken: on the page, in the session, and in the air."""

    shown: list[str]
    phase: str | None
    log: dict[str, Any]
    heard: Heard

    def replies(self) -> list[tuple[str, Sound]]:
        """What the model said, in order: the item's id and its sound."""
        return [(item, np.frombuffer(base64.b64decode(pcm), "<i2")) for item, pcm in self.log["said"].items()]

    def barge_ins(self) -> list[BargeIn]:
        """One for each truncation, in order."""
        sounds = dict(self.replies())
        began = self.log["speech_started"][-len(self.log["truncated"]) :]
        return [
            self._barge_in(sounds[item], told_ms, moment)
            for (item, told_ms), moment in zip(self.log["truncated"], began, strict=True)
        ]

    def _barge_in(self, sound: Sound, told_ms: int, moment: float) -> BargeIn:
        silent_ms, last = self.heard.silent_after(moment)
        begin = self.heard.place_of(sound, before=last)
        return BargeIn(silent_ms, told_ms, 1000 * (last - begin) / RATE)


async def converse(pages: Site, spoken: Path, turns: int, last: str) -> Conversation:
    """Click, and let the microphone hear this file, until so many turns are over and the last answer says this."""
    async with pages.seen_by(*microphone(spoken)) as site, site.visit("/voice", script=EAR) as visitor:
        await visitor.page.get_by_role("button", name="Talk", exact=True).click()
        await said(visitor, turns, last)
        (log,) = await site.get("/logs")
        return Conversation(
            shown=[text.strip() for text in await visitor.texts(".rt-words")],
            phase=await visitor.page.locator("realtime-rx-microphone").get_attribute("data-phase"),
            log=log,
            heard=await Heard.of(visitor.page),
        )


async def said(visitor: Visitor, turns: int, last: str) -> None:
    answer = visitor.page.locator(".rt-assistant .rt-words").nth(turns - 1).filter(has_text=last)
    await answer.wait_for(timeout=1_000 * (10 + 8 * turns))
    await visitor.page.locator(".rt-badge[data-mode=listening]").wait_for()
