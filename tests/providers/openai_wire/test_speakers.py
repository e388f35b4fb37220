"""What single speakers of the wire write in ways of their own."""

import json
from typing import Any

import pytest

from realtime_rx.events import (
    InputTranscriptionDelta,
    ItemAdded,
    OutputItemDone,
    ProviderEvent,
    ServerError,
    ServerEvent,
)
from realtime_rx.providers.openai_wire import OpenAICodec

ITEM = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
OF_ITEMS = [
    "conversation.item.created",
    "conversation.item.done",
    "response.output_item.added",
    "response.output_item.done",
]


def decoded(**frame: Any) -> ServerEvent:
    (event,) = OpenAICodec().decode(json.dumps(frame))
    return event


def test_an_id_may_stand_beside_its_item() -> None:
    """An item that xAI says again may have its id beside it."""
    event = decoded(type="conversation.item.created", item_id="i", item=ITEM)
    assert isinstance(event, ItemAdded)
    assert (event.item.id, event.item.parts[0].text) == ("i", "Hi")  # type: ignore[union-attr]
    output = decoded(type="response.output_item.done", item_id="i", item={**ITEM, "role": "assistant"})
    assert isinstance(output, OutputItemDone)
    assert output.item.id == "i"


@pytest.mark.parametrize("kind", OF_ITEMS)
def test_an_item_without_an_id_is_no_message(kind: str) -> None:
    """An item that has no id anywhere is passed on and becomes nothing that would be shown."""
    event = decoded(type=kind, item=ITEM)
    assert isinstance(event, ProviderEvent)
    assert event.raw["item"] == ITEM


def test_an_error_may_be_at_the_top() -> None:
    """What is wrong is read where it stands, in `error` or at the top."""
    event = decoded(type="error", message="no such voice", code="bad_voice")
    assert isinstance(event, ServerError)
    assert (event.message, event.code) == ("no such voice", "bad_voice")
    both = decoded(type="error", message="outer", error={"message": "inner", "code": 5})
    assert isinstance(both, ServerError)
    assert (both.message, both.code) == ("inner", "5")


def test_a_growing_transcript_is_all_that_was_understood() -> None:
    """xAI's snapshots say that they take the place of the one before."""
    kind = "conversation.item.input_audio_transcription.updated"
    event = decoded(type=kind, item_id="i", transcript="Hello, my")
    assert isinstance(event, InputTranscriptionDelta)
    assert (event.item_id, event.delta, event.cumulative) == ("i", "Hello, my", True)
