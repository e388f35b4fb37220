"""The server's end of the recogniser's pipe: utterances side by side, whatever happens to the process."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from realtime_rx.local import HearingError, LocalServer, listener, pipe
from realtime_rx.local.listener import Listener, start_listener
from realtime_rx.local.session import default_session

from .conftest import TEXT, Open, audio
from .test_speaker import STAND_IN

Replace = Callable[[str], None]
SESSION = default_session("x", detects_turns=True)
LOOP = """
write({"engine": "stand-in"})
heard = {}
while True:
    request, sound = read()
    name = request["id"]
    match request["do"]:
        case "open": heard[name] = b""
        case "hear": heard[name] += sound
        case "drop": del heard[name]
        case "close":
            text = heard.pop(name).decode()
"""
ECHO = LOOP + '            write({"id": name, "text": text})'


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Replace:
    """Put a small program in the place of the process: its sound is text, and it gives it back."""

    def replace(code: str) -> None:
        path = tmp_path / "worker.py"
        path.write_text(STAND_IN + code)
        monkeypatch.setattr(pipe, "MAIN", (str(path),))

    return replace


async def words(ear: Listener | None, *sounds: str) -> str:
    assert ear is not None
    hearing = ear.listen(SESSION)
    for sound in sounds:
        hearing.feed(sound.encode())
        await asyncio.sleep(0)
    return await hearing.words()


async def test_utterances_side_by_side_do_not_mix(stand_in: Replace) -> None:
    """Each of many that speak at once gets its own words, in order."""
    stand_in(ECHO)
    async with start_listener() as ear:
        texts = [("Word ", f"number {number}") for number in range(40)]
        assert await asyncio.gather(*(words(ear, *text) for text in texts)) == ["".join(text) for text in texts]


async def test_a_dropped_utterance_is_nobodys(stand_in: Replace) -> None:
    """What is dropped is forgotten at both ends, before its end and after it."""
    stand_in(ECHO)
    async with start_listener() as ear:
        assert ear is not None
        dropped = ear.listen(SESSION)
        dropped.feed(b"dropped")
        dropped.drop()
        late = asyncio.create_task(words(ear, "late"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        late.cancel()
        assert await words(ear, "kept") == "Kept"
        assert ear._expected == {}


async def test_a_crash_costs_what_is_being_heard(stand_in: Replace, caplog: pytest.LogCaptureFixture) -> None:
    """A process that dies takes the open utterances with it, and the next one starts another process."""
    stand_in(ECHO.replace('case "hear"', 'case "hear" if sound == b"bad": os.abort()\n        case "hear"'))
    async with start_listener() as ear:
        assert ear is not None
        other = ear.listen(SESSION)
        with pytest.raises(HearingError, match="broke"):
            await words(ear, "bad")
        with pytest.raises(HearingError, match="broke"):
            await other.words()
        assert await words(ear, "good") == "Good"
        assert await asyncio.gather(words(ear, "one"), words(ear, "two")) == ["One", "Two"]
    assert sum("started again" in record.getMessage() for record in caplog.records) == 1


async def test_one_that_hangs_is_replaced(stand_in: Replace, monkeypatch: pytest.MonkeyPatch) -> None:
    """No words in time is an error, and the process is replaced."""
    monkeypatch.setattr(listener, "WORDS_SECONDS", 0.2)
    monkeypatch.setattr(pipe, "STOP_SECONDS", 0.1)
    stand_in(LOOP + '            time.sleep(60) if text == "slow" else write({"id": name, "text": text})')
    async with start_listener() as ear:
        with pytest.raises(HearingError, match="timed out"):
            await words(ear, "slow")
        monkeypatch.setattr(listener, "WORDS_SECONDS", 10)
        assert await words(ear, "quick") == "Quick"


async def test_one_that_cannot_be_started_again_fails_its_utterance(
    stand_in: Replace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where no new process can be started an utterance fails; the next one tries again."""
    stand_in(ECHO)
    async with start_listener() as ear:
        assert ear is not None
        assert ear._worker is not None
        ear._worker._process.kill()
        with pytest.raises(HearingError):
            await ear.listen(SESSION).words()
        with monkeypatch.context() as patch:
            patch.setattr(pipe.sys, "executable", "/nowhere/python")
            with pytest.raises(HearingError):
                await words(ear, "nobody there")
        assert await words(ear, "again") == "Again"


async def test_nothing_is_left_of_it(stand_in: Replace) -> None:
    """When the server stops, the process has ended, although somebody is still speaking."""
    stand_in(ECHO)
    async with start_listener() as ear:
        assert ear is not None
        speaking = ear.listen(SESSION)
        assert ear._worker is not None
        process = ear._worker._process
    assert process.returncode == 0
    with pytest.raises(HearingError):
        await speaking.words()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ('write({"engine": None, "why": "pocketsphinx not installed"})', "pocketsphinx not installed"),
        ("sys.exit(3)", "process ended"),
    ],
)
async def test_a_server_without_a_recogniser_reads(
    stand_in: Replace, dial: Open, caplog: pytest.LogCaptureFixture, code: str, reason: str
) -> None:
    """Without a recogniser the log says so once, the session has no turn detection, and a commit says it plainly."""
    stand_in(code)
    async with LocalServer() as server, dial(server) as peer:
        assert server.capabilities.recogniser is None
        assert server.capabilities.turn_detector is None
        assert server.capabilities.describe()[2] == "Reads, cannot hear."
        assert peer.events[0]["session"]["audio"]["input"]["turn_detection"] is None
        await peer.send("input_audio_buffer.append", audio=audio(500))
        await peer.send("input_audio_buffer.commit")
        failed = (await peer.next("conversation.item.input_audio_transcription.failed"))["error"]
        assert (failed["code"], "no speech recogniser" in failed["message"]) == ("no_recogniser", True)
        assert (await peer.ask("hello", **TEXT))["status"] == "completed"
    warnings = [record.getMessage() for record in caplog.records if record.name == "realtime_rx.local.listener"]
    assert len(warnings) == 1
    assert reason in warnings[0]
