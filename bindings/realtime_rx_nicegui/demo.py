"""The demo, ``python -m realtime_rx_nicegui``: one conversation, everything that the binding offers, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from realtime_rx.session import RealtimeSession
from realtime_rx.ui import choices, connect_words, hang_up_or_dial, is_gone, spent, waited
from realtime_rx.ui.samples import SUGGESTIONS
from realtime_rx_nicegui import host as nicegui
from realtime_rx_nicegui.assets import STATIC
from realtime_rx_nicegui.composer import composer
from realtime_rx_nicegui.error_banner import error_banner
from realtime_rx_nicegui.events_inspector import events_inspector
from realtime_rx_nicegui.hook import use_realtime
from realtime_rx_nicegui.microphone import Microphone, microphone, mute_button, realtime_audio, sound_menu, waveform
from realtime_rx_nicegui.status_badge import status_badge
from realtime_rx_nicegui.transcript import transcript
from realtime_rx_nicegui.view import Realtime

__all__ = ["build", "serve"]

THEMES: dict[bool | None, tuple[str, str, bool | None]] = {
    None: ("contrast", "Theme: as the system's", True),
    True: ("o_dark_mode", "Theme: dark", False),
    False: ("o_light_mode", "Theme: light", None),
}
"""Each theme's icon and title, and the theme that comes after it."""


def serve(*, host: str, port: int, show: bool) -> None:
    """Serve the page until the process is told to stop."""

    @ui.page("/", title="realtime-rx", dark=None, reconnect_timeout=10.0)
    def page() -> None:  # pyright: ignore[reportUnusedFunction]
        build()

    nicegui.serve(host=host, port=port, show=show, title="realtime-rx", favicon=STATIC / "mark.svg")


def build(*, linger: float = 30.0) -> Realtime:
    """Build the page for one visitor. Nothing is dialled before they connect, write or talk."""
    ui.add_css(STATIC / "demo.css")
    rt = use_realtime(choices.DEFAULT, linger=linger, **choices.options())
    choices.begin(rt)
    drawer = events_drawer(rt)
    header(rt, drawer)
    with ui.element("main").classes("rt-demo"):
        error_banner(rt)
        with ui.element("div").classes("rt-demo-talk"):
            transcript(rt)
            welcome(rt)
        with ui.element("div").classes("rt-demo-foot"):
            chips = ui.element("div").classes("rt-demo-chips").props('role=group aria-label="Suggestions"')
            sound_strip(rt)
            box = composer(rt, connect_on_send=True)
            with box.tools:
                talk = microphone(rt, connect_on_start=True)
            with chips:
                for text in SUGGESTIONS:
                    ui.button(text, on_click=partial(box.send, text), color=None).props("flat no-caps dense")
            settings(rt, talk)
    return rt


def header(rt: Realtime, drawer: ui.right_drawer) -> None:
    with ui.header().classes("rt-demo-header"):
        ui.html((STATIC / "mark.svg").read_text(), sanitize=False).classes("rt-demo-mark")
        ui.label("realtime-rx").classes("rt-demo-name")
        status_badge(rt)
        ui.space()
        connect_button(rt)
        icon_button("o_add_comment", "New conversation", lambda: start_over(rt))
        icon_button("data_object", "Events", drawer.toggle)
        theme_button()


def icon_button(icon: str, title: str, on_click: Callable[[], Any]) -> ui.button:
    button = ui.button(icon=icon, on_click=on_click, color=None).props("flat round dense").classes("rt-demo-icon")
    button.props["aria-label"] = button.props["title"] = title
    return button


def connect_button(rt: Realtime) -> None:
    button = ui.button(on_click=lambda: hang_up_or_dial(rt.session), color=None).props("unelevated no-caps dense")
    button.classes("rt-demo-connect").bind_text_from(rt, "state", connect_words)
    rt.watch(lambda state: state.status, lambda status: button.props(f"data-status={status}"))


def theme_button() -> None:
    dark = ui.dark_mode(None)
    button = icon_button("", "", lambda: dark.set_value(THEMES[dark.value][2]))

    def show(theme: bool | None) -> None:
        icon, title, _ = THEMES[theme]
        button.icon = icon
        button.props["aria-label"] = button.props["title"] = title
        button.update()

    dark.on_value_change(lambda event: show(event.value))
    show(dark.value)


def welcome(rt: Realtime) -> None:
    """What there is to read before anything is said."""
    with ui.element("div").classes("rt-demo-welcome") as box:
        ui.html((STATIC / "mark.svg").read_text(), sanitize=False).classes("rt-demo-mark")
        ui.label("Talk to a realtime model").classes("rt-demo-title")
        ui.label(
            "Every message, tool call and event on this page comes from one immutable state. "
            "The embedded model runs on this machine: no key, no network."
        ).classes("rt-demo-lead")
        rt.watch(lambda state: not state.messages, box.set_visibility)


def sound_strip(rt: Realtime) -> None:
    """What is heard and said, and what there is to do about it, while the page has its sound on."""
    with ui.element("div").classes("rt-demo-sound") as strip:
        mute_button(rt)
        waveform(rt)
        realtime_audio(rt)
        sound_menu(rt)
    strip.bind_visibility_from(rt, "sound", lambda sound: sound.is_on)


def settings(rt: Realtime, talk: Microphone) -> None:
    with ui.element("div").classes("rt-demo-settings"):
        model = ui.select(choices.models(), value=choices.DEFAULT, on_change=lambda event: choose_model(rt, event))
        model.props('dense borderless options-dense aria-label="Model"').classes("rt-demo-model")
        model.bind_value_from(rt, "session", model_of)
        outputs = dict(choices.OUTPUTS)
        output = ui.toggle(outputs, value="text", on_change=lambda event: choices.answer_by(rt, event.value))
        output.props("dense flat no-caps unelevated toggle-color=rt-chosen").classes("rt-demo-output")
        output.props["aria-label"] = "Output"
        output.props["title"] = "Whether the model writes or speaks. Its voice begins with your first click."
        rt.watch(lambda state: choices.modality_of(state.config), output.set_value, immediate=False)
        push = ui.checkbox("Push to talk", on_change=lambda event: choices.hold_to_talk(rt, talk, bool(event.value)))
        push.props("dense").classes("rt-demo-push")
        rt.watch(lambda state: choices.is_push_to_talk(state.config), push.set_value)
        with ui.element("div").classes("rt-demo-usage"):
            ui.label().bind_text_from(rt, "usage", spent)
            latency = ui.label().classes("rt-demo-latency")
            rt.watch(lambda state: waited(state.latency), latency.set_text)


def model_of(session: RealtimeSession) -> str:
    return choices.choice_of(session.provider)


def choose_model(rt: Realtime, event: ValueChangeEventArguments[Any]) -> None:
    if event.value != model_of(rt.session):
        start_over(rt, str(event.value))


def start_over(rt: Realtime, model: str | None = None) -> None:
    """A new conversation, connected if this one is."""
    before = rt.session.state
    rt.start_over(model or model_of(rt.session), **choices.options())
    rt.update_session(**choices.chosen(before.config))
    if not is_gone(before):
        rt.connect()


def events_drawer(rt: Realtime) -> ui.right_drawer:
    with ui.right_drawer().props("width=400 breakpoint=1100").classes("rt-demo-events") as drawer:
        with ui.element("div").classes("rt-demo-events-head"):
            ui.label("Events").classes("rt-demo-events-title")
            icon_button("close", "Close the events", drawer.hide)
        inspector = events_inspector(rt, active=False)
    drawer.on_value_change(lambda event: setattr(inspector, "active", bool(event.value)))
    return drawer
