"""The synthesiser's process: its pipe, its engines and its sound formats."""

import importlib.util
import json
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from realtime_rx.local.pipe import MAIN
from realtime_rx.local.workers import speech

REQUEST = {"text": "Hello there.", "voice": "marin", "speed": 1.0, "format": "audio/pcm"}


class Pipe:
    """The other end of the worker's pipe."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin
        assert process.stdout
        self.process, self.stdin, self.stdout = process, process.stdin, process.stdout

    def read(self) -> tuple[Any, bytes]:
        return json.loads(self._block()), self._block()

    def ask(self, **changes: Any) -> tuple[Any, bytes]:
        body = json.dumps(REQUEST | changes).encode()
        self.stdin.write(struct.pack("<I", len(body)) + body + bytes(4))
        self.stdin.flush()
        return self.read()

    def _block(self) -> bytes:
        return self.stdout.read(struct.unpack("<I", self.stdout.read(4))[0])


@contextmanager
def worker(*engines: str, **options: Any) -> Iterator[Pipe]:
    command = [sys.executable, "-P", *MAIN, "speech", *engines]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options) as process:
        yield Pipe(process)


def program(folder: Path, name: str, body: str) -> None:
    """An executable that stands for a synthesiser: Python code that may call `wav(rate, samples)`."""
    header = f"#!{sys.executable}\nimport struct, sys\n"
    wav = "def wav(rate, samples): return bytes(24) + struct.pack('<I', rate) + bytes(16) + samples\n"
    (folder / name).write_text(header + wav + body)
    (folder / name).chmod(0o755)


@pytest.mark.usefixtures("needs_speech")
def test_it_says_what_it_is_and_speaks() -> None:
    """After its greeting each request is answered by 24 kHz sound and the time of each word."""
    with worker() as pipe:
        hello, _ = pipe.read()
        assert "espeak" in hello["engine"]
        answer, sound = pipe.ask()
        assert len(sound) % 2 == 0
        assert 0.4 < len(sound) / 48000 < 3
        assert [offset for offset, _ in answer["words"]] == [0, 6]


@pytest.mark.usefixtures("needs_speech")
def test_offsets_are_characters() -> None:
    """Word offsets count characters, not bytes, and control characters do no harm."""
    with worker() as pipe:
        pipe.read()
        answer, _ = pipe.ask(text="Zoë är\x00 här.")
        assert [offset for offset, _ in answer["words"]] == [0, 4, 8]


@pytest.mark.usefixtures("needs_speech")
def test_speed_and_voice_change_the_sound() -> None:
    """A faster voice takes less time, another voice takes another, and an unknown one is the default."""
    with worker() as pipe:
        pipe.read()
        assert len(pipe.ask(speed=1.5)[1]) < 0.8 * len(pipe.ask()[1])
        default, unknown, other = (len(pipe.ask(voice=voice)[1]) for voice in ("alloy", "nobody", "shimmer"))
        assert unknown == pytest.approx(default, abs=200)
        assert other > default + 1000


@pytest.mark.usefixtures("needs_speech")
@pytest.mark.parametrize("kind", ["audio/pcmu", "audio/pcma"])
def test_telephone_formats_have_8000_bytes_a_second(kind: str) -> None:
    """G.711 sound lasts as long as PCM sound."""
    with worker() as pipe:
        pipe.read()
        assert len(pipe.ask(format=kind)[1]) == pytest.approx(len(pipe.ask()[1]) / 6, abs=2)


@pytest.mark.usefixtures("needs_speech")
def test_it_ends_with_its_pipe_and_not_with_ctrl_c() -> None:
    """SIGINT, which a terminal sends to the whole group, does not stop it; the end of its pipe does."""
    with worker() as pipe:
        pipe.read()
        pipe.process.send_signal(signal.SIGINT)
        assert pipe.ask()[1]
        pipe.stdin.close()
        assert pipe.process.wait(10) == 0


@pytest.mark.usefixtures("needs_speech")
def test_a_deep_installation_works(tmp_path: Path) -> None:
    """The wheel's library refuses a data path of 160 characters or more: it is opened by a short one."""
    import espeakng_loader

    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    (deep / "espeakng_loader").symlink_to(Path(espeakng_loader.__file__).parent)
    with worker("espeak-wheel", env=os.environ | {"PYTHONPATH": str(deep)}) as pipe:
        hello, _ = pipe.read()
        assert hello["engine"]
        assert pipe.ask()[1]


