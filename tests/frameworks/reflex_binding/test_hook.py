"""The state classes that the hook makes: realtime_rx_reflex.hook and state."""

import pickle
import re
import types
from pathlib import Path
from typing import Any

import pytest
import reflex as rx
from realtime_rx_reflex import MessageView, RealtimePlugin, elements, sessions, use_realtime
from realtime_rx_reflex.visits import VISITS
from reflex.state import reload_state_module

from realtime_rx import use_realtime as make_session
from realtime_rx.errors import ConfigurationError
from tests.bindings.test_visits import FakeTab, eventually

Voice = use_realtime("local", name="HookVoice", output_modalities=("text",))


class Chat(Voice):
    """As an app has it."""

    asked: int = 0


def test_the_class_is_at_home_in_its_module() -> None:
    """The state class is one of the module that calls the hook, under the name that was asked for."""
    assert issubclass(Voice, rx.State)
    assert (Voice.__module__, Voice.__name__) == (__name__, "HookVoice")


def test_names_are_found() -> None:
    """Two hooks in a module without names make two classes."""
    first, second = use_realtime("local"), use_realtime("local")
    assert (first.__name__, second.__name__) == ("Realtime", "Realtime2")
    assert first.get_full_name() != second.get_full_name()


def test_the_growing_text_is_of_another_class() -> None:
    """The vars that follow a session are of one state class, the growing text is of another, also for a subclass."""
    kinds = {str(var).rpartition(".")[0] for var in (Voice.status, Voice.messages)}
    assert len(kinds) == 1
    assert str(Voice.live).rpartition(".")[0] not in kinds
    assert str(Chat.live) == str(Voice.live)
    assert str(Chat.status) == str(Voice.status)


def test_nothing_of_a_session_is_pickled() -> None:
    """A state that is found again after a restart knows its own vars and no session."""
    chat = Voice(status="connected", messages=(MessageView(id="a", role="user", name="You", text="Hi", note=""),))  # type: ignore[call-arg]
    again = pickle.loads(pickle.dumps(chat))
    assert type(again) is Voice
    assert (again.status, again.messages) == ("disconnected", ())


def test_components_can_be_made() -> None:
    """Each component is made of the class, with one's own properties in front of its own."""
    made = Voice.transcript(height="300px"), Voice.composer(), Voice.status_badge(size="1"), Voice.error_callout()
    assert all(isinstance(component, rx.Component) for component in made)
    assert "300px" in str(made[0])


def test_tabs_do_not_share_a_session() -> None:
    """A session that is there already is refused: every tab has one of its own."""
    with pytest.raises(ConfigurationError, match="each tab has a session of its own"):
        use_realtime(make_session("local"))


def test_options_must_fit() -> None:
    """Options beside a function that makes sessions are refused when the module is loaded."""
    with pytest.raises(ConfigurationError, match="voice"):
        use_realtime(lambda: make_session("local"), voice="a")


@pytest.mark.parametrize(
    "options", [{"instrctions": "Be brief."}, {"temperature": "hot"}, {"vad_mode": "psychic"}, {"api": {"token": "no"}}]
)
def test_options_are_looked_at_when_the_module_is_loaded(options: dict[str, Any]) -> None:
    """Options that no session takes are refused before there is a visitor to have one."""
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        use_realtime("local", **options)


def test_a_provider_is_looked_for_when_the_module_is_loaded() -> None:
    """A model of no provider is refused before there is a visitor."""
    with pytest.raises(ConfigurationError, match="nobody"):
        use_realtime("nobody:x")


def test_the_readme_makes_an_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """The README's program for Reflex makes an app with a page that sounds."""
    config = rx.Config(app_name="readme_app", plugins=[RealtimePlugin()])
    monkeypatch.setattr(elements, "get_config", lambda: config)
    readme = Path("README.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n([^`]*realtime_rx_reflex.*?)```", readme, flags=re.DOTALL)
    module = types.ModuleType("readme_app")
    exec(program, module.__dict__)
    assert module.__dict__["Voice"].__module__ == "readme_app"
    assert "index" in module.__dict__["app"]._unevaluated_pages
    assert isinstance(module.__dict__["index"](), rx.Component)


async def test_a_module_may_be_loaded_anew() -> None:
    """Where an app's module is loaded anew, the sessions of its class before are closed, and their tabs told; those of
    other classes go on."""
    source = 'from realtime_rx_reflex import use_realtime\nVoice = use_realtime("local", name="Voice")'
    module = types.ModuleType("loaded_anew")
    exec(source, module.__dict__)
    before = module.__dict__["Voice"]
    tab, other = FakeTab(), FakeTab()
    visit = VISITS.open((before.get_full_name(), "tab"), tab, before._terms)
    stays = VISITS.open((Voice.get_full_name(), "tab"), other, Voice._terms)
    visit.session.connect()
    await eventually(lambda: tab.vars.get("connected"))
    reload_state_module("loaded_anew")
    exec(source, module.__dict__)
    await eventually(lambda: sessions() == (stays.session,))
    assert module.__dict__["Voice"] is not before
    assert module.__dict__["Voice"].get_full_name() == before.get_full_name()
    await eventually(lambda: tab.vars["status"] == "disconnected")
    await VISITS.close_all()
