"""What use_realtime() takes, and what it means: realtime_rx.options."""

import inspect
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from realtime_rx.callbacks import Callbacks
from realtime_rx.capabilities import Capabilities
from realtime_rx.client import check_options, use_realtime
from realtime_rx.config import SessionConfig, TurnDetection
from realtime_rx.errors import ConfigurationError
from realtime_rx.formats import PCM16_16K, PCM16_24K, PCMU, AudioFormat
from realtime_rx.options import Options, known, page_formats, sampled, settings

from .support.type_checking import check_types
from .test_sound import Microphone, Speaker

TESTS = Path(__file__).parent
PATIENT = TurnDetection.server(silence_duration_ms=900)


def test_every_callback_is_an_option() -> None:
    """There is an option for each callback, of its type."""
    options = Options.__annotations__
    assert [field.name for field in fields(Callbacks) if field.name not in options] == []
    assert [f.name for f in fields(Callbacks) if f.type != f"{options[f.name].__forward_arg__} | None"] == []


def test_what_it_takes_can_be_asked_for() -> None:
    """inspect.signature(), help() and a notebook's completion name every option, with its type."""
    said = inspect.signature(use_realtime).parameters
    assert [*said] == ["model", *Options.__annotations__]
    assert (said["max_events"].annotation, said["voice"].kind) == ("int", inspect.Parameter.KEYWORD_ONLY)


def test_a_program_is_typed(tmp_path: Path) -> None:
    """In a program and in a NiceGUI page a strict type checker knows every option, and finds what is wrong."""
    check_types(tmp_path, TESTS / "support" / "typed_program.py", TESTS / "bindings" / "typed_program.py")


@pytest.mark.parametrize(
    ("name", "hint"),
    [("instrctions", "; did you mean 'instructions'?"), ("voise", "; did you mean 'voice'?"), ("sample", "")],
)
def test_a_misspelt_option_is_named_with_what_was_meant(name: str, hint: str) -> None:
    """The error of a misspelt option ends with the one that was meant, where one is much like it."""
    with pytest.raises(ConfigurationError) as caught:
        known({name: 1})
    assert str(caught.value) == f"use_realtime() has no option {name!r}{hint}"


@pytest.mark.parametrize(
    "options",
    [
        {"on_message": 3},
        {"get_token": "sk-secret"},
        {"api": "sk-secret"},
        {"max_events": "many"},
        {"connect_timeout": "long"},
        {"tools": 3},
        {"reconnect": "always"},
        {"state": {}},
        {"sample_rate": "high"},
    ],
)
def test_an_option_of_another_kind_is_refused(options: dict[str, Any]) -> None:
    """What is no function, no number, none of its class where one is asked for is named, and not shown."""
    (name,) = options
    with pytest.raises(ConfigurationError, match=f"^{name} cannot be of type (int|str|dict)$"):
        known(options)


def test_nothing_is_as_good_as_not_given() -> None:
    """None for an option that is no setting is dropped; for a setting it stays, where it means off."""
    assert known({"api": None, "on_message": None, "connect_timeout": 3, "transcription": None}) == {
        "connect_timeout": 3,
        "transcription": None,
    }


def test_tools_and_fallbacks_may_be_iterators() -> None:
    """An iterator of tools or fallbacks is read once, into what can be looked through any number of times."""
    given = known({"tools": iter([check_types]), "fallbacks": (each for each in ("local",))})
    assert known(given) == given == {"tools": (check_types,), "fallbacks": ("local",)}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"vad_mode": "manual"}, TurnDetection.disabled()),
        ({"vad_mode": "semantic"}, TurnDetection.semantic()),
        ({"semantic_eagerness": "low"}, TurnDetection.semantic("low")),
        ({"vad_mode": "semantic", "semantic_eagerness": "low"}, TurnDetection.semantic("low")),
        ({"turn_detection": PATIENT}, PATIENT),
        ({"session_config": {"turn_detection": PATIENT}, "vad_mode": "server"}, PATIENT),
        ({"session_config": {"turn_detection": PATIENT}, "vad_mode": "manual"}, TurnDetection.disabled()),
        (
            {
                "session_config": {"turn_detection": TurnDetection.semantic("low", create_response=False)},
                "semantic_eagerness": "high",
            },
            TurnDetection.semantic("high", create_response=False),
        ),
    ],
)
def test_turn_detection_in_a_word(options: dict[str, Any], expected: TurnDetection) -> None:
    """vad_mode says which kind, the settings' details of that kind stay; semantic_eagerness means the semantic one."""
    assert settings(options).turn_detection == expected


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"vad_mode": "manual", "semantic_eagerness": "low"}, "for vad_mode='semantic', not for 'manual'"),
        ({"vad_mode": "server", "semantic_eagerness": "low"}, "for vad_mode='semantic', not for 'server'"),
        ({"vad_mode": "server", "turn_detection": PATIENT}, "leave out vad_mode"),
        ({"semantic_eagerness": "low", "turn_detection": PATIENT}, "leave out semantic_eagerness"),
        ({"vad_mode": "psychic"}, "server, semantic, manual"),
        ({"semantic_eagerness": "bogus"}, "eagerness"),
        ({"turn_detection": TurnDetection(type="bogus")}, "turn_detection.type"),  # type: ignore[arg-type]
    ],
)
def test_contradictions_are_refused(options: dict[str, Any], named: str) -> None:
    """Two options that say different things of turn detection, or a wrong word for it, are ConfigurationErrors."""
    with pytest.raises(ConfigurationError, match=named):
        settings(options)


