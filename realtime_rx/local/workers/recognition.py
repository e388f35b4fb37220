"""Speech recognition with pocketsphinx, as an engine of `main`. It holds the GIL, so it lives in a process of its own.

Two decoders hear each utterance: one for the vocabulary of the session, one for general English. The better one wins.

greeting  {"engine": name} or {"engine": null, "why": ...}
requests  {"do": "open", "id", "vocabulary": {"groups", "slots"}}; {"do": "hear", "id"} with 16 kHz mono PCM16;
          {"do": "drop", "id"}; {"do": "close", "id"}, which alone is answered
answer    {"id", "text"}; to an id that is not open there is none
"""

import importlib.metadata
import json
import math
import re
import tempfile
from array import array
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, cast

from .arpa import arpa
from .lexicon import Pronunciations, pronunciations, samples
from .main import Answer, Json, Message

DOMAIN_WINS = 1.0
"""The domain's lead, in log score per frame of 10 ms, from which it is believed; general English has more freedom."""
CLEARLY = 4.0
"""From this lead before its end on, which the end changes by 4 at most, the general decoder need not finish: that
saves the time that it takes."""
LOG_BASE = math.log(1.0001)
MOST_GENERAL = 4
"""General decoders, at 90 MB each; who comes when all are busy is understood by the domain alone."""
MOST_DOMAINS = 8
LOUD = 500
"""Of 32,767: what is louder may be speech."""
LEAD_BYTES = 2 * 16_000 * 3 // 10
"""0.3 s of what comes before that."""
NOISE = re.compile(r"<[^>]*>|\[[^\]]*\]|\(\d+\)")


class Hypothesis(Protocol):
    hypstr: str
    score: float


class Decoder(Protocol):
    """The part of `pocketsphinx.Decoder` that is used; it has no types of its own."""

    def start_utt(self) -> None: ...
    def process_raw(self, data: bytes, no_search: bool, full_utt: bool) -> int: ...
    def end_utt(self) -> None: ...
    def hyp(self) -> Hypothesis | None: ...
    def n_frames(self) -> int: ...


class Pool:
    """Decoders of one kind: idle ones are used again, at most `most` are made."""

    def __init__(self, make: Callable[[], Decoder], most: int) -> None:
        self._make = make
        self._left = most
        self._idle: list[tuple[Decoder, bool]] = []

    def take(self) -> Decoder | None:
        """A decoder with an open utterance, or None when all are busy."""
        if self._idle:
            decoder, unfinished = self._idle.pop()
            if unfinished:
                decoder.end_utt()
        elif self._left:
            self._left -= 1
            decoder = self._make()
        else:
            return None
        decoder.start_utt()
        return decoder

    def give_back(self, decoder: Decoder, unfinished: bool = False) -> None:
        """`unfinished` utterances are closed when the decoder is next taken: nobody waits for it then."""
        self._idle.append((decoder, unfinished))


class Models:
    """Makes decoders; what is expensive is loaded when it is first needed."""

    def __init__(self) -> None:
        import pocketsphinx  # pyright: ignore[reportMissingTypeStubs]  # it has none

        self._library: Any = pocketsphinx
        self._known: Pronunciations = {}

    def general(self) -> Decoder:
        return self._library.Decoder(samprate=16000, loglevel="FATAL")

    def domain(self, vocabulary: Json) -> Callable[[], Decoder]:
        """What makes decoders for a vocabulary. Their dictionary holds its words alone: 10 ms instead of 1.6 s."""
        if not self._known:
            self._known = pronunciations(Path(self._library.get_model_path("en-us/cmudict-en-us.dict")))
        sentences = list(samples(vocabulary["groups"], vocabulary["slots"], self._known))
        model = arpa(sentences)
        words = sorted({word for sentence in sentences for word in sentence})
        dictionary = "".join(line for word in words for line in self._known[word])
        return lambda: self._decoder(model, dictionary)

    def _decoder(self, model: str, dictionary: str) -> Decoder:
        with tempfile.TemporaryDirectory() as folder:
            lm, words = Path(folder, "domain.lm"), Path(folder, "domain.dict")
            lm.write_text(model, encoding="utf-8")
            words.write_text(dictionary, encoding="utf-8")
            return self._library.Decoder(samprate=16000, lm=str(lm), dict=str(words), loglevel="FATAL")


