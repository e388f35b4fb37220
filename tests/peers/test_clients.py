"""The embedded provider as official clients see it, all of which talk to it in text and hear it speak."""

import pytest

from .clients.report import Report

pytestmark = pytest.mark.peers


def test_a_question_is_answered(saw: Report) -> None:
    """An official client gets the answer to a written question."""
    assert "42" in saw.reply


def test_a_tool_is_called(saw: Report) -> None:
    """An official client is asked to call the tool it declared, with the arguments that the question names."""
    assert (saw.tool_name, saw.tool_arguments) == ("get_weather", {"city": "Tokyo"})


def test_the_output_of_a_tool_is_used(saw: Report) -> None:
    """What an official client's tool returns comes back in the answer."""
    assert "21" in saw.tool_reply


def test_the_answer_is_spoken(saw: Report) -> None:
    """An official client gets the answer as sound, at least a second of it."""
    assert saw.audio_bytes > 48_000


def test_nothing_is_wrong_with_the_protocol(saw: Report) -> None:
    """No official client is sent an error, nor an event that it cannot read."""
    assert saw.problems == []
