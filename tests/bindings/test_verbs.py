"""The session's verbs on a binding's object: realtime_rx.ui.verbs."""

import asyncio
import inspect

import pytest

from realtime_rx import ConnectError, NotConnectedError, RealtimeSession
from realtime_rx.ui import SessionVerbs, dial, hang_up_or_dial, say
from realtime_rx.ui.verbs import Delegate

from ..support.frames import CREATED
from ..support.memory import Wire, connected, session_on
from ..support.waiting import until


class Owner(SessionVerbs):
    def __init__(self, session: RealtimeSession) -> None:
        self.session = session


NO_VERBS = {
    "select": "a stream that calls back on the session's thread: a page has watch(), and what it can bind to",
    "on_state_change": "each binding has its own, which calls back where the page is shown",
}


def test_no_verb_is_missing() -> None:
    """Whatever one can say to a session, one can say to a binding's object; what has it call back is the binding's."""
    methods = {name for name, _ in inspect.getmembers(RealtimeSession, inspect.isfunction) if not name.startswith("_")}
    assert methods - NO_VERBS.keys() == {
        name for name, verb in vars(SessionVerbs).items() if isinstance(verb, Delegate)
    }
    assert methods >= NO_VERBS.keys()


def test_a_verb_keeps_its_words() -> None:
    """A verb's documentation is the session's."""
    assert vars(SessionVerbs)["interrupt"].__doc__ == RealtimeSession.interrupt.__doc__


async def test_a_verb_asks_the_session_of_that_moment() -> None:
    """A verb goes to the session that its owner has when it is called, with the same arguments."""
    first, second = Wire(), Wire()
    owner = Owner(await connected(first))
    verb_before = owner.send_text_message
    other = owner.session
    owner.session = await connected(second)
    assert owner.send_text_message("Hello", id="m1", respond=False) == "m1"
    assert verb_before("Hello", id="m0", respond=False) == "m0"
    assert (await second.hear())["item"]["id"] == "m1"
    assert (await first.hear())["item"]["id"] == "m0"
    await until(owner.session, lambda state: state.messages[0].id == "m1")
    await owner.session.aclose()
    await other.aclose()


async def test_a_verbs_owner_catches_up() -> None:
    """After each verb its owner catches up, and again where what it began was awaited, or waited for on a thread."""
    states: list[str] = []

    class Follower(Owner):
        def catch_up(self) -> None:
            states.append(self.session.state.status)

    wire = Wire()
    wire.say(CREATED)
    owner = Follower(session_on(wire))
    connecting = owner.connect()
    assert states == ["connecting"]
    await connecting
    assert states == ["connecting", "connected"]
    await asyncio.to_thread(owner.disconnect().wait, 10)
    assert states[-1] == "disconnected"
    with pytest.raises(NotConnectedError):
        owner.interrupt()
    await owner.aclose()
    with pytest.raises(ConnectError):
        await owner.connect()
    assert inspect.signature(owner.send_text_message) == inspect.signature(owner.session.send_text_message)


async def test_the_first_words_dial() -> None:
    """What is said where there is no connection dials first; without its blanks it is sent, and nothing of nothing."""
    wire = Wire()
    wire.say(CREATED)
    session = session_on(wire)
    say(session, "   ")
    assert session.state.status == "disconnected"
    say(session, " Hello ")
    assert await wire.hear_types(3) == ["session.update", "conversation.item.create", "response.create"]
    assert [message.text for message in session.state.messages] == ["Hello"]
    say(session, "Again")
    assert await wire.hear_types(1) == ["conversation.item.create"]
    assert len(wire.pipes) == 1
    await session.aclose()


async def test_one_button_dials_and_hangs_up() -> None:
    """Where there is no connection it dials, where there is one, or one on its way, it hangs up."""
    session = session_on(Wire())
    hang_up_or_dial(session)
    await until(session, lambda state: state.status == "connecting")
    dial(session)
    hang_up_or_dial(session)
    await until(session, lambda state: state.status == "disconnected")
    await session.aclose()
