"""What one can choose on a demo's page: realtime_rx.ui.choices."""

from collections.abc import Callable
from typing import Any

import pytest

from realtime_rx import RealtimeSession, SessionConfig, TurnDetection, get_provider, use_realtime
from realtime_rx.events import ItemAdded
from realtime_rx.items import AudioPart, Item
from realtime_rx.ui import TalkButton
from realtime_rx.ui.choices import (
    answer_aloud,
    answer_by,
    begin,
    choice_of,
    choose_modality,
    choose_turns,
    chosen,
    hold_to_talk,
    is_push_to_talk,
    modality_of,
    models,
)

from ..support.waiting import until


def test_openai_is_offered_with_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded model is always there; OpenAI's only where its key is, and the key is not among the choices."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert list(models()) == ["local"]
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert list(models()) == ["local", "openai:gpt-realtime"]
    assert "sk-secret" not in str(models())


@pytest.mark.parametrize("choice", ["local", "openai:gpt-realtime"])
def test_a_choice_is_recognised(choice: str) -> None:
    """The provider that a choice makes is shown as that choice."""
    assert choice_of(get_provider(choice)) == choice


def test_text_unless_voice_is_asked_for() -> None:
    """A session answers in writing as far as the page is concerned, unless audio is its output."""
    assert modality_of(SessionConfig()) == "text"
    assert modality_of(SessionConfig(output_modalities=("audio",))) == "audio"


def test_choices_outlive_a_conversation() -> None:
    """A new conversation answers as the one before did, and hears the end of a turn as it did."""
    config = SessionConfig(output_modalities=("audio",), turn_detection=TurnDetection.disabled())
    assert is_push_to_talk(config)
    assert SessionConfig(**chosen(config)) == config
    assert chosen(SessionConfig())["output_modalities"] == ("text",)


async def test_who_speaks_is_answered_aloud() -> None:
    """The first time somebody speaks the answers become spoken; who then chooses writing keeps it."""
    session = use_realtime("local", output_modalities=("text",))
    answer_aloud(session)
    assert modality_of(session.state.config) == "audio"
    session.update_session(output_modalities=("text",))
    session.dispatch(ItemAdded(item=Item(id="a", role="user", parts=(AudioPart(transcript="Hi"),))))
    await until(session, lambda state: bool(state.messages))
    answer_aloud(session)
    assert modality_of(session.state.config) == "text"
    await session.aclose()


async def test_choices_are_the_sessions() -> None:
    """What is chosen is the session's from then on, and only a voice that is new asks for the page's sound."""
    session = use_realtime("local", output_modalities=("text",))
    assert [choose_modality(session, modality) for modality in ("text", "audio", "audio", "text")] == [
        False,
        True,
        False,
        False,
    ]
    assert modality_of(session.state.config) == "text"
    choose_turns(session, True)
    assert is_push_to_talk(session.state.config)
    choose_turns(session, False)
    assert not is_push_to_talk(session.state.config)
    await session.aclose()


class Page:
    """What a hook gives, without a page."""

    def __init__(self, session: RealtimeSession) -> None:
        self.session = session
        self.told: Callable[[bool], Any] | None = None
        self.asked_to_sound = 0

    def watch(self, selector: Callable[[Any], bool], callback: Callable[[bool], Any]) -> None:
        self.told = callback

    def start_sound(self) -> None:
        self.asked_to_sound += 1


class Button(TalkButton):
    """A button without a look."""

    def __init__(self) -> None:
        self.flags: set[str] = set()

    def flag(self, name: str, on: bool) -> None:
        (self.flags.add if on else self.flags.discard)(name)

    def is_flagged(self, name: str) -> bool:
        return name in self.flags


async def test_a_demo_begins_in_writing() -> None:
    """A demo's conversation is written until its microphone is on for the first time."""
    page = Page(use_realtime("local"))
    begin(page)
    assert modality_of(page.session.state.config) == "text"
    assert page.told is not None
    page.told(False)
    assert modality_of(page.session.state.config) == "text"
    page.told(True)
    assert modality_of(page.session.state.config) == "audio"
    await page.session.aclose()


async def test_a_demos_choices_are_its_pages() -> None:
    """A voice that is chosen has the page sound, once; a button that is held has the visitor end their turns."""
    page, button = Page(use_realtime("local", output_modalities=("text",))), Button()
    for modality in ("audio", "audio"):
        answer_by(page, modality)
    assert page.asked_to_sound == 1
    hold_to_talk(page, button, True)
    assert button.push_to_talk
    assert is_push_to_talk(page.session.state.config)
    await page.session.aclose()