def test_the_sample_rate_is_that_of_both_formats() -> None:
    """sample_rate is PCM16 in both directions, but where the settings give a format or the provider has no such."""
    can = Capabilities(input_formats=(PCM16_16K, PCMU), output_formats=(PCM16_16K,))
    both = sampled(SessionConfig(), {"sample_rate": 16_000}, can)
    assert (both.input_format, both.output_format) == (PCM16_16K, PCM16_16K)
    one = sampled(SessionConfig(input_format=PCMU), {"sample_rate": 16_000}, can)
    assert (one.input_format, one.output_format) == (PCMU, PCM16_16K)
    deaf = Capabilities(input_formats=(PCM16_16K,), ignored_config=frozenset({"output_format"}))
    assert sampled(SessionConfig(), {"sample_rate": 16_000}, deaf) == SessionConfig(input_format=PCM16_16K)
    assert sampled(SessionConfig(), {}, can) == SessionConfig()


@pytest.mark.parametrize(("rate", "named"), [(16_000, "PCM16 at 24000 Hz"), (0, "not 0"), (-8000, "not -8000")])
def test_a_rate_that_nobody_speaks_is_refused(rate: int, named: str) -> None:
    """A sample_rate that the provider does not speak, or that is none, is refused, with those there are."""
    with pytest.raises(ConfigurationError, match=named):
        use_realtime("openai", sample_rate=rate)


def test_a_page_speaks_the_sample_rate() -> None:
    """A page's microphone and speaker have the formats of the options, else the sample rate, else 24 kHz."""
    assert page_formats({"sample_rate": 16_000}) == (PCM16_16K, PCM16_16K)
    assert page_formats({"output_format": PCMU, "sample_rate": 48_000}) == (AudioFormat(rate=48_000), PCMU)
    assert page_formats({"session_config": {"input_format": {"rate": 16_000}}}) == (PCM16_16K, PCM16_24K)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"auto_capture": True}, "audio_input"),
        ({"auto_playback": False, "audio_output": Speaker()}, "leave out audio_output"),
        ({"api": {"token": "https://example.com"}}, r'api needs a model: use_realtime\("openai:gpt-realtime", api='),
        ({"get_token": use_realtime}, "get_token needs a model"),
        ({"api": {"token": "nowhere"}, "model": "openai"}, "address of a setup endpoint"),
        ({"max_events": -1}, "max_events cannot be less than 0: -1"),
        ({"tools": [3]}, "a tool is a function, not of type int"),
        ({"fallbacks": [3]}, "cannot be of type int"),
        ({"model": 3}, "cannot be of type int"),
    ],
)
def test_what_does_not_fit_together_is_refused(options: dict[str, Any], named: str) -> None:
    """What cannot work is a ConfigurationError, of use_realtime() as of check_options(), which makes no session."""
    options = dict(options)
    model = options.pop("model", None)
    for call in (check_options, use_realtime):
        with pytest.raises(ConfigurationError, match=named):
            call(model, **options)


def test_what_fits_together_is_not() -> None:
    """check_options() says nothing of options that a session can be made of."""
    check_options("openai", api={"token": "https://example.com"}, auto_capture=True, audio_input=Microphone())
    check_options(auto_playback=False, auto_capture=False, audio_output=None)
