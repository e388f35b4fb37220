"""The AI SDK's messages become a conversation to go on with."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx import from_ui_messages, to_ui_messages
from realtime_rx.errors import ProtocolError
from realtime_rx.items import AudioPart, ImagePart, Part, TextPart, ToolApproval, ToolPart
from realtime_rx.sequences import Thread
from realtime_rx.state import Message, SessionState

from .support.frames import CREATED, text_turn
from .support.memory import Wire, session_on
from .support.waiting import until

words = st.text(st.characters(codec="utf-8"), max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | words, lambda inner: st.dictionaries(words, inner, max_size=2)
)
settled = st.sampled_from(("output-available", "output-error", "output-denied"))
REFUSED = ToolApproval(id="a", approved=False, reason="no")
parts: st.SearchStrategy[Part] = st.one_of(
    st.builds(TextPart, text=words),
    st.builds(AudioPart, transcript=words),
    st.builds(ImagePart, data=st.sampled_from(("AAAA", ""))),
    st.builds(ImagePart, data=st.none(), url=st.just("https://example.org/a.png"), mime_type=st.just("image/webp")),
    st.builds(
        ToolPart,
        tool_name=st.just("f"),
        tool_call_id=st.just("c"),
        state=settled,
        input=st.dictionaries(words, json_values, max_size=2),
        output=json_values,
        error=st.text(min_size=1, max_size=5),
        approval=st.sampled_from((None, REFUSED)),
        images=st.sampled_from(((), (ImagePart(data="AAAA"),), (ImagePart(data="AAAA"), ImagePart(url="https://x")))),
    ),
)


odd_fields = ("text", "url", "mediaType", "toolName", "toolCallId", "state", "approval", "errorText", "input", "output")
odd_parts = st.lists(
    json_values
    | st.fixed_dictionaries(
        {"type": st.sampled_from(("text", "file", "tool-f", "dynamic-tool"))},
        optional=dict.fromkeys(odd_fields, json_values),
    ),
    max_size=4,
)


@st.composite
def conversations(draw: st.DrawFn) -> SessionState:
    count = draw(st.integers(0, 6))
    roles = st.sampled_from(("user", "assistant", "system"))
    return SessionState(
        messages=Thread(
            Message(
                id=f"m{number}",
                role=draw(roles),
                parts=tuple(draw(st.lists(parts, max_size=3))),
                response_id=draw(st.sampled_from((None, "r1", "r2"))),
                interrupted=draw(st.booleans()),
                status="completed",
            )
            for number in range(count)
        )
    )


@given(conversations())
def test_what_we_write_we_read(state: SessionState) -> None:
    """A conversation that is over, written as UI messages and read again, gives the same UI messages."""
    written = to_ui_messages(state)
    again = from_ui_messages(json.dumps(written))
    assert to_ui_messages(again) == written
    assert SessionState.from_json(again.to_json()) == again


THEIRS: list[dict[str, Any]] = [
    {"id": "1", "role": "user", "parts": [{"type": "text", "text": "What is it like in Paris?"}], "metadata": None},
    {
        "id": "2",
        "role": "assistant",
        "metadata": {"totalTokens": 12},
        "parts": [
            {"type": "step-start"},
            {"type": "reasoning", "text": "Hm.", "state": "done"},
            {"type": "text", "text": "Let me look.", "state": "done"},
            {
                "type": "tool-weather",
                "toolCallId": "c1",
                "state": "output-available",
                "input": {"city": "Paris"},
                "output": {"sky": "clear"},
            },
            {"type": "tool-weather", "toolCallId": "c2", "state": "input-streaming", "input": {"city": "Ro"}},
            {"type": "source-url", "sourceId": "s", "url": "https://example.org"},
            {"type": "file", "mediaType": "application/pdf", "url": "data:application/pdf;base64,AAAA"},
            {"type": "data-mood", "data": {"mood": "sunny"}},
            {"type": "text", "text": "Clear.", "state": "streaming"},
        ],
    },
]


def test_what_the_ai_sdk_writes_is_read() -> None:
    """Words and calls are taken from the AI SDK's own messages, and what is not for the model is left out."""
    state = from_ui_messages(THEIRS)
    assert [(message.id, message.text) for message in state.messages] == [
        ("1", "What is it like in Paris?"),
        ("2", "Let me look."),
        ("2_1", ""),
        ("2_2", ""),
        ("2_3", "Clear."),
    ]
    done, cut = (state.messages[number].parts[0] for number in (2, 3))
    assert isinstance(done, ToolPart)
    assert (done.tool_name, done.arguments, done.output) == ("weather", '{"city":"Paris"}', {"sky": "clear"})
    assert isinstance(cut, ToolPart)
    assert (cut.state, cut.error) == ("output-error", "the session ended before there was an output")


def test_ids_are_what_providers_take() -> None:
    """Long and repeated ids become short ones that differ."""
    given_ids = ["8c5c1d1e-7f0c-4b3e-9d57-111111111111"] * 2 + [""]
    state = from_ui_messages(
        [{"id": each, "role": "user", "parts": [{"type": "text", "text": "x"}]} for each in given_ids]
    )
    ids = [message.id for message in state.messages]
    assert len(set(ids)) == 3
    assert all(0 < len(each) <= 32 for each in ids)


@pytest.mark.parametrize(
    "wrong", ["{", "{}", "[1]", '[{"id": "1"}]', '[{"id": "1", "role": "tool", "parts": []}]', b"\xff"]
)
def test_what_is_no_list_of_ui_messages_is_refused(wrong: str | bytes) -> None:
    """What is no UI message is a protocol error that says so."""
    with pytest.raises(ProtocolError, match=r"UI messages|no JSON"):
        from_ui_messages(wrong)


@given(st.lists(st.fixed_dictionaries({"id": words, "role": st.just("user"), "parts": odd_parts}), max_size=3))
def test_odd_parts_are_survived(messages: list[dict[str, Any]]) -> None:
    """Whatever parts there are, reading them raises nothing, and the state survives JSON."""
    state = from_ui_messages(messages)
    assert SessionState.from_json(state.to_json()) == state


async def test_a_session_goes_on_where_ui_messages_end() -> None:
    """A session that begins with UI messages tells its provider all of them, calls with outputs, before it goes on."""
    wire = Wire()
    session = session_on(wire, state=from_ui_messages(THEIRS))
    connecting = session.connect()
    wire.say(CREATED)
    await connecting
    session.send_text_message("And tomorrow?")
    frames = [await wire.hear() for _ in range(9)]
    told = [frame["item"] for frame in frames if frame["type"] == "conversation.item.create"]
    assert [item["type"] for item in told] == ["message"] * 2 + ["function_call", "function_call_output"] * 2 + [
        "message"
    ] * 2
    assert told[2]["arguments"] == '{"city":"Paris"}'
    assert (told[6]["content"][0]["text"], told[7]["content"][0]["text"]) == ("Clear.", "And tomorrow?")
    await wire_answers(wire)
    await until(session, lambda state: state.messages[-1].text == "Rain." and state.mode == "idle")
    assert [message["role"] for message in to_ui_messages(session.state)] == ["user", "assistant"] * 2
    await session.aclose()


async def wire_answers(wire: Wire) -> None:
    assert (await wire.hear())["type"] == "response.create"
    wire.say(*text_turn("Rain."))
