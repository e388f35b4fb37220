"""Session settings."""

import pytest
from msgspec import UNSET

from realtime_rx.config import SessionConfig, ToolDefinition, TurnDetection


def test_newer_settings_win_field_by_field() -> None:
    """Merging keeps what the newer settings do not mention."""
    old = SessionConfig(instructions="Be brief.", voice="marin")
    assert old.merged(SessionConfig(voice="cedar")) == SessionConfig(instructions="Be brief.", voice="cedar")


def test_off_is_a_setting() -> None:
    """None in the newer settings switches off what was on."""
    assert (
        SessionConfig(noise_reduction="near_field").merged(SessionConfig(noise_reduction=None)).noise_reduction is None
    )


def test_provider_options_are_merged_key_by_key() -> None:
    """Provider options of both settings are kept, the newer ones where both say something."""
    old = SessionConfig(provider_options={"a": 1, "b": 1})
    assert old.merged(SessionConfig(provider_options={"b": 2})).provider_options == {"a": 1, "b": 2}


def test_merging_nothing_changes_nothing() -> None:
    """Settings merged with empty settings are equal to themselves."""
    config = SessionConfig(instructions="Be brief.", turn_detection=TurnDetection.disabled(), provider_options={"a": 1})
    assert config.merged(SessionConfig()) == config


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, SessionConfig()),
        ({"voice": "marin"}, SessionConfig(voice="marin")),
        (SessionConfig(voice="marin"), SessionConfig(voice="marin")),
    ],
)
def test_settings_can_be_given_in_three_ways(value: object, expected: SessionConfig) -> None:
    """Nothing, a mapping of fields and a config are all settings."""
    assert SessionConfig.of(value) == expected  # type: ignore[arg-type]


def test_turn_detection_has_three_kinds() -> None:
    """Server and semantic voice detection and none at all are made by their names."""
    assert TurnDetection.server(threshold=0.4) == TurnDetection(type="server_vad", threshold=0.4)
    assert TurnDetection.semantic("high", create_response=False) == TurnDetection(
        type="semantic_vad", eagerness="high", create_response=False
    )
    assert TurnDetection.semantic().eagerness is UNSET
    assert TurnDetection.disabled().type == "disabled"


def test_a_tool_without_parameters_takes_an_empty_object() -> None:
    """The schema of a tool that takes nothing is an object without properties, and nobody else's object."""
    one, other = ToolDefinition(name="a"), ToolDefinition(name="b")
    assert one.parameters == {"type": "object", "properties": {}}
    assert one.parameters is not other.parameters
