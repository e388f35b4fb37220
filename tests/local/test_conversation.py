"""Items: added, seeded, deleted, retrieved and truncated."""

import base64

import pytest

from .conftest import MS_PER_WORD, Event, Open, SlowWords, history, remember, typed


async def test_items_are_added_where_the_client_wants_them(session: Open) -> None:
    """Items go to the end, behind a named item, or to the root, and say what is before them."""
    async with session(brain=remember) as peer:
        await peer.user("second")
        await peer.send("conversation.item.create", item=typed("fourth", id="four"))
        first = typed("first")
        await peer.send("conversation.item.create", item=first, previous_item_id="root")
        two = peer.of("conversation.item.added")[0]["item"]["id"]
        await peer.send("conversation.item.create", item=typed("third", id="three"), previous_item_id=two)
        assert await history(peer) == ["first", "second", "third", "fourth"]
        assert [event["previous_item_id"] for event in peer.of("conversation.item.added")][:4] == [None, two, None, two]


async def test_an_item_is_added_and_then_done(session: Open) -> None:
    """A client's item comes back as added and as done, completed, with its own id."""
    async with session() as peer:
        await peer.send("conversation.item.create", item=typed("hello", id="mine"))
        await peer.next("conversation.item.done")
        added, done = peer.events[-2:]
        assert (
            added["item"]
            == done["item"]
            == {**typed("hello", id="mine"), "object": "realtime.item"} | {"status": "completed"}
        )


async def test_a_history_can_be_seeded(session: Open) -> None:
    """System, user, assistant, call and output items are what the brain then knows."""
    async with session(brain=remember) as peer:
        items: list[Event] = [
            {"type": "message", "role": "system", "content": [{"type": "input_text", "text": "be brief"}]},
            typed("weather?"),
            {"type": "function_call", "name": "look", "call_id": "c1", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": "sunny"},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "It is sunny."}]},
        ]
        for item in items:
            await peer.send("conversation.item.create", item=item)
        assert await history(peer) == [
            "be brief",
            "weather?",
            "Called(name='look', arguments='{}', call_id='c1')",
            "Returned(name='look', output='sunny', call_id='c1')",
            "It is sunny.",
        ]


async def test_a_deleted_item_is_forgotten(session: Open) -> None:
    """A deleted item is gone for the brain, for retrieve, and as a place to insert behind."""
    async with session(brain=remember) as peer:
        gone = await peer.user("secret")
        await peer.user("open")
        await peer.send("conversation.item.delete", item_id=gone)
        assert (await peer.next("conversation.item.deleted"))["item_id"] == gone
        assert await history(peer) == ["open"]
        error = await peer.error("conversation.item.delete", item_id=gone)
        assert error["code"] == "item_delete_invalid_item_id"


async def test_an_item_can_be_retrieved_with_its_sound(session: Open) -> None:
    """conversation.item.retrieve gives the item, and an assistant's sound in base64."""
    async with session(voice=SlowWords()) as peer:
        written = await peer.user("one two")
        done = await peer.respond()
        await peer.send("conversation.item.retrieve", item_id=written)
        assert (await peer.next("conversation.item.retrieved"))["item"]["content"][0]["text"] == "one two"
        await peer.send("conversation.item.retrieve", item_id=done["output"][0]["id"])
        part = (await peer.next("conversation.item.retrieved"))["item"]["content"][0]
        assert part["transcript"] == "one two"
        assert len(base64.b64decode(part["audio"])) == 2 * MS_PER_WORD * 48


async def test_a_truncation_leaves_the_words_that_were_heard(session: Open) -> None:
    """Words that have begun to sound stay, later ones and their sound are gone, for the brain too."""
    async with session(
        brain=lambda turn: turn.text if turn.text == "a b c d" else remember(turn), voice=SlowWords()
    ) as peer:
        item = (await peer.ask("a b c d"))["output"][0]["id"]
        await peer.send("conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=MS_PER_WORD + 1)
        assert (await peer.next("conversation.item.truncated"))["audio_end_ms"] == MS_PER_WORD + 1
        await peer.send("conversation.item.retrieve", item_id=item)
        part = (await peer.next("conversation.item.retrieved"))["item"]["content"][0]
        assert part["transcript"] == "a b"
        assert len(base64.b64decode(part["audio"])) == (MS_PER_WORD + 1) * 48
        await peer.user("what?")
        assert await history(peer) == ["a b c d", "a b", "what?"]


async def test_a_truncation_at_zero_leaves_nothing(session: Open) -> None:
    """Nothing was heard: the transcript is empty."""
    async with session(voice=SlowWords()) as peer:
        item = (await peer.ask("a b"))["output"][0]["id"]
        await peer.send("conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=0)
        await peer.send("conversation.item.retrieve", item_id=item)
        assert (await peer.next("conversation.item.retrieved"))["item"]["content"][0]["transcript"] == ""


async def test_a_truncation_can_be_repeated_shorter_only(session: Open) -> None:
    """What was cut cannot come back; it can be cut further."""
    async with session(voice=SlowWords()) as peer:
        item = (await peer.ask("a b c"))["output"][0]["id"]
        where = {"item_id": item, "content_index": 0}
        await peer.send("conversation.item.truncate", **where, audio_end_ms=300)
        error = await peer.error("conversation.item.truncate", **where, audio_end_ms=301)
        assert error["message"] == "Audio content of 300ms is already shorter than 301ms"
        await peer.send("conversation.item.truncate", **where, audio_end_ms=100)
        await peer.send("conversation.item.retrieve", item_id=item)
        assert (await peer.next("conversation.item.retrieved"))["item"]["content"][0]["transcript"] == "a"


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"audio_end_ms": 401}, "audio_end_ms"),
        ({"audio_end_ms": -1}, "audio_end_ms"),
        ({"audio_end_ms": 1.5}, "audio_end_ms"),
        ({"content_index": 1}, "content_index"),
        ({"item_id": "nobody"}, "item_id"),
        ({"item_id": "typed"}, "item_id"),
        ({"item_id": "written"}, "item_id"),
    ],
)
async def test_what_cannot_be_truncated_is_an_error(session: Open, wrong: Event, param: str) -> None:
    """Past the end, a wrong part, a user's item, a text item or no item: an error that names the field."""
    async with session(voice=SlowWords()) as peer:
        await peer.send("conversation.item.create", item=typed("a b", id="typed"))
        item = (await peer.respond())["output"][0]["id"]
        answer = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "x"}]}
        await peer.send("conversation.item.create", item={**answer, "id": "written"})
        right = {"item_id": item, "content_index": 0, "audio_end_ms": 10}
        error = await peer.error("conversation.item.truncate", **(right | wrong))
        assert error["param"] == param
        assert peer.of("conversation.item.truncated") == []
