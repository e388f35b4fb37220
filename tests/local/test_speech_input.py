"""The input audio buffer with turn detection: its events, and what a turn does to responses."""

import asyncio
import base64
import logging

import pytest

from realtime_rx.local.sound import RATE

from .conftest import TEXT, Open, audio, without_repeats
from .hearing import COMMITTED, COMPLETED, STARTED, STOPPED, Loud, Typist, detect, hear, quiet, voice

pytestmark = pytest.mark.usefixtures("needs_hearing")


async def test_a_session_that_detects_turns_says_so(session: Open, listening: Open) -> None:
    """Turn detection starts as server_vad where there is an ear, and as null where there is none."""
    async with listening() as peer:
        assert peer.events[0]["session"]["audio"]["input"]["turn_detection"]["type"] == "server_vad"
    for lack in ({"ear": None, "vad": Loud}, {"ear": Typist(), "vad": None}):
        async with session(**lack) as peer:
            assert peer.events[0]["session"]["audio"]["input"]["turn_detection"] is None


async def test_a_spoken_turn_has_its_events_in_order(listening: Open) -> None:
    """Start, stop, commit, item, transcription and response follow each other, all about one item."""
    async with listening() as peer:
        await detect(peer)
        peer.forget()
        await hear(peer, quiet(1000), voice(1000), quiet(600))
        done = (await peer.next("response.done"))["response"]
        assert without_repeats(peer.types)[:9] == [
            STARTED,
            STOPPED,
            COMMITTED,
            "conversation.item.added",
            "conversation.item.done",
            "conversation.item.input_audio_transcription.delta",
            COMPLETED,
            "response.created",
            "rate_limits.updated",
        ]
        ids = {event.get("item_id") or event["item"]["id"] for event in peer.events[:6]}
        assert len(ids) == 1
        deltas = peer.of("conversation.item.input_audio_transcription.delta")
        assert [event["delta"] for event in deltas] == ["hello", " from", " a", " voice"]
        assert done["output"][0]["content"][0]["text"] == "hello from a voice"


async def test_times_count_all_sound_ever_received(listening: Open) -> None:
    """Starts and stops are whole ms from the first sound of the session on, whatever was cleared or committed."""
    async with listening() as peer:
        await detect(peer, silence_duration_ms=200, create_response=False)
        await hear(peer, voice(500), quiet(500))
        await peer.send("input_audio_buffer.clear")
        await hear(peer, quiet(1000), voice(400), quiet(600))
        (await peer.next(STARTED), await peer.next(STARTED))
        first, second = peer.of(STARTED)
        assert first["audio_start_ms"] == 0
        assert second["audio_start_ms"] == pytest.approx(2000 - 300, abs=64)
        assert [event["audio_end_ms"] for event in peer.of(STOPPED)] == pytest.approx([700, 2600], abs=64)


async def test_a_turn_keeps_its_padding(listening: Open) -> None:
    """The committed item lasts from the padding before the speech to the silence after it."""
    async with listening() as peer:
        await detect(peer, prefix_padding_ms=100, silence_duration_ms=400)
        await hear(peer, quiet(1000), voice(500), quiet(500))
        seconds = (await peer.next(COMPLETED))["usage"]["seconds"]
        assert seconds == pytest.approx(1.0, abs=0.07)
        item = peer.of(COMMITTED)[0]["item_id"]
        await peer.send("conversation.item.retrieve", item_id=item)
        sound = base64.b64decode((await peer.next("conversation.item.retrieved"))["item"]["content"][0]["audio"])
        assert len(sound) / 48000 == pytest.approx(seconds, abs=0.01)
        assert voice(400) in sound


async def test_the_ear_hears_while_somebody_speaks(listening: Open) -> None:
    """The recogniser gets the sound of a turn as it comes, from the padding on, and no more than that."""
    ear = Typist()
    async with listening(ear=ear) as peer:
        await detect(peer)
        await hear(peer, quiet(1000), voice(300))
        (utterance,) = ear.utterances
        begun = len(utterance.sound)
        assert begun / 32 == pytest.approx(600, abs=64)
        await hear(peer, quiet(600), quiet(1000))
        await peer.next("response.done")
        assert len(utterance.sound) / 32 == pytest.approx(1100, abs=64)


async def test_words_are_told_only_to_who_asked(listening: Open) -> None:
    """Without `transcription` there are no transcription events; the words are in the item and reach the brain."""
    async with listening() as peer:
        await peer.update(**TEXT)
        await hear(peer, voice(300), quiet(600))
        done = (await peer.next("response.done"))["response"]
        assert done["output"][0]["content"][0]["text"] == "hello from a voice"
        assert [kind for kind in peer.types if "transcription" in kind] == []
        await peer.send("conversation.item.retrieve", item_id=peer.of(COMMITTED)[0]["item_id"])
        part = (await peer.next("conversation.item.retrieved"))["item"]["content"][0]
        assert part["transcript"] == "hello from a voice"


@pytest.mark.parametrize(("eagerness", "ms"), [("high", 300), ("medium", 500), ("low", 800), ("auto", 500)])
async def test_semantic_vad_waits_by_its_eagerness(listening: Open, eagerness: str, ms: int) -> None:
    """The less eager semantic_vad is, the longer is the silence that ends a turn."""
    async with listening() as peer:
        await detect(peer, type="semantic_vad", eagerness=eagerness)
        await hear(peer, voice(512), quiet(1000))
        assert (await peer.next(STOPPED))["audio_end_ms"] == pytest.approx(512 + ms, abs=40)


