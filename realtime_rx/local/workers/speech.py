"""A speech synthesiser, as an engine of `main`.

A process of its own because espeak-ng is GPL-3 (spoken to, not linked into), keeps one global state, and may crash.

greeting  {"engine": name} or {"engine": null, "why": ...}
request   {"text", "voice", "speed", "format"}
answer    {"words": [[character, ms], ...]} and sound, or {"error": ...}
"""

import ctypes
import ctypes.util
import importlib.util
import os
import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .main import Answer, Json, Message

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[tuple[int], np.dtype[np.int32]]

WORDS_PER_MINUTE = 165
VOICES = {
    "alloy": "en-us",
    "ash": "en-us+m1",
    "ballad": "en-gb+m2",
    "cedar": "en-us+m3",
    "coral": "en-us+f2",
    "echo": "en-us+m7",
    "marin": "en-us+f3",
    "sage": "en-gb+f1",
    "shimmer": "en-us+f4",
    "verse": "en-gb",
}
"""The hosted service's voices as espeak-ng's; only their difference is meant to be heard, not their sound."""
DEFAULT_VOICE = "en-us"


class Spoken(NamedTuple):
    """16 bit mono samples, their rate, and (character, ms) for each word the engine reported."""

    pcm: bytes
    rate: int
    words: list[tuple[int, float]]


Say = Callable[[str, str, float], Spoken]
"""(text, voice, speed) -> sound. An engine is opened by a function that gives its name and this."""


# ---------------------------------------------------------------------- libespeak-ng


class _Event(ctypes.Structure):
    """espeak_EVENT of speak_lib.h; the union at its end is as wide as its widest member."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))
_LIST_TERMINATED, _WORD = 0, 1
_SYNCHRONOUS, _BUFFER_MS, _DONT_EXIT = 2, 200, 0x8000
_RATE, _UTF8 = 1, 1


class Espeak:
    """libespeak-ng by ctypes. Its state is global: one per process."""

    def __init__(self, library: str, data: str | None) -> None:
        self._library = ctypes.CDLL(library)
        self._library.espeak_Info.restype = ctypes.c_char_p
        path = data.encode() if data else None
        self.rate: int = self._library.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, path, _DONT_EXIT)
        if self.rate <= 0:
            raise OSError(f"espeak_Initialize gave {self.rate}")
        self.version = self._library.espeak_Info(None).decode()
        pointer, size, number = ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint
        self._library.espeak_Synth.argtypes = (pointer, size, number, number, number, number, pointer, pointer)
        self._pcm = bytearray()
        self._words: list[tuple[int, float]] = []
        self._callback = _CALLBACK(self._hear)  # kept: the library holds only its address
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, text: str, voice: str, speed: float) -> Spoken:
        self._pcm.clear()
        self._words.clear()
        if self._library.espeak_SetVoiceByName(VOICES.get(voice, voice).encode()) != 0:
            self._library.espeak_SetVoiceByName(DEFAULT_VOICE.encode())
        self._library.espeak_SetParameter(_RATE, int(WORDS_PER_MINUTE * speed), 0)
        encoded = text.encode() + b"\0"
        self._library.espeak_Synth(encoded, len(encoded), 0, 1, 0, _UTF8, None, None)
        return Spoken(bytes(self._pcm), self.rate, list(self._words))

    def _hear(self, wave: Any, samples: int, events: Any) -> int:
        index = 0
        while (event := events[index]).type != _LIST_TERMINATED:
            if event.type == _WORD:
                self._words.append((event.text_position - 1, 1000 * event.sample / self.rate))
            index += 1
        if wave and samples > 0:
            self._pcm += ctypes.string_at(wave, 2 * samples)
        return 0


def espeak_wheel() -> tuple[str, Say]:
    import espeakng_loader  # pyright: ignore[reportMissingTypeStubs]  # it has none

    data = Path(espeakng_loader.get_data_path())
    os.chdir(data.parent)  # the wheel's library refuses data paths of 160 characters and more
    engine = Espeak(espeakng_loader.get_library_path(), data.name)
    return f"espeak-ng {engine.version} (espeakng-loader)", engine.say


def espeak_library() -> tuple[str, Say]:
    engine = Espeak(ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1", None)
    return f"espeak-ng {engine.version} (system library)", engine.say


# ---------------------------------------------------------------------- binaries


def espeak_binary() -> tuple[str, Say]:
    program = _which("espeak-ng")

    def say(text: str, voice: str, speed: float) -> Spoken:
        pace = str(int(WORDS_PER_MINUTE * speed))
        name = VOICES.get(voice, DEFAULT_VOICE)
        command = [program, "--stdin", "--stdout", "-v", name, "-s", pace]
        return _from_wav(subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout)

    return "espeak-ng (program)", say


def flite_binary() -> tuple[str, Say]:
    program = _which("flite")

    def say(text: str, voice: str, speed: float) -> Spoken:
        with tempfile.TemporaryDirectory() as folder:
            wav = Path(folder, "speech.wav")
            stretch = f"duration_stretch={1 / speed:.3f}"
            command = [program, "-voice", "slt", "--setf", stretch, "-t", text, "-o", str(wav)]
            subprocess.run(command, capture_output=True, check=True)
            return _from_wav(wav.read_bytes())

    return "flite (program)", say


def _which(name: str) -> str:
    program = shutil.which(name)
    if program is None:
        raise OSError(f"no program {name}")
    return program


def _from_wav(wav: bytes) -> Spoken:
    """Both programs write the plain 44 byte header; espeak-ng's lengths are wrong on a pipe, so they are not read."""
    (rate,) = struct.unpack_from("<I", wav, 24)
    return Spoken(wav[44:], rate, [])


