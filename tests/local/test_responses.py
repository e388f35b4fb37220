"""Responses to spoken turns: which are made, which end, and when the user is asked."""

import asyncio

import pytest

from realtime_rx.local import Pace

from .conftest import Open, SlowWords
from .hearing import COMMITTED, COMPLETED, STARTED, Typist, detect, hear, quiet, voice

pytestmark = pytest.mark.usefixtures("needs_hearing")


async def test_a_voice_interrupts(listening: Open) -> None:
    """Speech ends the active response at once as cancelled by turn_detected, and nothing of it follows."""
    async with listening(voice=SlowWords(), pace=Pace()) as peer:
        await detect(peer)
        await peer.update(output_modalities=["audio"])
        await peer.user("a b c d e f g h i j k l m n o p")
        await peer.send("response.create")
        response = (await peer.next("response.created"))["response"]["id"]
        await peer.next("response.output_audio.delta")
        await hear(peer, voice(200))
        await peer.next(STARTED)
        done = (await peer.next("response.done"))["response"]
        assert (done["id"], done["status"]) == (response, "cancelled")
        assert done["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
        assert done["output"][0]["status"] == "incomplete"
        settled = peer.types.index(STARTED)
        assert "response.output_audio.delta" not in peer.types[settled:]
        await hear(peer, voice(200), quiet(600))
        await peer.next("response.output_audio.delta")
        assert all(event["response_id"] != response for event in peer.of("response.output_audio.delta")[-1:])


async def test_without_interruption_a_turn_waits_for_the_answer(listening: Open) -> None:
    """With interrupt_response off the response goes on, and the turn is answered after it."""
    async with listening(voice=SlowWords(), pace=Pace(lead=0.2, rate=20)) as peer:
        await detect(peer, interrupt_response=False)
        await peer.update(output_modalities=["audio"])
        await peer.user("a b c d e f g h i j")
        await peer.send("response.create")
        await peer.next("response.output_audio.delta")
        await hear(peer, voice(300), quiet(600))
        first = (await peer.next("response.done"))["response"]
        second = (await peer.next("response.done"))["response"]
        assert [first["status"], second["status"]] == ["completed", "completed"]
        assert second["output"][0]["content"][0]["transcript"] == "hello from a voice"


async def test_without_create_response_nobody_answers(listening: Open) -> None:
    """With create_response off a turn is committed and transcribed, and the client asks for its response."""
    async with listening() as peer:
        await detect(peer, create_response=False)
        await hear(peer, voice(300), quiet(600))
        await peer.next(COMPLETED)
        done = await peer.respond()
        assert done["output"][0]["content"][0]["text"] == "hello from a voice"
        assert len(peer.of("response.created")) == 1


async def test_a_client_that_is_faster_is_answered_once(listening: Open) -> None:
    """A response.create before the transcription is the answer to the turn: no second one follows."""
    may = asyncio.Event()
    async with listening(ear=Typist(may)) as peer:
        await detect(peer)
        await hear(peer, voice(300), quiet(600))
        await peer.send("response.create")
        may.set()
        done = (await peer.next("response.done"))["response"]
        assert done["output"][0]["content"][0]["text"] == "hello from a voice"
        await peer.respond(conversation="none")
        assert len(peer.of("response.created")) == 2


async def test_who_speaks_on_is_not_answered_in_between(listening: Open) -> None:
    """When the next turn starts before the last one is understood, only the next is answered."""
    may = asyncio.Event()
    async with listening(ear=Typist(may)) as peer:
        await detect(peer)
        await hear(peer, voice(300), quiet(600), voice(300))
        may.set()
        await peer.next(COMPLETED)
        await peer.respond(conversation="none")
        assert len(peer.of("response.created")) == 1
        await hear(peer, quiet(600))
        await peer.next("response.done")
        assert len(peer.of(COMMITTED)) == len(peer.of(COMPLETED)) == 2
        assert len(peer.of("response.created")) == 2


async def test_who_says_nothing_is_asked(listening: Open) -> None:
    """After a response and idle_timeout_ms of silence there is a time-out, a silent item and a response."""
    async with listening() as peer:
        await detect(peer, idle_timeout_ms=5000)
        await hear(peer, quiet(6000))
        assert peer.of("input_audio_buffer.timeout_triggered") == []
        await peer.ask("hello")
        peer.forget()
        await hear(peer, quiet(5500))
        timeout = await peer.next("input_audio_buffer.timeout_triggered")
        assert timeout["audio_start_ms"] == pytest.approx(6000, abs=40)
        assert timeout["audio_end_ms"] - timeout["audio_start_ms"] == pytest.approx(5000, abs=40)
        committed = await peer.next(COMMITTED)
        assert committed["item_id"] == timeout["item_id"]
        assert (await peer.next(COMPLETED))["transcript"] == ""
        assert (await peer.next("response.done"))["response"]["status"] == "completed"


async def test_the_answer_is_heard_out_before_the_silence_counts(listening: Open) -> None:
    """The idle time begins when the last response has been played, not when it has been sent."""
    async with listening(voice=SlowWords()) as peer:
        await detect(peer, idle_timeout_ms=5000)
        await peer.update(output_modalities=["audio"])
        await peer.ask("one two three four five six seven eight nine ten")
        await hear(peer, quiet(6000))
        assert peer.of("input_audio_buffer.timeout_triggered") == []
        await hear(peer, quiet(1500))
        assert (await peer.next("input_audio_buffer.timeout_triggered"))["audio_start_ms"] == pytest.approx(
            2000, abs=200
        )


async def test_what_was_cancelled_is_not_heard_out(listening: Open) -> None:
    """After a cancel the idle time begins at once: the client plays no more."""
    async with listening(voice=SlowWords(), pace=Pace(lead=4)) as peer:
        await detect(peer, idle_timeout_ms=5000)
        await peer.update(output_modalities=["audio"])
        await peer.user("a b c d e f g h i j k l m n o p q r s t u v w x y z")
        await peer.send("response.create")
        await peer.next("response.output_audio.delta")
        await peer.send("response.cancel")
        await peer.next("response.done")
        await hear(peer, quiet(5500))
        assert (await peer.next("input_audio_buffer.timeout_triggered"))["audio_start_ms"] == 0


async def test_who_has_spoken_is_not_asked(listening: Open) -> None:
    """A turn ends the idle time, whether it is answered or not."""
    async with listening() as peer:
        await detect(peer, idle_timeout_ms=5000, create_response=False)
        await peer.ask("hello")
        await hear(peer, voice(300), quiet(8000))
        await peer.next(COMPLETED)
        assert peer.of("input_audio_buffer.timeout_triggered") == []