async def test_push_to_talk_hears_everything_up_to_the_commit(listening: Open) -> None:
    """With turn_detection null the ear hears as sound comes, and only the client commits and asks."""
    ear = Typist()
    async with listening(ear=ear) as peer:
        await peer.update(audio={"input": {"turn_detection": None}}, **TEXT)
        await hear(peer, voice(500), quiet(1000), voice(500))
        assert len(ear.utterances[0].sound) >= 1980 * 32
        assert [kind for kind in peer.types if kind.startswith("input_audio")] == []
        await peer.send("input_audio_buffer.commit")
        done = await peer.respond()
        assert done["output"][0]["content"][0]["text"] == "hello from a voice"
        assert len(ear.utterances[0].sound) == 2000 * 32
        await hear(peer, voice(200))
        await peer.send("input_audio_buffer.clear")
        assert [one.is_dropped for one in ear.utterances] == [False, True]


async def test_a_commit_in_mid_turn_ends_the_turn(listening: Open) -> None:
    """A client may commit while somebody speaks: it is the item that has started, and the turn stops no more."""
    async with listening() as peer:
        await detect(peer)
        await hear(peer, voice(500))
        await peer.send("input_audio_buffer.commit")
        assert (await peer.next(COMMITTED))["item_id"] == peer.of(STARTED)[0]["item_id"]
        await hear(peer, quiet(1000))
        assert peer.of(STOPPED) == []


async def test_switching_detection_off_ends_the_hearing(listening: Open) -> None:
    """When turn detection becomes null in mid-turn, the turn is forgotten and the sound is kept for a commit."""
    ear = Typist()
    async with listening(ear=ear) as peer:
        await detect(peer)
        await hear(peer, voice(500))
        await peer.update(audio={"input": {"turn_detection": None}})
        assert ear.utterances[0].is_dropped
        await hear(peer, quiet(1000))
        await peer.send("input_audio_buffer.commit")
        assert (await peer.next(COMPLETED))["usage"]["seconds"] == 1.5
        assert len(ear.utterances[1].sound) == 1500 * 32


async def test_a_closed_session_lets_go_of_its_utterance(listening: Open) -> None:
    """A session that ends while somebody speaks, or is waited for to be understood, drops what it was hearing."""
    ear = Typist(asyncio.Event())
    async with listening(ear=ear) as peer:
        await detect(peer)
        await hear(peer, voice(500), quiet(600))
        await peer.next(COMMITTED)
        await asyncio.sleep(0)
        await hear(peer, voice(500))
    assert [one.is_dropped for one in ear.utterances] == [True, True]


@pytest.mark.parametrize("piece", [1, 33, 961, 10**6])
async def test_how_the_sound_is_cut_does_not_matter(listening: Open, piece: int) -> None:
    """Any size of append, odd bytes and a whole recording at once included, gives the same turns."""
    async with listening() as peer:
        await detect(peer, silence_duration_ms=100, prefix_padding_ms=32)
        sound = quiet(64), voice(160), quiet(160), voice(160), quiet(200)
        await hear(peer, *sound, piece=piece)
        await peer.next(STOPPED)
        await peer.next(STOPPED)
        assert [event["audio_start_ms"] for event in peer.of(STARTED)] == pytest.approx([32, 352], abs=40)


async def test_a_long_recording_does_not_stop_the_world(listening: Open) -> None:
    """A minute of sound in one append is looked at a second at a time: others get their turn in between."""
    seen = 0

    class Counting(Loud):
        def probability(self, frame: bytes) -> float:
            nonlocal seen
            seen += 1
            return super().probability(frame)

    async with listening(vad=Counting) as peer:
        await hear(peer, quiet(59_000), voice(500), quiet(500), piece=10**7)
        assert seen == 32
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert seen <= 3 * 32
        await peer.next(STARTED)
        assert seen >= 59_000 // 32


@pytest.mark.parametrize("audio_format", ["audio/pcmu", "audio/pcma"])
async def test_telephone_sound_makes_turns(listening: Open, audio_format: str) -> None:
    """G.711 is heard as well: times are in ms of it, and the item keeps it as it came."""
    ear = Typist()
    silent, loud = {"audio/pcmu": (b"\xff", b"\x90"), "audio/pcma": (b"\xd5", b"\x90")}[audio_format]
    async with listening(ear=ear, vad=Loud) as peer:
        await peer.update(audio={"input": {"format": {"type": audio_format}}}, **TEXT)
        rate = RATE[audio_format] // 1000
        await hear(
            peer, silent * rate * 1000 + (loud * 2 + bytes([loud[0] ^ 0x80]) * 2) * (rate * 125) + silent * rate * 700
        )
        assert (await peer.next(STARTED))["audio_start_ms"] == pytest.approx(700, abs=64)
        item = (await peer.next(COMMITTED))["item_id"]
        await peer.next("response.done")
        await peer.send("conversation.item.retrieve", item_id=item)
        sound = base64.b64decode((await peer.next("conversation.item.retrieved"))["item"]["content"][0]["audio"])
        assert len(sound) / rate == pytest.approx(1300, abs=64)
        assert len(ear.utterances[0].sound) / 32 == pytest.approx(1300, abs=64)


async def test_detection_that_is_asked_for_in_vain_is_in_the_log(
    session: Open, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nothing detects turns a client's server_vad is kept and echoed, and the log says that it has no effect."""
    async with session() as peer:
        new = await detect(peer)
        assert new["audio"]["input"]["turn_detection"]["type"] == "server_vad"
        for _ in range(3):
            await peer.send("input_audio_buffer.append", audio=audio(100))
            await peer.send("input_audio_buffer.commit")
            await peer.next("conversation.item.input_audio_transcription.failed")
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "nothing here detects turns" in warnings[0].getMessage()
