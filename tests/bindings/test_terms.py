"""What a hook is called with: realtime_rx.ui.terms."""

import inspect
from typing import Any

import pytest
from realtime_rx_nicegui import use_realtime

from realtime_rx import ConfigurationError, Options
from realtime_rx.ui import Keeper, page_bridges
from realtime_rx.ui.terms import HookNumbers, Terms, takes

from ..support.memory import Wire, session_on
from .virtual import VirtualLoop


@takes(Terms.of)
def hook(terms: Terms) -> Terms:
    """A hook."""
    return terms


def beep() -> None:
    """Beep."""


class Page:
    """Something that a hook is called on."""


def test_a_hook_takes_what_its_terms_do() -> None:
    """A hook is called by the names of the terms, all else is an option; it keeps its own words and result."""
    terms = hook("local", linger=5.0, voice="a")
    assert (terms.source, terms.linger, terms.audio, terms.options) == ("local", 5.0, True, {"voice": "a"})
    assert hook.__doc__ == "A hook."


def test_a_hook_says_what_it_takes() -> None:
    """A binding's use_realtime() has a signature of the terms' names and all options', and gives its own view."""
    said = inspect.signature(use_realtime)
    own = [name for name in inspect.signature(Terms.of).parameters if name != "options"]
    assert [*said.parameters] == [*own, *Options.__annotations__]
    assert said.parameters["voice"].annotation == "str"
    assert said.return_annotation == "Realtime"


def test_a_hook_is_told_what_is_misspelt() -> None:
    """A misspelt option is refused where the hook is called, and not when there is a session to be made."""
    with pytest.raises(ConfigurationError, match="did you mean 'instructions'"):
        hook(lambda: None, instrctions="Be brief.")


async def test_nobody_hears_who_is_not_there() -> None:
    """Where a program is only looked through, its session is made without a page's sound, auto_capture or not."""
    session = hook("local", auto_capture=True, voice="marin").unseen()
    assert session.state.config.voice == "marin"
    await session.aclose()


async def test_a_shared_session_brings_its_options() -> None:
    """The terms of a session name it as shared, and refuse options; of anything else a session is made."""
    session = session_on(Wire())
    assert hook(session).shared is session
    assert hook("local").shared is None
    assert hook(lambda: session).shared is None
    with pytest.raises(ConfigurationError, match="leave out voice"):
        _ = hook(session, voice="a").shared
    await session.aclose()


async def test_a_session_of_ones_own_is_kept() -> None:
    """The session that terms ask for is kept, with the page's sound unless that is off, and waits for a reload."""
    keeper, bridges = Keeper(VirtualLoop()), page_bridges()
    _, loud = hook("local", linger=7.0).rent(keeper, "loud", bind=lambda _, callback: callback, bridges=bridges)
    _, quiet = hook("local", audio=False).rent(keeper, "quiet", bind=lambda _, callback: callback, bridges=bridges)
    assert (loud.sound is None, quiet.sound is None) == (False, True)
    assert (loud.linger, quiet.linger) == (7.0, 30.0)
    assert keeper.sessions == (loud.session, quiet.session)
    await keeper.aclose()


def test_hooks_are_counted_by_page() -> None:
    """Each page counts its own hooks from 0."""
    numbers, first, second = HookNumbers(), Page(), Page()
    assert [numbers.next(page) for page in (first, first, second, first)] == [0, 1, 0, 2]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"instrctions": "Be brief."}, "did you mean 'instructions'"),
        ({"temperature": "hot"}, "temperature"),
        ({"vad_mode": "psychic"}, "vad_mode is one of"),
        ({"source": "openai", "api": {"token": "nonsense"}}, "address of a setup endpoint"),
        ({"tools": [beep, beep]}, "two tools have one name"),
        ({"source": "nobody:x"}, "no provider 'nobody'"),
        ({"source": lambda: None, "voice": "a"}, "leave out voice"),
    ],
)
def test_terms_are_checked_before_there_is_a_visitor(options: dict[str, Any], named: str) -> None:
    """check() refuses what making a session would refuse, where no loop runs and no session is made."""
    with pytest.raises(ConfigurationError, match=named):
        hook(**options).check()


async def test_checking_terms_uses_nothing_up() -> None:
    """Tools and fallbacks that were an iterator are there for each session after check()."""
    terms = hook("local", tools=iter([beep]), fallbacks=iter(["local"]))
    terms.check()
    for session in (terms.unseen(), terms.unseen()):
        assert [tool.name for tool in session.state.config.tools or ()] == ["beep"]
        assert len(session.state.providers) == 2
        await session.aclose()


def test_checking_terms_makes_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """check() is content with what fits together, and asks no factory for a session."""
    monkeypatch.setattr("realtime_rx.client.RealtimeSession", None)
    hook("local", tools=[beep], voice="a", on_message=print).check()
    hook(lambda: pytest.fail("a session was made")).check()