def test_it_imports_nothing_of_the_library() -> None:
    """The process that holds a GPL library has none of our modules in it."""
    loading = f"runpy.run_path({MAIN[0]!r})['load']('speech')"
    code = f"import runpy, sys; {loading}; print([m for m in sys.modules if 'realtime' in m])"
    run = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_without_numpy_there_is_no_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is named."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert speech.choose(["espeak-wheel"]) == "numpy and soxr not installed"


@pytest.mark.usefixtures("needs_speech")
def test_engines_are_tried_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first engine that opens is taken; where none does, every reason is given."""

    def absent() -> Any:
        raise OSError("not here")

    monkeypatch.setattr(speech, "ENGINES", {"a": absent, "b": lambda: ("bee", None), "c": absent})
    assert speech.choose(["a", "b", "c"]) == ("bee", None)
    assert speech.choose(["c", "a"]) == "c: not here; a: not here"


def test_the_espeak_program_gets_its_text_through_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a library the espeak-ng program speaks; a text is never taken for an option."""
    program(tmp_path, "espeak-ng", "sys.stdout.buffer.write(wav(22050, sys.stdin.buffer.read()))")
    monkeypatch.setenv("PATH", str(tmp_path))
    name, say = speech.espeak_binary()
    assert name == "espeak-ng (program)"
    assert say("--help", "marin", 1.0) == (b"--help", 22050, [])


def test_the_flite_program_is_the_last_resort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """flite writes a file, which is read and thrown away."""
    program(tmp_path, "flite", "open(sys.argv[-1], 'wb').write(wav(16000, sys.argv[-3].encode()))")
    monkeypatch.setenv("PATH", str(tmp_path))
    name, say = speech.flite_binary()
    assert name == "flite (program)"
    assert say("hello", "marin", 2.0) == (b"hello", 16000, [])


@pytest.mark.parametrize("engine", [speech.espeak_binary, speech.flite_binary])
def test_a_program_that_is_not_there_is_no_engine(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing program is an OSError, which the choice goes past."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OSError, match="no program"):
        engine()


def test_a_sentence_that_cannot_be_spoken_is_answered_as_an_error() -> None:
    """A failing engine does not end the process."""

    def say(text: str, voice: str, speed: float) -> speech.Spoken:
        raise subprocess.CalledProcessError(1, "espeak-ng")

    answer, sound = speech.answer(say, REQUEST)
    assert "CalledProcessError" in answer["error"]
    assert sound == b""


def mu_law_value(code: int) -> int:
    """ITU-T G.711, table 2a, as its usual formula."""
    code = ~code & 0xFF
    size = ((code & 15) * 8 + 132 << (code >> 4 & 7)) - 132
    return -size if code & 0x80 else size


def a_law_value(code: int) -> int:
    """ITU-T G.711, table 1a, as its usual formula."""
    code ^= 0x55
    exponent, mantissa = code >> 4 & 7, code & 15
    size = mantissa * 16 + 8 if exponent == 0 else mantissa * 16 + 264 << exponent - 1
    return size if code & 0x80 else -size


@pytest.mark.usefixtures("needs_speech")
@pytest.mark.parametrize(("encode", "value"), [("mu_law", mu_law_value), ("a_law", a_law_value)])
def test_telephone_codes_are_the_nearest(encode: str, value: Any) -> None:
    """Decoded by the standard's formula a sample comes back within half a step, and a code's own value exactly."""
    import numpy as np

    code = getattr(speech, encode)
    samples = np.arange(-32768, 32768, dtype="i4")
    back = np.array([value(int(one)) for one in code(samples)])
    clipped = np.clip(samples, -32635, 32635)
    assert np.all(np.abs(back - clipped) <= np.maximum((np.abs(clipped) + 132) / 31, 16))
    levels = np.array([value(one) for one in range(256)], dtype="i4")
    assert [value(int(one)) for one in code(levels)] == levels.tolist()