ENGINES: dict[str, Callable[[], tuple[str, Say]]] = {
    "espeak-wheel": espeak_wheel,
    "espeak-library": espeak_library,
    "espeak-program": espeak_binary,
    "flite-program": flite_binary,
}


# ---------------------------------------------------------------------- formats


def converted(spoken: Spoken, audio_format: str) -> bytes:
    """The sound as 24 kHz PCM16 ("audio/pcm"), or 8 kHz G.711 ("audio/pcmu", "audio/pcma")."""
    import numpy as np
    import soxr  # pyright: ignore[reportMissingTypeStubs]  # it has none

    samples = np.frombuffer(spoken.pcm, "<i2")
    wide = soxr.resample(samples, spoken.rate, 24000 if audio_format == "audio/pcm" else 8000).astype("<i4")
    match audio_format:
        case "audio/pcmu":
            return mu_law(wide).astype("u1").tobytes()
        case "audio/pcma":
            return a_law(wide).astype("u1").tobytes()
        case _:
            return wide.astype("<i2").tobytes()


def mu_law(samples: "Samples") -> "Samples":
    """G.711 mu-law codes of 16 bit samples."""
    import numpy as np

    size = np.minimum(np.abs(samples), 32635) + 132
    exponent = np.log2(size).astype("i4") - 7
    return ~((samples < 0) << 7 | exponent << 4 | (size >> exponent + 3) & 15) & 0xFF


def a_law(samples: "Samples") -> "Samples":
    """G.711 A-law codes of 16 bit samples."""
    import numpy as np

    size = np.where(samples >= 0, samples, ~samples) >> 3
    segment = np.searchsorted([0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF], size)
    code = segment << 4 | (size >> np.maximum(segment, 1)) & 15
    return code ^ np.where(samples >= 0, 0xD5, 0x55)


# ---------------------------------------------------------------------- the engine


def choose(names: list[str]) -> tuple[str, Say] | str:
    """The first engine that opens, or why none does."""
    missing = [name for name in ("numpy", "soxr") if importlib.util.find_spec(name) is None]
    if missing:
        return f"{' and '.join(missing)} not installed"
    reasons: list[str] = []
    for name in names:
        try:
            return ENGINES[name]()
        except (ImportError, OSError, AttributeError) as error:
            reasons.append(f"{name}: {error}")
    return "; ".join(reasons)


def answer(say: Say, request: Json) -> Message:
    try:
        text = re.sub(r"[\x00-\x1f]", " ", request["text"])
        spoken = say(text, request["voice"], request["speed"])
        return {"words": spoken.words}, converted(spoken, request["format"])
    except (OSError, ValueError, struct.error, subprocess.SubprocessError) as error:
        return {"error": f"{type(error).__name__}: {error}"}, b""


def start(names: list[str]) -> tuple[Json, Answer | None]:
    chosen = choose(names or list(ENGINES))
    if isinstance(chosen, str):
        return {"engine": None, "why": chosen}, None
    name, say = chosen
    return {"engine": name}, lambda request, _: answer(say, request)
