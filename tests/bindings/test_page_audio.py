"""The sound of a visitor's session, without a browser: realtime_rx_nicegui.page_audio and .microphone."""

import json
from typing import Any

import pytest
from nicegui import Client, ElementFilter
from nicegui.events import GenericEventArguments, handle_event
from realtime_rx_nicegui import Microphone, Realtime, microphone, realtime_audio, use_realtime
from realtime_rx_nicegui.page_audio import BRIDGES, PageAudio

from realtime_rx.ui import PageState

from ..support.frames import CREATED
from ..support.memory import PROVIDER, Wire, connected, session_on
from ..support.waiting import becomes
from .pages import leave, site


def setup_of(client: Client) -> dict[str, Any]:
    with client:
        (element,) = ElementFilter(kind=PageAudio)
    return json.loads(element.props["setup"])


def fire(client: Client, kind: type[Any], event: str, args: Any) -> None:
    with client:
        (element,) = ElementFilter(kind=kind)
    for listener in [each for each in element._event_listeners.values() if each.type == event]:
        handle_event(listener.handler, GenericEventArguments(sender=element, client=client, args=args))


async def test_every_visitor_has_a_token_of_their_own() -> None:
    """Each session has one bridge, a reload and a new conversation bring another token, and a closed tab ends it."""
    async with site() as pages:
        views: list[Realtime] = []

        def page() -> None:
            views.append(use_realtime(PROVIDER, transport=Wire(), linger=0.01))

        first = await pages.open(page)
        token = setup_of(first)["token"]
        second = await pages.visitor.open("/")
        await becomes(lambda: views[1].session is views[0].session)
        await becomes(lambda: len(BRIDGES) == 1)
        assert setup_of(second)["token"] != token
        token = setup_of(second)["token"]
        views[1].start_over(PROVIDER, transport=Wire())
        await becomes(lambda: len(BRIDGES) == 1)
        assert setup_of(second)["token"] != token
        leave(first)
        leave(second)
        await becomes(lambda: len(BRIDGES) == 0)


@pytest.mark.parametrize("kind", ["shared", "factory", "off"])
async def test_a_session_may_have_no_sound_here(kind: str) -> None:
    """A session that somebody else made has no sound on the page, nor has one whose sound is switched off."""
    async with site() as pages:
        shared = await connected(Wire())
        views: list[Realtime] = []

        def page() -> None:
            if kind == "off":
                views.append(use_realtime(PROVIDER, transport=Wire(), audio=False))
            else:
                views.append(use_realtime(shared if kind == "shared" else lambda: session_on(Wire())))
            microphone(views[0])

        await pages.open(page)
        assert views[0].sound.state == "none"
        views[0].start_sound()
        assert len(BRIDGES) == 0
        await shared.aclose()


async def test_what_the_page_says_can_be_bound_to() -> None:
    """What the page says of its sound is a slice of the view."""
    async with site() as pages:
        views: list[Realtime] = []
        client = await pages.open(lambda: views.append(use_realtime(PROVIDER, transport=Wire())))
        assert views[0].sound == PageState()
        fire(client, PageAudio, "say", {"state": "connected", "microphone": "muted", "error": None, "message": ""})
        assert views[0].sound == PageState("connected", "muted")


async def test_capturing_asks_the_page_for_its_sound() -> None:
    """A verb that wants the microphone has the page start its sound, and so has start_sound()."""
    async with site() as pages:
        wire, views = Wire(), list[Realtime]()
        wire.say(CREATED)
        client = await pages.open(
            lambda: views.append(use_realtime(PROVIDER, transport=wire, autoconnect=True, linger=0.01))
        )
        with client:
            (element,) = ElementFilter(kind=PageAudio)
        await becomes(lambda: views[0].is_connected)
        assert "asked" not in element.props
        views[0].start_audio_capture()
        await becomes(lambda: element.props.get("asked") == 1)
        views[0].start_sound()
        assert element.props["asked"] == 2


async def test_the_button_says_what_it_is_for() -> None:
    """The button is blocked without a connection unless it may dial, says when the model listens, and may be held."""
    async with site() as pages:
        wire, views, buttons = Wire(), list[Realtime](), list[Microphone]()

        def page() -> None:
            views.append(use_realtime(PROVIDER, transport=wire))
            buttons.extend((microphone(views[0]), microphone(views[0], connect_on_start=True, push_to_talk=True)))
            realtime_audio(views[0], words={"name": "Ton"})

        await pages.open(page)
        plain, dialling = buttons
        assert "blocked" in plain.props
        assert "blocked" not in dialling.props
        assert (plain.push_to_talk, dialling.push_to_talk) == (False, True)
        wire.say(CREATED)
        views[0].connect()
        await becomes(lambda: "blocked" not in plain.props)
        views[0].start_audio_capture()
        await becomes(lambda: "capturing" in plain.props)
        views[0].stop_audio_capture()
        await becomes(lambda: "capturing" not in plain.props)
        assert pages.raised == []


async def test_pressing_without_a_connection_is_told_to_the_page() -> None:
    """A press that cannot be obeyed goes where the errors of a page go."""
    async with site() as pages:

        def page() -> None:
            microphone(use_realtime(PROVIDER, transport=Wire()))

        client = await pages.open(page)
        fire(client, Microphone, "press", True)
        assert [str(error) for error in pages.raised] == [
            "start_audio_capture needs a connection: call connect() first"
        ]
