"""What a page asks for by events, and what only the app may say: realtime_rx_reflex.asking and state."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import reflex as rx
from realtime_rx_reflex import RealtimeState, sessions, use_realtime
from realtime_rx_reflex import visits as of_worker
from realtime_rx_reflex.asking import AppVerbs, Saying
from realtime_rx_reflex.visits import VISITS
from reflex.event import Event
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.event.processor import BaseStateEventProcessor
from reflex_base.registry import RegistrationContext

from realtime_rx import RealtimeSession
from realtime_rx.errors import ConfigurationError, NotConnectedError
from realtime_rx.ui import SessionVerbs
from realtime_rx.ui.commands import BY_APPS, BY_PAGES
from realtime_rx.ui.verbs import Delegate
from tests.bindings.test_visits import FakeTab, eventually

WEATHER = {"name": "get_weather", "description": "The weather", "parameters": {"type": "object", "properties": {}}}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="

Voice = use_realtime(
    "local",
    name="AskedVoice",
    output_modalities=("text",),
    session_config={"tools": [WEATHER]},
    on_tool_call=lambda call: None,
)
Eager = use_realtime("local", name="EagerVoice", output_modalities=("text",), autoconnect=True)


class Desk(Voice):
    """An app's own handlers."""

    seen: rx.Field[list[Any]] = rx.field(default_factory=list)

    @rx.event
    async def settle(self, words: str) -> None:
        await self.update_session(instructions=words)

    @rx.event
    async def answer(self, call_id: str) -> None:
        await self.add_tool_output(call_id, {"sky": "clear"})

    @rx.event
    async def forget(self, item_id: str) -> None:
        await self.delete_item(item_id)

    @rx.event
    async def look(self) -> None:
        self.seen = [
            self.session is sessions()[0] if sessions() else self.session,
            self.live,
            self.pending_user_transcript,
        ]

    @rx.event(background=True)
    async def settle_apart(self, words: str) -> None:
        await self.update_session(instructions=words)


class Page:
    """A page, which sends events, and what it is shown."""

    def __init__(self) -> None:
        self.tab = FakeTab()
        self.states = StateManagerMemory()
        self.processor = BaseStateEventProcessor(backend_exception_handler=lambda error: None)

    async def sends(self, kind: Any, name: str, **payload: Any) -> None:
        """That event, and wait until it was seen through. Raises what it does."""
        event = Event(name=f"{kind.get_full_name()}.{name}", router_data={"token": "tab"}, payload=payload)
        await (await self.processor.enqueue("tab", event))

    async def desk(self) -> Any:
        root = await self.states.get_state(rx.BaseStateToken(ident="tab", cls=Desk))
        return await root.get_state(Desk)


@pytest.fixture
async def page(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Page]:
    page = Page()
    monkeypatch.setattr(of_worker, "StateTab", lambda app, key: page.tab)
    with RegistrationContext.get().fork():  # each has one app
        rx.App()
        async with page.processor.configure(state_manager=page.states):
            yield page
    await VISITS.close_all()


def session() -> RealtimeSession:
    (only,) = sessions()
    return only


def test_every_verb_is_there() -> None:
    """Each verb of other bindings' hooks is an event, or for the app's handlers alone, but for what takes or gives more
    than JSON: that is the session's."""
    verbs = {name for name, verb in vars(SessionVerbs).items() if isinstance(verb, Delegate)}
    assert {name for name, verb in vars(AppVerbs).items() if isinstance(verb, Saying)} == {*BY_APPS}
    assert {*BY_PAGES} <= {*Voice.event_handlers}
    assert verbs - {*Voice.event_handlers} - {*BY_APPS} <= {"dispatch", "on_state_change", "aclose"}


def test_what_the_app_alone_may_say_is_no_event() -> None:
    """A page cannot send what changes the app's settings: these verbs are no events, and say so where used as one."""
    assert not {*BY_APPS} & {name.rpartition(".")[2] for name in RegistrationContext.get().event_handlers}
    with pytest.raises(ConfigurationError, match=r"await self.update_session\(…\) in an event of your own"):
        rx.button("Be rude", on_click=Voice.update_session)


