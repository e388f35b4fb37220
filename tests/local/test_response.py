"""Every way a response can end: done, cancelled, failed, cut short."""

import asyncio
import threading

import pytest

from realtime_rx.local import Pace, SpeechError, Turn, Utterance

from .conftest import TEXT, Open, SlowWords
from .test_output import SPOKEN


async def test_a_cancel_closes_everything_at_once(session: Open) -> None:
    """A cancel closes the item as incomplete and the response as cancelled, with nothing in between."""
    async with session(voice=SlowWords(), pace=Pace()) as peer:
        await peer.user("a b c d e f g h")
        await peer.send("response.create")
        started = await peer.next("response.created")
        await peer.next("response.output_audio.delta")
        before = len(peer.events)
        await peer.send("response.cancel", response_id=started["response"]["id"])
        done = (await peer.next("response.done"))["response"]
        assert peer.types[before:] == SPOKEN[-6:]
        assert done["status"] == "cancelled"
        assert done["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
        assert done["output"][0]["status"] == "incomplete"


async def test_after_a_cancel_the_next_response_may_start_at_once(session: Open) -> None:
    """A cancel and a new response.create in the same breath work."""
    async with session(voice=SlowWords(), pace=Pace()) as peer:
        await peer.user("a b c d e f g h")
        await peer.send("response.create")
        await peer.next("response.output_audio.delta")
        await peer.send("response.cancel")
        await peer.send("response.create", response=TEXT)
        first = await peer.next("response.done")
        second = await peer.next("response.done")
        assert [first["response"]["status"], second["response"]["status"]] == ["cancelled", "completed"]
        assert peer.of("error") == []


async def test_nothing_of_a_cancelled_response_comes_later(session: Open) -> None:
    """After response.done of a cancelled response there is no event with its id."""
    async with session(voice=SlowWords(), pace=Pace(lead=0, rate=20)) as peer:
        await peer.user("a b c d")
        await peer.send("response.create")
        started = (await peer.next("response.created"))["response"]["id"]
        await peer.next("response.output_audio.delta")
        await peer.send("response.cancel")
        await peer.next("response.done")
        at = len(peer.events)
        await peer.respond()
        assert [event for event in peer.events[at:] if event.get("response_id") == started] == []


async def test_a_response_can_be_cancelled_before_it_says_anything(session: Open) -> None:
    """A cancel right behind the response.create ends the response without output."""
    async with session() as peer:
        await peer.user("hello")
        await peer.send("response.create")
        await peer.send("response.cancel")
        done = (await peer.next("response.done"))["response"]
        assert (done["status"], done["output"]) == ("cancelled", [])


async def test_a_failing_brain_fails_its_response_only(session: Open, caplog: pytest.LogCaptureFixture) -> None:
    """What a brain raises becomes the status of its response; the session goes on."""

    def brain(turn: Turn) -> str:
        if turn.text == "bad":
            raise RuntimeError("no idea")
        return "fine"

    async with session(brain=brain) as peer:
        done = await peer.ask("bad", **TEXT)
        assert done["status"] == "failed"
        assert done["status_details"]["error"] == {
            "type": "server_error",
            "code": "brain_failed",
            "message": "RuntimeError: no idea",
        }
        assert (await peer.ask("good", **TEXT))["status"] == "completed"


async def test_a_brain_that_answers_nonsense_fails_its_response(
    session: Open, caplog: pytest.LogCaptureFixture
) -> None:
    """A reply that is neither words nor calls is the brain's failure."""
    async with session(brain=lambda turn: [42]) as peer:
        done = await peer.ask("x", **TEXT)
        assert "BrainError" in done["status_details"]["error"]["message"]


async def test_a_broken_voice_closes_the_item_it_was_speaking(session: Open, caplog: pytest.LogCaptureFixture) -> None:
    """When a sentence cannot be spoken the item ends incomplete and the response failed."""

    class Broken(SlowWords):
        async def say(self, text: str, voice: str, speed: float, audio_format: str) -> Utterance:
            if "two" in text:
                raise SpeechError("no voice for two")
            return await super().say(text, voice, speed, audio_format)

    async with session(voice=Broken()) as peer:
        done = await peer.ask("Word one. Word two.")
        assert done["status"] == "failed"
        assert done["status_details"]["error"]["code"] == "speech_failed"
        assert done["output"][0]["status"] == "incomplete"
        assert done["output"][0]["content"][0]["transcript"] == "Word one."


async def test_a_plain_function_may_block(session: Open) -> None:
    """A synchronous brain runs in a thread: the session answers while it thinks."""
    free = threading.Event()

    def brain(turn: Turn) -> str:
        assert free.wait(10)
        return "done"

    async with session(brain=brain) as peer:
        await peer.user("x")
        await peer.send("response.create")
        await peer.update(instructions="still here")
        free.set()
        assert (await peer.next("response.done"))["response"]["status"] == "completed"


async def test_an_async_brain_is_awaited(session: Open) -> None:
    """A brain may be an async function."""

    async def brain(turn: Turn) -> str:
        await asyncio.sleep(0)
        return "thought about " + turn.text

    async with session(brain=brain) as peer:
        done = await peer.ask("it", **TEXT)
        assert done["output"][0]["content"][0]["text"] == "thought about it"


async def test_a_silent_brain_gives_an_empty_response(session: Open) -> None:
    """No words and no calls make a completed response without output."""
    async with session(brain=lambda turn: "  ") as peer:
        done = await peer.ask("x")
        assert (done["status"], done["output"]) == ("completed", [])


@pytest.mark.parametrize("modalities", [["text"], ["audio"]])
async def test_the_token_limit_cuts_the_answer(session: Open, modalities: list[str]) -> None:
    """max_output_tokens ends the response as incomplete, and its item too."""
    async with session(voice=SlowWords()) as peer:
        done = await peer.ask("one two three four", output_modalities=modalities, max_output_tokens=2)
        assert done["status"] == "incomplete"
        assert done["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}
        assert done["output"][0]["status"] == "incomplete"
        part = done["output"][0]["content"][0]
        assert part.get("text", part.get("transcript")) == "one two"


async def test_a_limit_that_is_just_enough_cuts_nothing(session: Open) -> None:
    """An answer of exactly max_output_tokens is complete."""
    async with session() as peer:
        assert (await peer.ask("one two", max_output_tokens=2))["status"] == "completed"
