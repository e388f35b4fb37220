"""When a turn starts and when it ends: speech probabilities and sample counts go in, facts come out.

Rules. Everything that decides lives in `TurnDetector`; it is frozen, and `hear` gives the next one. Positions count
16 kHz samples from the first one ever received. Turns do not overlap: none reaches back before the end of the last.
"""

from dataclasses import dataclass, replace
from typing import TypeAlias

from .protocol import Json

SAMPLES_PER_MS = 16
START_MS = 64
"""Speech without a break from which on it is a turn: two frames of Silero."""
HYSTERESIS = 0.15
"""Who is already speaking may be this much less sure."""
LONGEST_TURN_MS = 120_000
"""Whatever this is (music, a crowd), it is not one turn any more."""
SILENCE_MS = {"low": 800, "medium": 500, "high": 300, "auto": 500}
"""The silence that ends a turn, by the eagerness of `semantic_vad`. It is the only thing that eagerness changes here:
nothing in this process understands whether a sentence is complete.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRules:
    """The settings of `turn_detection` as they are documented for `server_vad`."""

    threshold: float = 0.5
    prefix_ms: int = 300
    silence_ms: int = 500
    idle_ms: int | None = None
    creates: bool = True
    interrupts: bool = True

    @classmethod
    def of(cls, turn_detection: Json) -> "TurnRules":
        """Of a session's `turn_detection`, whole: every field has its value."""
        both = {"creates": turn_detection["create_response"], "interrupts": turn_detection["interrupt_response"]}
        if turn_detection["type"] == "semantic_vad":
            return cls(silence_ms=SILENCE_MS[turn_detection["eagerness"]], **both)
        return cls(
            threshold=turn_detection["threshold"],
            prefix_ms=turn_detection["prefix_padding_ms"],
            silence_ms=turn_detection["silence_duration_ms"],
            idle_ms=turn_detection["idle_timeout_ms"],
            **both,
        )


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    at: int
    """Where the turn's audio begins, the padding before the speech included."""


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    begun: int
    at: int
    """Where the turn's audio ends, the silence after the speech included."""


Fact: TypeAlias = SpeechStarted | SpeechStopped


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnDetector:
    heard: int = 0
    """Samples ever heard."""
    free: int = 0
    """Where the next turn may begin at the earliest."""
    voice_since: int | None = None
    """Where the speech began that goes on now; while nobody speaks, a candidate for a turn."""
    voice_until: int = 0
    """The end of the last frame with speech."""
    begun: int | None = None
    """Where the present turn begins, or None between turns."""

    @property
    def is_speaking(self) -> bool:
        return self.begun is not None

    def hear(self, probability: float, samples: int, rules: TurnRules) -> "tuple[TurnDetector, Fact | None]":
        """The next `samples`, which are speech with this probability."""
        now = self.heard + samples
        if self.begun is None:
            return self._listen(probability >= rules.threshold, now, rules)
        stay = max(0.01, rules.threshold - HYSTERESIS)
        return self._follow(self.begun, probability >= min(stay, rules.threshold), now, rules)

    @classmethod
    def at(cls, position: int) -> "TurnDetector":
        """Between turns; what came before `position` is settled and can be in none any more."""
        return cls(heard=position, free=position)

    def _listen(self, is_voice: bool, now: int, rules: TurnRules) -> "tuple[TurnDetector, Fact | None]":
        if not is_voice:
            return replace(self, heard=now, voice_since=None), None
        since = self.heard if self.voice_since is None else self.voice_since
        if now - since < START_MS * SAMPLES_PER_MS:
            return replace(self, heard=now, voice_since=since), None
        begun = max(self.free, since - rules.prefix_ms * SAMPLES_PER_MS)
        return replace(self, heard=now, voice_since=since, voice_until=now, begun=begun), SpeechStarted(begun)

    def _follow(self, begun: int, is_voice: bool, now: int, rules: TurnRules) -> "tuple[TurnDetector, Fact | None]":
        until = now if is_voice else self.voice_until
        silent = not is_voice and now - until >= rules.silence_ms * SAMPLES_PER_MS
        if silent or now - begun >= LONGEST_TURN_MS * SAMPLES_PER_MS:
            return TurnDetector.at(now), SpeechStopped(begun, now)
        return replace(self, heard=now, voice_until=until), None
