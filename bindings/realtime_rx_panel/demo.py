"""The demo: ``python -m realtime_rx_panel``."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import panel as pn

from realtime_rx.state import SessionState
from realtime_rx.ui import choices, connect_words, hang_up_or_dial, spent, waited
from realtime_rx.ui.samples import SUGGESTIONS
from realtime_rx_panel.chat import Chat
from realtime_rx_panel.error_alert import error_alert
from realtime_rx_panel.hook import use_realtime
from realtime_rx_panel.microphone import Microphone, mute_button, realtime_audio, sound_menu, waveform
from realtime_rx_panel.routes import ROUTES
from realtime_rx_panel.status_badge import status_badge
from realtime_rx_panel.view import Realtime
from realtime_rx_panel.widgets import button, primary

__all__ = ["demo", "serve"]

CHOSEN = ":host(.outline) .bk-btn-group .bk-btn.bk-btn-primary.bk-active { color: #fff; }"
"""Panel's design has the chosen one's letters dark on blue."""
PUSH = "Push to talk"


class Fast(pn.theme.Fast):
    """Panel's, without the font that it has every visitor fetch from Google: a page waits for that."""

    _resources: ClassVar[dict[str, dict[str, str]]] = {**pn.theme.Fast._resources, "font": {}}


def demo(*, linger: float = 30.0) -> pn.template.FastListTemplate:
    """One conversation with the embedded provider. Nothing is dialled before the visitor connects, writes or talks."""
    rt = use_realtime(choices.DEFAULT, linger=linger, **choices.options())
    choices.begin(rt)
    return page(rt)


def page(rt: Realtime) -> pn.template.FastListTemplate:
    """All that there is to see, to write, to say and to choose."""
    talk = rt.microphone(connect_on_start=True, align="center")
    chat = rt.chat(tools=(talk,))
    chips = [button(text, partial(ask, chat, text)) for text in SUGGESTIONS]
    foot = pn.FlexBox(*settings(rt, talk), sound_strip(rt), align_items="center")
    return pn.template.FastListTemplate(
        title="realtime-rx",
        design=Fast,
        header=[pn.Row(status_badge(rt), connect_button(rt))],
        main=[pn.Column(error_alert(rt), chat, pn.FlexBox(*chips), foot, sizing_mode="stretch_both", min_height=560)],
        main_layout=None,
        theme_toggle=True,
    )


def ask(chat: Chat, text: str, _: object) -> None:
    chat.send(text)


def connect_button(rt: Realtime) -> pn.widgets.Button:
    return button(rt.rx(connect_words), lambda _: hang_up_or_dial(rt.session))


def settings(rt: Realtime, talk: Microphone) -> tuple[pn.viewable.Viewable, ...]:
    """How the model answers, who says that a turn is over, and what it all took."""
    outputs = {words: modality for modality, words in choices.OUTPUTS.items()}
    output = pn.widgets.RadioButtonGroup(options=outputs, button_style="outline", stylesheets=[CHOSEN], **primary())
    output.param.watch(lambda event: choices.answer_by(rt, event.new), "value")
    rt.watch(lambda state: choices.modality_of(state.config), lambda modality: output.param.update(value=modality))
    push = pn.widgets.CheckBoxGroup(options=[PUSH])  # a Checkbox does not say to a screen reader what it is
    push.param.watch(lambda event: choices.hold_to_talk(rt, talk, bool(event.new)), "value")
    rt.watch(
        lambda state: choices.is_push_to_talk(state.config), lambda pushes: push.param.update(value=[PUSH] * pushes)
    )
    return output, push, pn.pane.HTML(rt.rx(took), styles={"opacity": "0.7"})


def sound_strip(rt: Realtime) -> pn.viewable.Viewable:
    """What is heard and said, and what there is to do about it, while the page has its sound on."""
    wave = waveform(rt, width=200, align="center")
    is_on = rt.param.sound.rx().is_on
    return pn.Row(mute_button(rt), wave, realtime_audio(rt), sound_menu(rt), visible=is_on)


def took(state: SessionState) -> str:
    return " · ".join(filter(None, (spent(state.usage), waited(state.latency))))


def serve(*, host: str, port: int, show: bool) -> None:
    """Serve the page until the process is told to stop."""
    origins = [f"{host}:{port}", f"localhost:{port}"]
    pn.serve(
        demo, address=host, port=port, show=show, title="realtime-rx", websocket_origin=origins, extra_patterns=ROUTES
    )