async def test_events_are_verbs(page: Page) -> None:
    """What a page sends is done by the session: it dials, is answered, rated, asked again, silenced, and hung up."""
    await page.sends(Voice, "send_text_message", text="What is 2+2?")
    await eventually(lambda: "2+2 is 4." in [message.text for message in session().state.messages])
    for name in ("request_response", "cancel_response", "interrupt", "stop_playback", "clear_audio_buffer"):
        await page.sends(Voice, name)
    await page.sends(Voice, "disconnect")
    await eventually(lambda: session().state.status == "disconnected")
    with pytest.raises(NotConnectedError):
        await page.sends(Voice, "interrupt")


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("send_text", {"text": {"a": 1}}),
        ("approve", {"call_id": 3}),
        ("send_image", {"picture": "https://inside.example/secret.png", "text": ""}),
        ("send_image", {"picture": "data:text/html;base64,aGk=", "text": ""}),
        ("send_image", {"picture": "no base64!", "text": ""}),
        ("send_image", {"picture": PIXEL, "text": 5}),
        ("send_feedback", {"liked": "very"}),
        ("listen", {"on": 1, "hold": [], "connect": None}),
        ("hear", {"report": "loud"}),
        ("arrive", {"page": 5, "again": False}),
        ("request_response", {"instructions": "Be rude."}),
        ("connect", {"who": "me"}),
    ],
)
async def test_nonsense_ends_nothing(page: Page, name: str, payload: dict[str, Any]) -> None:
    """Arguments that no page of ours sends are an error of that event, and the conversation goes on."""
    await page.sends(Voice, "connect")
    await eventually(lambda: session().state.status == "connected")
    with pytest.raises((ConfigurationError, TypeError), match=name):
        await page.sends(Voice, name, **payload)
    assert session().state.status == "connected"
    assert session().state.error is None


async def test_settings_before_the_first_word(page: Page) -> None:
    """What a handler sets before anything was said is kept for the connection, and nothing is dialled by that; in a
    background event it is the same."""
    await page.sends(Desk, "settle", words="Be kind.")
    assert session().state.status == "disconnected"
    assert session().state.config.instructions == "Be kind."
    await page.sends(Desk, "settle_apart", words="Be brief.")
    await eventually(lambda: session().state.config.instructions == "Be brief.")


async def test_a_tool_is_answered_later(page: Page) -> None:
    """A call that no function answers waits until a handler of the app gives its output."""
    await page.sends(Voice, "send_text", text="What is the weather? Use get_weather")
    calls: Callable[[], list[Any]] = lambda: [  # noqa: E731
        part for message in session().state.messages for part in message.parts if hasattr(part, "tool_call_id")
    ]
    await eventually(lambda: calls() and calls()[0].state == "input-available")
    await page.sends(Desk, "answer", call_id=calls()[0].tool_call_id)
    await eventually(lambda: calls()[0].state == "output-available")
    assert calls()[0].output == {"sky": "clear"}


async def test_without_a_session_there_is_none_to_ask(page: Page) -> None:
    """A handler that says something to a session that is not there is told so; a page is not, and makes none by it."""
    with pytest.raises(NotConnectedError, match="delete_item"):
        await page.sends(Desk, "forget", item_id="a")
    await page.sends(Voice, "interrupt")
    assert sessions() == ()


async def test_a_handler_has_the_session_of_its_tab(page: Page) -> None:
    """``self.session`` is this tab's session, and None where there is none."""
    await page.sends(Desk, "look")
    assert (await page.desk()).seen == [None, (), None]
    await page.sends(Voice, "connect")
    await page.sends(Desk, "look")
    assert (await page.desk()).seen[0] is True


async def test_a_conversation_is_given_up(page: Page) -> None:
    """``destroy`` ends the session and empties the page; what comes next, at once, begins another."""
    await page.sends(Voice, "send_text", text="What is 2+2?")
    before = session()
    await page.sends(Voice, "destroy")
    await page.sends(Voice, "connect")
    assert session() is not before
    await eventually(lambda: session().state.status == "connected")
    assert before.task_count == 0


async def test_autoconnect_dials_when_a_page_is_there(page: Page) -> None:
    """With autoconnect a page that is there is dialled for, once: who hangs up stays so, also on the next page."""
    assert sessions() == ()
    await page.sends(Eager, "come")
    await eventually(lambda: session().state.status == "connected")
    await page.sends(Eager, "disconnect")
    await page.sends(Eager, "come")
    await eventually(lambda: session().state.status == "disconnected")


def test_autoconnect_is_asked_for_by_pages_alone() -> None:
    """The components of a class with autoconnect say that they are there, those of another do not."""
    for part in (Eager.transcript(), Eager.composer(), Eager.status_badge()):
        assert "EagerVoice.come" in str(part.event_triggers["on_mount"]).replace("eager_voice", "EagerVoice")
    assert "on_mount" not in Voice.transcript().event_triggers


def test_nothing_of_a_fast_var_is_slow() -> None:
    """The words that are being said are read of the fast class, where they are once."""
    for var in (Voice.pending_user_transcript, Voice.pending_assistant_transcript):
        assert RealtimeState.__name__ not in str(var)
        assert f"{Voice._live.get_full_name().replace('.', '__')}.live" in str(var)
    assert "total_tokens" in str(Voice.usage.total_tokens)