class Beginning:
    """Keeps back the silence that a decoder would take for the room in which all else is said: whoever holds a button
    thinks for a while before they speak."""

    def __init__(self) -> None:
        self._silence: bytes | None = b""

    def cut(self, sound: bytes) -> bytes:
        """What is to be heard: nothing before the first loud sample, and then all from shortly before it on."""
        if self._silence is None:
            return sound
        begin = loud_from(sound)
        before = (self._silence + sound[:begin])[-LEAD_BYTES:]
        if begin == len(sound):
            self._silence = before
            return b""
        self._silence = None
        return before + sound[begin:]

    def rest(self) -> bytes:
        """What was kept back to the end, as nothing was loud."""
        return self._silence or b""


def loud_from(sound: bytes) -> int:
    """The first byte of the first sample that may be speech; how many there are where none is."""
    samples = array("h", sound)
    return 2 * next((i for i, sample in enumerate(samples) if abs(sample) > LOUD), len(samples))


class Utterance:
    """One utterance and the decoders that hear it."""

    def __init__(self, domains: Pool, generals: Pool) -> None:
        self._beginning = Beginning()
        self._domains = domains
        self._generals = generals
        self._domain = domains.take()
        self._general = generals.take()

    def hear(self, sound: bytes) -> None:
        self._decode(self._beginning.cut(sound))

    def _decode(self, sound: bytes) -> None:
        if not sound:  # the decoders die of nothing
            return
        for decoder in filter(None, (self._domain, self._general)):
            decoder.process_raw(sound, False, False)

    def close(self) -> str:
        """The words."""
        self._decode(self._beginning.rest())
        domain, general = cast(Decoder, self._domain), self._general
        domain.end_utt()
        specific = domain.hyp()
        self._domains.give_back(domain)
        if general is None:
            return text(specific)
        if lead(specific, general) > CLEARLY:
            self._generals.give_back(general, unfinished=True)
            return text(specific)
        general.end_utt()
        chosen = specific if lead(specific, general) > DOMAIN_WINS else general.hyp() or specific
        self._generals.give_back(general)
        return text(chosen)

    def drop(self) -> None:
        self._domains.give_back(cast(Decoder, self._domain), unfinished=True)
        if self._general is not None:
            self._generals.give_back(self._general, unfinished=True)


def lead(specific: Hypothesis | None, general: Decoder) -> float:
    """How much better the domain explains a frame than general English does, in units of the decoders' log base."""
    other = general.hyp()
    if specific is None or not text(specific) or specific.score <= 0:
        return -math.inf
    if other is None or not text(other) or other.score <= 0:
        return math.inf
    return (math.log(specific.score) - math.log(other.score)) / LOG_BASE / max(1, general.n_frames())


def text(hypothesis: Hypothesis | None) -> str:
    return " ".join(NOISE.sub(" ", hypothesis.hypstr or "").split()) if hypothesis is not None else ""


class Recogniser:
    """The open utterances of all sessions, and the decoders of the vocabularies that were used last."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._generals = Pool(models.general, MOST_GENERAL)
        self._domains: OrderedDict[str, Pool] = OrderedDict()
        self._open: dict[str, Utterance] = {}

    def answer(self, request: Json, sound: bytes) -> Message | None:
        name: str = request["id"]
        match request["do"]:
            case "open":
                self._open[name] = Utterance(self._pool(request["vocabulary"]), self._generals)
            case "hear" if name in self._open:
                self._open[name].hear(sound)
            case "drop" if name in self._open:
                self._open.pop(name).drop()
            case "close" if name in self._open:
                return {"id": name, "text": self._open.pop(name).close()}, b""
            case _:
                pass
        return None

    def _pool(self, vocabulary: Json) -> Pool:
        key = json.dumps(vocabulary)
        if key not in self._domains:
            self._domains[key] = Pool(self._models.domain(vocabulary), most=10**6)
            if len(self._domains) > MOST_DOMAINS:
                self._domains.popitem(last=False)
        self._domains.move_to_end(key)
        return self._domains[key]


def start(arguments: list[str]) -> tuple[Json, Answer | None]:
    try:
        models = Models()
    except (ImportError, OSError) as error:
        return {"engine": None, "why": f"{type(error).__name__}: {error}"}, None
    version = importlib.metadata.version("pocketsphinx")
    return {"engine": f"pocketsphinx {version}"}, Recogniser(models).answer
