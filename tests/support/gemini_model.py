"""A model behind the scripted Gemini server that answers by rule."""

import json

from .gemini_frames import (
    GENERATED,
    INTERRUPTED,
    Json,
    calling,
    completed,
    hearing,
    resumable,
    saying,
    sounding,
    spoken_turn,
    used,
)
from .gemini_server import GeminiCaller, kind_of


def said(frame: Json) -> str:
    """The words of the last turn of a written message."""
    turns = frame["clientContent"].get("turns") or [{"parts": []}]
    return "".join(part.get("text", "") for part in turns[-1]["parts"])


HEARD = (" Hello", ",", " are you", " there?")
"""What it understands of any speech, in deltas."""
ENOUGH = 3
"""How many pieces of sound make speech where it listens for the end of speech itself."""


class Model:
    """Answers by rule: ``weather`` calls the tool of that name unless it is told what that returned, ``story`` goes on
    until interrupted."""

    def __init__(self, caller: GeminiCaller) -> None:
        self._caller = caller
        self._words = ""
        self._pieces = 0
        self._telling = False
        self._turns = 0

    async def talk(self) -> None:
        await self._caller.greet()
        await self._caller.say(resumable("handle-0"))
        while True:
            frame = await self._caller.hear()
            match kind_of(frame):
                case "clientContent":
                    self._words = said(frame) or self._words
                    if frame["clientContent"].get("turnComplete"):
                        await self._silence()
                        await self._answer(self._words)
                case "toolResponse":
                    await self._use(frame["toolResponse"]["functionResponses"])
                case "activityStart":
                    await self._silence()
                case "audio":
                    await self._listen()
                case "activityEnd":
                    await self._answer_speech()
                case _:
                    pass

    async def _answer(self, words: str) -> None:
        self._turns += 1
        if "returned: " in words:
            await self._caller.say(*spoken_turn(f"It says {words.partition('returned: ')[2]}."), self._handle())
        elif "weather" in words:
            await self._caller.say(calling((f"call-{self._turns}", "get_weather", {"city": "Tokyo"})))
        elif "story" in words:
            self._telling = True
            await self._caller.say(*(frame for _ in range(10) for frame in (saying("Once upon"), sounding(500))))
        else:
            await self._caller.say(*spoken_turn("Yes", f", that was turn {self._turns}."), self._handle())

    async def _use(self, answers: list[Json]) -> None:
        output = json.dumps(answers[-1]["response"])
        await self._caller.say(saying(f"It says {output}."), sounding(), GENERATED, completed(used(200, 20)))
        await self._caller.say(self._handle())

    def _handle(self) -> Json:
        """What to go on with from now: it knows of this turn, and of none that follows."""
        return resumable(f"handle-{self._turns}")

    async def _silence(self) -> None:
        if self._telling:
            self._telling = False
            await self._caller.say(INTERRUPTED, completed(used(50, 5)), self._handle())

    async def _listen(self) -> None:
        """Where nobody marks activity, sound interrupts, and enough of it is a turn."""
        detection = self._caller.setup.get("realtimeInputConfig", {}).get("automaticActivityDetection", {})
        if detection.get("disabled"):
            return
        await self._silence()
        self._pieces += 1
        if self._pieces == ENOUGH:
            self._pieces = 0
            await self._answer_speech()

    async def _answer_speech(self) -> None:
        """The last of what was heard is understood after the reply began, as it happens in the field."""
        first, *middle, last = HEARD
        self._turns += 1
        begun, *rest = spoken_turn("I am here.")
        await self._caller.say(*map(hearing, (first, *middle)), begun, hearing(last), *rest, self._handle())


async def talk(caller: GeminiCaller) -> None:
    """The part of a model that answers whatever it is told."""
    await Model(caller).talk()
