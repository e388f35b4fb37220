"""Speech input, without and with a recogniser."""

import asyncio
import base64

from .conftest import TEXT, Open, audio, history, remember
from .hearing import Typist


async def test_a_committed_buffer_is_an_item_that_cannot_be_understood(session: Open) -> None:
    """Without a recogniser a committed buffer becomes a user item whose transcription fails, and says why."""
    async with session(brain=remember) as peer:
        await peer.send("input_audio_buffer.append", audio=audio(60))
        await peer.send("input_audio_buffer.append", audio=audio(60))
        await peer.send("input_audio_buffer.commit")
        committed = await peer.next("input_audio_buffer.committed")
        item = (await peer.next("conversation.item.done"))["item"]
        failed = await peer.next("conversation.item.input_audio_transcription.failed")
        assert committed["item_id"] == item["id"] == failed["item_id"]
        assert item["content"] == [{"type": "input_audio", "transcript": None}]
        assert failed["error"]["code"] == "no_recogniser"
        assert await history(peer) == [""]
        await peer.send("conversation.item.retrieve", item_id=item["id"])
        sound = (await peer.next("conversation.item.retrieved"))["item"]["content"][0]["audio"]
        assert len(base64.b64decode(sound)) == 120 * 48


async def test_a_buffer_below_a_tenth_of_a_second_is_not_committed(session: Open) -> None:
    """A commit of less than 100 ms is refused and keeps what is there."""
    async with session() as peer:
        await peer.send("input_audio_buffer.append", audio=audio(60))
        error = await peer.error("input_audio_buffer.commit", event_id="mine")
        assert error["code"] == "input_audio_buffer_commit_empty"
        assert "60.00ms" in error["message"]
        assert error["event_id"] == "mine"
        await peer.send("input_audio_buffer.append", audio=audio(60))
        await peer.send("input_audio_buffer.commit")
        await peer.next("input_audio_buffer.committed")


async def test_a_cleared_buffer_is_empty(session: Open) -> None:
    """After input_audio_buffer.clear there is nothing to commit."""
    async with session() as peer:
        await peer.send("input_audio_buffer.append", audio=audio(500))
        await peer.send("input_audio_buffer.clear")
        await peer.next("input_audio_buffer.cleared")
        assert (await peer.error("input_audio_buffer.commit"))["code"] == "input_audio_buffer_commit_empty"


async def test_another_format_empties_the_buffer(session: Open) -> None:
    """Sound of one format is not read as another."""
    async with session() as peer:
        await peer.send("input_audio_buffer.append", audio=audio(500))
        await peer.update(audio={"input": {"format": {"type": "audio/pcmu"}}})
        assert (await peer.error("input_audio_buffer.commit"))["code"] == "input_audio_buffer_commit_empty"


async def test_a_buffer_holds_the_last_two_minutes(session: Open) -> None:
    """A microphone left open does not fill the memory: the oldest sound goes."""
    async with session() as peer:
        await peer.update(audio={"input": {"format": {"type": "audio/pcmu"}}})
        for letter in (b"a", b"b", b"c"):
            minute = base64.b64encode(letter * 60 * 8000).decode()
            await peer.send("input_audio_buffer.append", audio=minute)
        await peer.send("input_audio_buffer.commit")
        item = (await peer.next("input_audio_buffer.committed"))["item_id"]
        await peer.send("conversation.item.retrieve", item_id=item)
        kept = (await peer.next("conversation.item.retrieved"))["item"]["content"][0]["audio"]
        assert base64.b64decode(kept) == b"b" * 480_000 + b"c" * 480_000


async def test_an_ear_of_ones_own_is_used(session: Open) -> None:
    """With an ear a commit is transcribed, told where transcription is on, and answered."""
    ear = Typist()
    async with session(ear=ear) as peer:
        await peer.update(audio={"input": {"transcription": {"model": "mine", "language": "en"}}})
        await peer.send("input_audio_buffer.append", audio=audio(200))
        await peer.send("input_audio_buffer.commit")
        told = await peer.next("conversation.item.input_audio_transcription.completed")
        assert told["transcript"] == "hello from a voice"
        assert told["usage"] == {"type": "duration", "seconds": 0.2}
        (utterance,) = ear.utterances
        assert utterance.session["audio"]["input"]["transcription"]["language"] == "en"
        assert len(utterance.sound) == 200 * 32
        done = await peer.respond(**TEXT)
        assert done["output"][0]["content"][0]["text"] == "hello from a voice"


async def test_a_response_waits_for_what_is_being_transcribed(session: Open) -> None:
    """A response.create right behind a commit answers the words of that commit."""
    may = asyncio.Event()
    async with session(ear=Typist(may)) as peer:
        await peer.send("input_audio_buffer.append", audio=audio(200))
        await peer.send("input_audio_buffer.commit")
        await peer.send("response.create", response=TEXT)
        await peer.next("response.created")
        may.set()
        done = (await peer.next("response.done"))["response"]
        assert done["output"][0]["content"][0]["text"] == "hello from a voice"


async def test_spoken_items_may_bring_their_words(session: Open) -> None:
    """A user's input_audio item with a transcript is understood by it, and its sound can be had back."""
    async with session() as peer:
        part = {"type": "input_audio", "audio": audio(200), "transcript": "my words"}
        await peer.send("conversation.item.create", item={"type": "message", "role": "user", "content": [part]})
        item = (await peer.next("conversation.item.done"))["item"]
        assert item["content"] == [{"type": "input_audio", "transcript": "my words"}]
        done = await peer.respond(**TEXT)
        assert done["output"][0]["content"][0]["text"] == "my words"
        await peer.send("conversation.item.retrieve", item_id=item["id"])
        assert (await peer.next("conversation.item.retrieved"))["item"]["content"][0]["audio"] == part["audio"]
