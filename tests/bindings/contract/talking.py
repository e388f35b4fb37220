"""A conversation that is really spoken on an app's page, and what became of it."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from playwright.async_api import WebSocket, expect

from ..listening import EAR, RATE, Heard, Sound
from .guests import App

TURN_MS = 15_000
"""How long a turn may take, to say it and to have it answered."""


@dataclass(frozen=True)
class BargeIn:
    """An answer that was spoken over, in milliseconds: until the page was silent after the provider had noticed; what
    the model was told that was heard of it; and what the page really output."""

    silent: float
    told: float
    output: float


class Traffic:
    """What goes over a socket from now on, both ways: ``text`` in characters, and ``binary`` in bytes."""

    def __init__(self, socket: WebSocket) -> None:
        self.text = self.binary = 0
        for direction in ("framesent", "framereceived"):
            socket.on(direction, self._passed)

    def _passed(self, frame: str | bytes) -> None:
        if isinstance(frame, str):
            self.text += len(frame)
        else:
            self.binary += len(frame)


@dataclass(frozen=True)
class Conversation:
    """What became of what was spoken: in the session, on the page, in the air, on the page's own socket, and on which
    others."""

    log: dict[str, Any]
    own: list[str]
    answers: list[str]
    heard: Heard
    page: Traffic
    sockets: list[str]

    @property
    def words(self) -> list[str]:
        """What was said, in order."""
        return [text for _, _, text, _ in self.log["messages"]]

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


async def converse(app: App, spoken: Path, turns: int, last: str) -> Conversation:
    """Click, and let the microphone hear this file, until so many turns are over and the last answer says this."""
    async with app.heard(spoken) as hearing, hearing.visit("/voice", script=EAR) as guest:
        (socket,) = guest.sockets
        page = Traffic(socket)
        await guest.presses("Talk")
        await expect(guest.answers.nth(turns - 1)).to_contain_text(last, timeout=turns * TURN_MS)
        await guest.sees(guest.status, "Listening")
        await expect(guest.page.get_by_role("button", name="Stop talking")).to_be_visible()
        others = [urlsplit(other.url).path for other in guest.sockets if other is not socket]
        shown = [[await each.aria_snapshot() for each in await said.all()] for said in (guest.own, guest.answers)]
        return Conversation(await app.log(guest), *shown, await Heard.of(guest.page), page, others)
