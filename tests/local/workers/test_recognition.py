"""The recogniser's engine: which decoder is believed, and how many there are."""

import importlib.util
import math
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest

from realtime_rx.local.workers import recognition
from realtime_rx.local.workers.recognition import DOMAIN_WINS, MOST_DOMAINS, Pool, Recogniser, Utterance, lead, start

VOCABULARY = {"groups": [["hello"]], "slots": {}}


@dataclass
class Hypothesis:
    hypstr: str
    score: float


@dataclass
class Decoder:
    """A decoder that has made up its mind: `per_frame` is its log score, in the decoders' base, for each frame."""

    words: str = "hello"
    per_frame: float = 0.0
    frames: int = 0
    calls: list[str] = field(default_factory=list[str])

    def start_utt(self) -> None:
        self.calls.append("start")
        self.frames = 0

    def process_raw(self, data: bytes, no_search: bool, full_utt: bool) -> int:
        self.frames += len(data) // 320
        return 0

    def end_utt(self) -> None:
        self.calls.append("end")

    def hyp(self) -> Hypothesis | None:
        score = math.exp(recognition.LOG_BASE * self.per_frame * self.frames)
        return Hypothesis(self.words, score) if self.words else None

    def n_frames(self) -> int:
        return self.frames


def closed(domain: Decoder, general: Decoder | None) -> str:
    utterance = Utterance(Pool(lambda: domain, 1), Pool(lambda: general or Decoder(), 1 if general else 0))
    utterance.hear(bytes(32_000))
    return utterance.close()


@pytest.mark.parametrize(
    ("ahead", "chosen"), [(DOMAIN_WINS + 0.1, "domain"), (DOMAIN_WINS - 0.1, "general"), (9.0, "domain")]
)
def test_the_domain_is_believed_from_its_lead_on(ahead: float, chosen: str) -> None:
    """The session's vocabulary wins when its score for a frame is better by more than the threshold."""
    assert closed(Decoder("domain", ahead), Decoder("general", 0.0)) == chosen


def test_a_clear_lead_does_not_wait_for_the_other() -> None:
    """When the domain leads clearly the general decoder is finished when it is next needed, not now."""
    general = Decoder("general")
    pool = Pool(lambda: general, 1)
    utterance = Utterance(Pool(lambda: Decoder("domain", 9.0), 1), pool)
    utterance.hear(bytes(32_000))
    utterance.close()
    assert general.calls == ["start"]
    pool.take()
    assert general.calls == ["start", "end", "start"]


@pytest.mark.parametrize("chunk", [320, 3_200, 200_000])
def test_silence_before_the_words_is_not_heard(chunk: int) -> None:
    """However long nobody speaks, a decoder hears 0.3 s of it and then all that is said, pauses included."""
    domain = Decoder()
    utterance = Utterance(Pool(lambda: domain, 1), Pool(lambda: Decoder(), 0))
    sound = bytes(128_000) + b"\xff\x3f" * 1_600 + bytes(32_000) + b"\xff\x3f" * 1_600
    for place in range(0, len(sound), chunk):
        utterance.hear(sound[place : place + chunk])
    utterance.close()
    assert domain.frames == 30 + 10 + 100 + 10


def test_who_never_gets_loud_is_heard() -> None:
    """The end of what was never loud is heard when it is over."""
    domain = Decoder()
    utterance = Utterance(Pool(lambda: domain, 1), Pool(lambda: Decoder(), 0))
    for _ in range(10):
        utterance.hear(bytes(32_000))
    utterance.close()
    assert domain.frames == 30


def test_one_that_heard_nothing_loses() -> None:
    """A decoder without words gives way to the other; without either there are no words."""
    assert closed(Decoder(""), Decoder("general")) == "general"
    assert closed(Decoder("domain"), Decoder("")) == "domain"
    assert closed(Decoder(""), Decoder("")) == ""
    assert closed(Decoder("domain"), None) == "domain"
    assert lead(Hypothesis("x", 0.0), Decoder()) == -math.inf


def test_noise_and_variants_are_no_words() -> None:
    """Fillers in brackets and the numbers of pronunciations are not part of what was said."""
    assert recognition.text(Hypothesis("<s> [NOISE] the(2) <sil> time </s>", 1.0)) == "the time"


class Models:
    """Decoders that are counted."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def general(self) -> Decoder:
        self.made.append("general")
        return Decoder("general")

    def domain(self, vocabulary: Any) -> Any:
        self.made.append("model")

        def make() -> Decoder:
            self.made.append("domain")
            return Decoder("domain", 9.0)

        return make


def test_decoders_are_used_again() -> None:
    """One utterance after another needs one decoder of each kind, and a vocabulary is made once."""
    recogniser = Recogniser(models := Models())  # type: ignore[arg-type]
    for number in range(5):
        request = {"id": str(number), "vocabulary": VOCABULARY}
        assert recogniser.answer({"do": "open", **request}, b"") is None
        assert recogniser.answer({"do": "hear", **request}, bytes(3200)) is None
        if number % 2:
            assert recogniser.answer({"do": "drop", **request}, b"") is None
        else:
            assert recogniser.answer({"do": "close", **request}, b"") == ({"id": str(number), "text": "domain"}, b"")
    assert sorted(models.made) == ["domain", "general", "model"]


def test_many_at_once_share_what_is_expensive() -> None:
    """Beyond four utterances at a time only the small decoders are made."""
    recogniser = Recogniser(models := Models())  # type: ignore[arg-type]
    for number in range(9):
        recogniser.answer({"do": "open", "id": str(number), "vocabulary": VOCABULARY}, b"")
    assert models.made.count("general") == 4
    assert models.made.count("domain") == 9
    assert models.made.count("model") == 1


def test_old_vocabularies_are_forgotten() -> None:
    """Only the vocabularies used last are kept, and an open utterance keeps its own."""
    recogniser = Recogniser(models := Models())  # type: ignore[arg-type]
    for number in range(MOST_DOMAINS + 1):
        vocabulary = {"groups": [[str(number)]], "slots": {}}
        recogniser.answer({"do": "open", "id": str(number), "vocabulary": vocabulary}, b"")
    recogniser.answer({"do": "open", "id": "again", "vocabulary": {"groups": [["0"]], "slots": {}}}, b"")
    assert models.made.count("model") == MOST_DOMAINS + 2
    assert recogniser.answer({"do": "close", "id": "0"}, b"") is not None


@pytest.mark.parametrize("what", ["hear", "drop", "close"])
def test_unknown_utterances_are_ignored(what: str) -> None:
    """What an earlier process took with it is nothing to this one."""
    assert Recogniser(Models()).answer({"do": what, "id": "gone"}, b"") is None  # type: ignore[arg-type]


def test_without_pocketsphinx_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package is missing the greeting says why there is no engine."""
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    greeting, answer = start([])
    assert greeting["engine"] is None
    assert "pocketsphinx" in greeting["why"]
    assert answer is None


@pytest.mark.skipif(importlib.util.find_spec("pocketsphinx") is None, reason="pocketsphinx not installed")
def test_silence_has_no_words() -> None:
    """The real decoders hear nothing in silence."""
    greeting, answer = start([])
    assert greeting["engine"].startswith("pocketsphinx ")
    assert answer is not None
    answer({"do": "open", "id": "a", "vocabulary": VOCABULARY}, b"")
    answer({"do": "hear", "id": "a"}, bytes(16_000))
    assert answer({"do": "close", "id": "a"}, b"") == ({"id": "a", "text": ""}, b"")
