"""Session settings."""

import pytest
from msgspec import UNSET

from realtime_rx.config import SessionConfig, ToolDefinition, Transcription, TurnDetection
from realtime_rx.errors import ConfigurationError
from realtime_rx.formats import AudioFormat


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


@pytest.mark.parametrize(
    ("config", "named"),
    [
        (SessionConfig(turn_detection=TurnDetection(type="psychic")), "turn_detection.type"),  # type: ignore[arg-type]
        (SessionConfig(turn_detection=TurnDetection.semantic("bogus")), "eagerness"),  # type: ignore[arg-type]
        (SessionConfig(transcription=Transcription(language=3)), "transcription.language"),  # type: ignore[arg-type]
        (SessionConfig(input_format=AudioFormat(encoding="mp3")), "input_format.encoding"),  # type: ignore[arg-type]
        (SessionConfig(output_format=AudioFormat(rate=0)), "output_format.rate"),
        (SessionConfig(tools=(ToolDefinition(name=3),)), r"tools\[0\].name"),  # type: ignore[arg-type]
        (SessionConfig(input_format=Transcription()), "input_format"),  # type: ignore[arg-type]
        (SessionConfig(voice=7), "voice"),  # type: ignore[arg-type]
    ],
)
def test_settings_are_checked_within(config: SessionConfig, named: str) -> None:
    """A wrong value is named wherever in the settings it is, also where they were made as objects."""
    with pytest.raises(ConfigurationError, match=named):
        SessionConfig.of(config)


def test_checking_settings_leaves_them_alone() -> None:
    """Settings that are right come out of the check as they went in, what is off and what is not given included."""
    config = SessionConfig(
        turn_detection=TurnDetection.server(idle_timeout_ms=None),
        transcription=None,
        tools=(ToolDefinition(name="f", parameters={"type": "object", "properties": {"a": {"enum": ("x", "y")}}}),),
        provider_options={"any": object},
    )
    assert SessionConfig.of(config) == config
