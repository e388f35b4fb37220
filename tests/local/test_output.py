"""The output items of a response: their events in order, their words, their sound and their calls."""

import asyncio
import base64

import pytest

from realtime_rx.local import Pace, ToolCall

from .conftest import MS_PER_WORD, TEXT, Open, SlowWords, without_repeats

SPOKEN = [
    "response.created",
    "rate_limits.updated",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_audio_transcript.delta",
    "response.output_audio.delta",
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "conversation.item.done",
    "response.output_item.done",
    "response.done",
]
WRITTEN = [
    "response.created",
    "rate_limits.updated",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "conversation.item.done",
    "response.output_item.done",
    "response.done",
]


async def test_a_written_answer_has_the_events_in_order(session: Open) -> None:
    """A text response opens its item and part, streams words, and closes them in the order of the protocol."""
    async with session() as peer:
        await peer.user("hello my friend")
        peer.forget()
        done = await peer.respond(**TEXT)
        assert without_repeats(peer.types) == WRITTEN
        assert done["status"] == "completed"
        assert done["output"][0]["content"] == [{"type": "output_text", "text": "hello my friend"}]


async def test_a_spoken_answer_has_the_events_in_order(session: Open) -> None:
    """A spoken response sends each word just before the sound it starts in, and closes sound before transcript."""
    async with session(voice=SlowWords()) as peer:
        await peer.user("hello")
        peer.forget()
        done = await peer.respond()
        assert without_repeats(peer.types) == SPOKEN
        assert done["output"][0]["content"] == [{"type": "output_audio", "transcript": "hello"}]


async def test_words_come_one_by_one(session: Open) -> None:
    """The text deltas are words, and together they are the text."""
    async with session() as peer:
        await peer.ask("one two  three.\nfour", **TEXT)
        deltas = [event["delta"] for event in peer.of("response.output_text.delta")]
        assert deltas == ["one", " two", "  three.", "\nfour"]
        assert peer.of("response.output_text.done")[0]["text"] == "".join(deltas)


async def test_sound_comes_in_chunks_of_a_tenth_of_a_second(session: Open) -> None:
    """Audio deltas are 100 ms of 24 kHz PCM16, and the transcript is aligned with them."""
    async with session(voice=SlowWords()) as peer:
        await peer.ask("one two")
        kinds = [event for event in peer.events if event["type"].endswith("delta")]
        sizes = [len(base64.b64decode(event["delta"])) for event in kinds if "transcript" not in event["type"]]
        assert sizes == [4800] * 4
        assert [event["delta"] if "transcript" in event["type"] else "-" for event in kinds] == [
            *("one", "-", "-"),
            *(" two", "-", "-"),
        ]


@pytest.mark.parametrize("kind", ["audio/pcmu", "audio/pcma"])
async def test_sound_comes_in_the_format_of_the_session(session: Open, kind: str) -> None:
    """A G.711 session gets 100 ms deltas of 800 bytes."""
    voice = SlowWords()
    async with session(voice=voice) as peer:
        await peer.update(audio={"output": {"format": {"type": kind}}})
        done = await peer.ask("one")
        sizes = {len(base64.b64decode(event["delta"])) for event in peer.of("response.output_audio.delta")}
        assert sizes == {800}
        assert voice.said[0][3] == kind
        assert done["audio"]["output"]["format"] == {"type": kind}


async def test_an_answer_is_spoken_sentence_by_sentence(session: Open) -> None:
    """The synthesiser gets one sentence at a time, with the session's voice and speed."""
    voice = SlowWords()
    async with session(voice=voice) as peer:
        await peer.update(audio={"output": {"voice": "cedar", "speed": 1.25}})
        await peer.ask("It is 3.5 now. Really! Yes")
        assert [said[:3] for said in voice.said] == [
            ("It is 3.5 now.", "cedar", 1.25),
            (" Really!", "cedar", 1.25),
            (" Yes", "cedar", 1.25),
        ]


