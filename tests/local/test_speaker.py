"""The server's end of the pipe: one sentence at a time, whatever happens to the process."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from realtime_rx.local import AT_ONCE, LocalServer, SpeechError, pipe
from realtime_rx.local.speaker import Speaker, start_speaker

from .conftest import Open

Replace = Callable[[str], None]
STAND_IN = """
import json, os, struct, sys, time
def write(answer, sound=b""):
    body = json.dumps(answer).encode()
    sys.stdout.buffer.write(struct.pack("<I", len(body)) + body + struct.pack("<I", len(sound)) + sound)
    sys.stdout.buffer.flush()
def block():
    head = sys.stdin.buffer.read(4)
    return sys.stdin.buffer.read(struct.unpack("<I", head)[0]) if head else sys.exit()
def read():
    return json.loads(block()), block()
"""
LOOP = 'write({"engine": "stand-in"})\nwhile True:\n    request, _ = read()\n    '


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Replace:
    """Put a small program in the place of the worker."""

    def replace(code: str) -> None:
        path = tmp_path / "worker.py"
        path.write_text(STAND_IN + code)
        monkeypatch.setattr(pipe, "MAIN", (str(path),))

    return replace


async def say(voice: Speaker | None, text: str) -> bytes:
    assert voice is not None
    return (await voice.say(text, "marin", 1.0, "audio/pcm")).sound


ECHO = LOOP + 'write({"words": []}, request["text"].encode())'


@pytest.mark.usefixtures("needs_speech")
async def test_words_have_their_times() -> None:
    """A sentence comes with its words in order, and together they are the sentence."""
    async with start_speaker() as voice:
        assert voice is not None
        uttered = await voice.say("It is 21 degrees.", "marin", 1.0, "audio/pcm")
        assert [word.text for word in uttered.words] == ["It", " is", " 21", " degrees."]
        times = [word.at_ms for word in uttered.words]
        assert times == sorted(times)
        assert times[-1] < len(uttered.sound) / 48


async def test_sentences_of_many_sessions_do_not_mix(stand_in: Replace) -> None:
    """Each of many callers at once gets its own sound."""
    stand_in(ECHO)
    async with start_speaker() as voice:
        texts = [f"sentence {number}" for number in range(50)]
        assert await asyncio.gather(*(say(voice, text) for text in texts)) == [text.encode() for text in texts]


async def test_a_cancelled_sentence_is_not_somebody_elses(stand_in: Replace) -> None:
    """When a caller is cancelled in mid-exchange, the next one does not get its answer."""
    stand_in(LOOP + 'time.sleep(0.05); write({"words": []}, request["text"].encode())')
    async with start_speaker() as voice:
        first = asyncio.create_task(say(voice, "first"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        first.cancel()
        assert await say(voice, "second") == b"second"


async def test_a_crash_is_survived(stand_in: Replace, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A process that dies at a sentence is started again, and the sentence is spoken."""
    once = tmp_path / "once"
    stand_in(
        f"{LOOP}if not os.path.exists({str(once)!r}): open({str(once)!r}, 'w').close(); os.abort()\n"
        '    write({"words": []}, request["text"].encode())'
    )
    async with start_speaker() as voice:
        assert await say(voice, "hello") == b"hello"
    assert once.exists()
    assert sum("started again" in record.getMessage() for record in caplog.records) == 1


async def test_a_sentence_that_always_crashes_is_given_up(stand_in: Replace, caplog: pytest.LogCaptureFixture) -> None:
    """The second crash at one sentence is a SpeechError, and the next sentence is tried again."""
    stand_in(LOOP + 'os.abort() if "bad" in request["text"] else write({"words": []}, b"ok")')
    async with start_speaker() as voice:
        with pytest.raises(SpeechError, match="broke 2 times"):
            await say(voice, "bad")
        assert await say(voice, "good") == b"ok"


async def test_a_process_that_hangs_is_replaced(
    stand_in: Replace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No answer in time counts as a crash."""
    monkeypatch.setattr(pipe, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(pipe, "STOP_SECONDS", 0.1)
    stand_in(LOOP + "time.sleep(60)")
    async with start_speaker() as voice:
        with pytest.raises(SpeechError):
            await say(voice, "hello")


async def test_a_refusal_is_no_crash(stand_in: Replace, caplog: pytest.LogCaptureFixture) -> None:
    """An error the process reports is a SpeechError, and the process goes on."""
    stand_in(LOOP + 'write({"error": "cannot say it"})')
    async with start_speaker() as voice:
        with pytest.raises(SpeechError, match="cannot say it"):
            await say(voice, "hello")
    assert caplog.records == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [('write({"engine": None, "why": "soxr not installed"})', "soxr not installed"), ("sys.exit(3)", "process ended")],
)
async def test_a_server_without_an_engine_writes(
    stand_in: Replace, dial: Open, caplog: pytest.LogCaptureFixture, code: str, reason: str
) -> None:
    """Where no engine works the server says so once, and answers with transcripts."""
    stand_in(code)
    async with LocalServer(pace=AT_ONCE) as server, dial(server) as peer:
        assert server.capabilities.synthesiser is None
        done = await peer.ask("hello")
        assert done["output"][0]["content"][0]["transcript"].startswith("Hello!")
        assert peer.of("response.output_audio.delta") == []
    warnings = [record.getMessage() for record in caplog.records if record.name == "realtime_rx.local.speaker"]
    assert len(warnings) == 1
    assert reason in warnings[0]


async def test_without_an_interpreter_to_run_there_is_no_voice(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A process that cannot be started at all is no reason to fail."""
    monkeypatch.setattr(pipe.sys, "executable", "/nowhere/python")
    async with start_speaker() as voice:
        assert voice is None
    assert "text only" in caplog.text


@pytest.mark.usefixtures("needs_speech")
async def test_a_session_outlives_a_crash_in_mid_answer(dial: Open) -> None:
    """With the real synthesiser: its process is killed between two answers, and the session hears both."""
    async with LocalServer(pace=AT_ONCE) as server, dial(server) as peer:
        assert "espeak" in str(server.capabilities.synthesiser)
        await peer.ask("hello")
        before = len(peer.of("response.output_audio.delta"))
        assert before > 5
        voice = server._voice
        assert isinstance(voice, Speaker)
        assert voice._worker is not None
        voice._worker._process.kill()
        done = await peer.ask("thank you")
        assert done["status"] == "completed"
        assert len(peer.of("response.output_audio.delta")) > before


@pytest.mark.usefixtures("needs_speech")
async def test_nothing_is_left_of_it() -> None:
    """When the server stops, the process has ended."""
    async with start_speaker() as voice:
        assert voice is not None
        assert voice._worker is not None
        process = voice._worker._process
    assert process.returncode == 0
