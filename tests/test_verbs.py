"""The verbs: what each puts on the wire, and what each refuses."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from realtime_rx.errors import ConfigurationError, NotConnectedError, ToolError
from realtime_rx.providers import Local
from realtime_rx.session import RealtimeSession

from .support.frames import error, response, text_turn
from .support.memory import Wire, connected, session_on
from .support.waiting import until

Verb = Callable[[RealtimeSession], object]

NEEDY: dict[str, Verb] = {
    "send_text_message": lambda session: session.send_text_message("Hello"),
    "send_image": lambda session: session.send_image("aGk="),
    "send_audio": lambda session: session.send_audio(b"\0\0"),
    "commit_audio": lambda session: session.commit_audio(),
    "clear_audio_buffer": lambda session: session.clear_audio_buffer(),
    "request_response": lambda session: session.request_response(),
    "cancel_response": lambda session: session.cancel_response(),
    "interrupt": lambda session: session.interrupt(),
    "add_tool_output": lambda session: session.add_tool_output("call_1", 1),
    "delete_item": lambda session: session.delete_item("item_1"),
    "retrieve_item": lambda session: session.retrieve_item("item_1"),
    "truncate_item": lambda session: session.truncate_item("item_1", 100),
    "send_event": lambda session: session.send_event({"type": "x"}),
}


@pytest.mark.parametrize("name", NEEDY)
async def test_verbs_need_a_connection(name: str) -> None:
    """Every verb that speaks to the model names itself in a NotConnectedError while disconnected, and does nothing."""
    session = session_on(Wire())
    before = session.state
    with pytest.raises(NotConnectedError, match=rf"{name} needs a connection"):
        NEEDY[name](session)
    assert session.state is before
    await session.aclose()


SAID: list[tuple[Verb, dict[str, Any]]] = [
    (lambda s: s.send_audio(b"\1\2"), {"type": "input_audio_buffer.append", "audio": "AQI="}),
    (lambda s: s.commit_audio(), {"type": "input_audio_buffer.commit"}),
    (lambda s: s.clear_audio_buffer(), {"type": "input_audio_buffer.clear"}),
    (lambda s: s.delete_item("item_1"), {"type": "conversation.item.delete", "item_id": "item_1"}),
    (lambda s: s.retrieve_item("item_1"), {"type": "conversation.item.retrieve", "item_id": "item_1"}),
    (
        lambda s: s.truncate_item("item_1", 750),
        {"type": "conversation.item.truncate", "item_id": "item_1", "content_index": 0, "audio_end_ms": 750},
    ),
    (lambda s: s.send_event({"type": "sing", "song": "la"}), {"type": "sing", "song": "la"}),
    (lambda s: s.cancel_response("resp_9"), {"type": "response.cancel", "response_id": "resp_9"}),
]


@pytest.mark.parametrize(("verb", "frame"), SAID, ids=[frame["type"] for _, frame in SAID])
async def test_what_a_verb_says(verb: Verb, frame: dict[str, Any]) -> None:
    """A verb is exactly one frame on the wire."""
    wire = Wire()
    session = await connected(wire)
    verb(session)
    assert await wire.hear() == frame
    await session.aclose()
    assert wire.heard() == []


async def test_a_text_message_is_shown_and_said() -> None:
    """A text message is in the state at once, under the id on the wire, and a response is asked for."""
    wire = Wire()
    session = await connected(wire)
    message_id = session.send_text_message("Hello", id="mine")
    assert (message_id, session.state.messages[0].id, session.state.messages[0].text) == ("mine", "mine", "Hello")
    item, ask = await wire.hear(), await wire.hear()
    assert (item["item"]["id"], item["item"]["content"]) == ("mine", [{"type": "input_text", "text": "Hello"}])
    assert ask["type"] == "response.create"
    await session.aclose()


async def test_a_message_can_be_left_unanswered() -> None:
    """With respond=False nothing but the message is said."""
    wire = Wire()
    session = await connected(wire)
    session.send_text_message("For your information", respond=False)
    session.commit_audio()
    assert await wire.hear_types(2) == ["conversation.item.create", "input_audio_buffer.commit"]
    await session.aclose()


async def test_a_picture_goes_with_its_words() -> None:
    """A picture is sent as a data URL behind its words."""
    wire = Wire()
    session = await connected(wire)
    session.send_image(base64.b64encode(b"png").decode(), text="What is this?")
    content = (await wire.hear())["item"]["content"]
    assert content == [
        {"type": "input_text", "text": "What is this?"},
        {"type": "input_image", "image_url": "data:image/png;base64,cG5n"},
    ]
    await session.aclose()


async def test_a_picture_is_data_or_a_url() -> None:
    """send_image() takes either data or a url."""
    session = session_on(Wire())
    for wrong in ({}, {"data": "x", "url": "y"}):
        with pytest.raises(ConfigurationError, match="either"):
            session.send_image(**wrong)
    await session.aclose()


async def test_a_picture_for_one_who_takes_none() -> None:
    """send_image() is refused where the provider takes no pictures."""
    session = RealtimeSession(Local(base_url="http://localhost"), transport=Wire())
    with pytest.raises(ConfigurationError, match="no pictures"):
        session.send_image("aGk=")
    await session.aclose()


async def test_settings_are_merged() -> None:
    """update_session() sends what it is given and keeps the rest."""
    wire = Wire()
    session = await connected(wire)
    session.update_session(voice="cedar", turn_detection={"type": "disabled"})
    sent = (await wire.hear())["session"]
    assert sent["audio"]["output"] == {"voice": "cedar"}
    assert "instructions" not in sent
    assert (session.state.config.instructions, session.state.config.voice) == ("Be brief.", "cedar")
    await session.aclose()


async def test_settings_before_connecting_are_kept_for_it() -> None:
    """What update_session() is given while disconnected is said when connecting."""
    wire = Wire()
    session = session_on(wire)
    session.update_session(voice="cedar")
    session.connect()
    sent = (await wire.hear())["session"]
    assert (sent["instructions"], sent["audio"]["output"]["voice"]) == ("Be brief.", "cedar")
    await session.aclose()


async def test_settings_changed_before_connecting_win_over_the_first() -> None:
    """A setting that update_session() changed stays changed when the session is dialled."""
    wire = Wire()
    session = session_on(wire)
    session.update_session(instructions="Be loud.")
    session.connect()
    assert (await wire.hear())["session"]["instructions"] == "Be loud."
    await session.aclose()


async def test_a_setting_that_the_provider_lacks_is_said_to_be_left_out() -> None:
    """A setting for which the provider has none is an error in the state that names it, and the rest is said."""
    wire = Wire()
    session = await connected(wire)
    session.update_session(temperature=0.5, voice="cedar")
    assert (await wire.hear())["session"]["audio"]["output"] == {"voice": "cedar"}
    error = session.state.error
    assert error is not None
    assert (error.code, error.param) == ("unsupported_setting", "temperature")
    await session.aclose()


async def test_half_an_emoji_is_a_question_mark() -> None:
    """A text that was cut inside an emoji is sent, and kept, with a question mark: the state stays writable."""
    wire = Wire()
    session = await connected(wire)
    session.send_text_message("so \ud83d", respond=False)
    assert (await wire.hear())["item"]["content"][0]["text"] == "so ?"
    assert b"so ?" in session.state.to_json()
    await session.aclose()


WRONG: list[Verb] = [
    lambda s: s.update_session(temprature=1),
    lambda s: s.update_session(voice=7),
    lambda s: s.update_session({"turn_detection": {"typ": "disabled"}}),
    lambda s: s.update_session(provider_options={"x": object()}),
    lambda s: s.request_response(instruction="Be brief"),
    lambda s: s.request_response(metadata={"x": 1}),
    lambda s: s.request_response(options={"x": {1, object()}}),
    lambda s: s.send_event({"song": "la"}),
    lambda s: s.send_event({"type": "sing", "song": object()}),
]


@pytest.mark.parametrize("verb", WRONG)
async def test_what_makes_no_sense_is_refused_at_once(verb: Verb) -> None:
    """Unknown settings, wrong types and what is not JSON are ConfigurationErrors of the call, and nothing is said."""
    wire = Wire()
    session = await connected(wire)
    before = session.state
    with pytest.raises(ConfigurationError):
        verb(session)
    assert session.state is before
    await session.aclose()
    assert wire.heard() == []


async def test_an_output_that_is_not_json_is_refused() -> None:
    """add_tool_output() raises ToolError for what is not JSON, and the call stays open."""
    session = await connected(Wire())
    with pytest.raises(ToolError, match="not JSON"):
        session.add_tool_output("call_1", object())
    await session.aclose()


async def test_a_second_response_waits_for_the_first() -> None:
    """A response that is asked for while another is active is asked for after that one, once."""
    wire = Wire()
    session = await connected(wire)
    session.request_response()
    session.request_response()
    session.request_response()
    assert await wire.hear_types(1) == ["response.create"]
    wire.say(*text_turn("Hello"))
    assert await wire.hear_types(1) == ["response.create"]
    await session.aclose()
    assert wire.heard() == []


async def test_interrupting_cancels_by_id_and_drops_the_rest() -> None:
    """interrupt() cancels the active response by its id, marks the message and drops its late words."""
    wire = Wire()
    session = await connected(wire)
    turn = text_turn("One two three four")
    wire.say(*turn[:5])
    await until(session, lambda state: state.messages and state.messages[0].text == "One two")
    session.interrupt()
    assert await wire.hear() == {"type": "response.cancel", "response_id": "resp_1"}
    wire.say(*turn[5:7], response("response.done", "resp_1", "cancelled"))
    state = await until(session, lambda state: state.mode == "idle")
    assert (state.messages[0].text, state.messages[0].interrupted) == ("One two", True)
    await session.aclose()


async def test_cancelling_before_there_is_a_response() -> None:
    """cancel_response() before the response's id is known cancels it as soon as it is."""
    wire = Wire()
    session = await connected(wire)
    session.request_response()
    session.cancel_response()
    assert await wire.hear_types(1) == ["response.create"]
    wire.say(response("response.created", "resp_5", "in_progress"))
    assert await wire.hear() == {"type": "response.cancel", "response_id": "resp_5"}
    await session.aclose()


async def test_an_error_of_the_server_does_not_end_the_session() -> None:
    """A server's error is in the state and in on_error's hands, and the next message clears the way."""
    wire = Wire()
    session = await connected(wire)
    session.send_text_message("Hello", id="mine")
    wire.say(error("too long", code="string_above_max_length", event_id="mine"))
    state = await until(session, lambda state: state.error)
    assert state.error is not None
    assert (state.error.code, state.error.fatal, state.messages[0].status) == (
        "string_above_max_length",
        False,
        "failed",
    )
    assert state.status == "connected"
    await session.aclose()