async def test_without_a_synthesiser_the_transcript_comes_alone(session: Open) -> None:
    """In the audio modality a server without a synthesiser sends the transcript and no sound."""
    async with session() as peer:
        done = await peer.ask("one two")
        assert peer.of("response.output_audio.delta") == []
        assert done["output"][0]["content"] == [{"type": "output_audio", "transcript": "one two"}]


async def test_sound_is_paced(session: Open) -> None:
    """After its lead, sound goes out at its rate and no faster."""
    async with session(voice=SlowWords(), pace=Pace(lead=0.2, rate=10)) as peer:
        loop = asyncio.get_running_loop()
        await peer.user("a b c d e f g h i j")
        await peer.send("response.create")
        await peer.next("response.output_audio.delta")
        began = loop.time()
        await peer.next("response.done")
        # 2 s of sound in 20 deltas: the last may go out when 1.9 s less the lead are due
        assert loop.time() - began >= (1.9 - 0.2) / 10 - 0.01


async def test_a_tool_call_has_the_events_in_order(session: Open) -> None:
    """A function call streams its arguments, names itself at their end, and closes as completed."""
    async with session(brain=lambda turn: ToolCall("get_weather", {"city": "Paris", "unit": "celsius"})) as peer:
        await peer.user("weather")
        peer.forget()
        done = await peer.respond()
        assert without_repeats(peer.types) == [
            "response.created",
            "rate_limits.updated",
            "response.output_item.added",
            "conversation.item.added",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "conversation.item.done",
            "response.output_item.done",
            "response.done",
        ]
        finished = peer.of("response.function_call_arguments.done")[0]
        deltas = "".join(event["delta"] for event in peer.of("response.function_call_arguments.delta"))
        assert deltas == finished["arguments"] == '{"city":"Paris","unit":"celsius"}'
        assert finished["name"] == "get_weather"
        assert done["output"][0]["call_id"] == finished["call_id"]
        assert done["output"][0]["status"] == "completed"


async def test_one_response_may_hold_several_items(session: Open) -> None:
    """Words and calls of one turn are items of one response, numbered from 0."""
    async with session(brain=lambda turn: ["Wait.", ToolCall("a", {}), ToolCall("b", {})]) as peer:
        done = await peer.ask("go", **TEXT)
        assert [item["type"] for item in done["output"]] == ["message", "function_call", "function_call"]
        assert [event["output_index"] for event in peer.of("response.output_item.done")] == [0, 1, 2]
        assert [event["previous_item_id"] for event in peer.of("conversation.item.added")][2:] == [
            item["id"] for item in done["output"][:2]
        ]


async def test_what_goes_on_after_a_truncation_is_not_in_the_item(session: Open) -> None:
    """A client may truncate what is still being spoken: the item keeps what was heard, the deltas go on."""
    async with session(voice=SlowWords(), pace=Pace(lead=0.5, rate=50)) as peer:
        await peer.user("a b c d")
        await peer.send("response.create")
        item = (await peer.next("response.output_item.added"))["item"]["id"]
        await peer.next("response.output_audio.delta")
        await peer.next("response.output_audio.delta")
        await peer.send("conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=MS_PER_WORD)
        done = (await peer.next("response.done"))["response"]
        assert done["output"][0]["content"][0]["transcript"] == "a"
        assert peer.of("response.output_audio_transcript.done")[0]["transcript"] == "a b c d"


async def test_an_item_deleted_while_it_is_spoken_stays_deleted(session: Open) -> None:
    """An item the client deletes in mid-sentence closes without a conversation.item.done."""
    async with session(voice=SlowWords(), pace=Pace(lead=0.2, rate=50)) as peer:
        await peer.user("a b c d")
        await peer.send("response.create")
        item = (await peer.next("response.output_item.added"))["item"]["id"]
        await peer.next("response.output_audio.delta")
        await peer.send("conversation.item.delete", item_id=item)
        await peer.next("response.done")
        assert item not in [event["item"]["id"] for event in peer.of("conversation.item.done")]
        assert (await peer.error("conversation.item.retrieve", item_id=item))["param"] == "item_id"
