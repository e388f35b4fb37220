"""The components, of Reflex's own look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import reflex as rx

from realtime_rx.ui import WRITE

if TYPE_CHECKING:
    from realtime_rx_reflex.state import RealtimeState

__all__ = ["composer", "error_callout", "status_badge", "transcript"]

COLORS = (("connected", "green"), ("connecting", "amber"), ("reconnecting", "amber"), ("error", "red"), "gray")


def transcript(voice: type[RealtimeState], **props: Any) -> rx.Component:
    def row(message: Any) -> rx.Component:
        return message_row(voice, message)

    rows = rx.foreach(voice.messages, row), rx.foreach(voice.live, row)
    look = {"width": "100%", "flex": "1", "min_height": "0", "overflow_y": "auto", "role": "log"}
    return rx.auto_scroll(
        rx.flex(*rows, direction="column", spacing="3"), **{**look, **apart(voice), **coming(voice), **props}
    )


def apart(voice: Any) -> dict[str, Any]:
    """What has Reflex render what grows without what is settled: with a key it makes a component of each list. It
    scrolls when it is rendered itself, so it has something of both classes."""
    counts = {"data-settled": voice.messages.length(), "data-growing": voice.live.length()}
    return {"key": "transcript", "custom_attrs": counts}


def coming(voice: type[RealtimeState]) -> dict[str, Any]:
    """What has a page that is there say so, where its session is then to be dialled. One with sound does anyway."""
    return {"on_mount": voice.come} if voice._terms.autoconnect else {}  # pyright: ignore[reportPrivateUsage]


def message_row(voice: type[RealtimeState], message: Any) -> rx.Component:
    mine = message.role == "user"
    return rx.box(
        rx.text(message.name, size="1", color_scheme="gray"),
        rx.cond(message.text != "", rx.text(message.text, white_space="pre-wrap", overflow_wrap="anywhere")),
        rx.foreach(message.pictures, picture),
        rx.foreach(message.tools, lambda tool: tool_row(voice, tool)),
        rx.cond(message.note != "", rx.text(message.note, size="1", color_scheme="gray", font_style="italic")),
        key=message.id,
        class_name="rt-message",
        role="article",
        custom_attrs={"aria-label": message.name},
        max_width="85%",
        align_self=rx.cond(mine, "flex-end", "flex-start"),
        background=rx.cond(mine, "var(--accent-3)", "var(--gray-3)"),
        border_radius="12px",
        padding="8px 14px",
    )


def picture(url: Any) -> rx.Component:
    return rx.image(src=url, alt="A picture of the conversation", max_width="100%", border_radius="8px")


def tool_row(voice: type[RealtimeState], tool: Any) -> rx.Component:
    question = rx.hstack(
        rx.button("Allow", size="1", type="button", on_click=voice.approve(tool.id)),
        rx.button("Reject", size="1", type="button", variant="soft", on_click=voice.reject(tool.id)),
        margin_top="6px",
    )
    outcome = rx.text(tool.verdict, ": ", tool.outcome, size="1", white_space="pre-wrap", color_scheme="gray")
    return rx.box(
        rx.hstack(rx.code(tool.title), rx.text(tool.detail, size="2"), wrap="wrap", spacing="2"),
        rx.cond(tool.verdict != "", outcome),
        rx.cond(tool.asks, question),
        key=tool.id,
        class_name="rt-tool",
        role="group",
        custom_attrs={"aria-label": tool.title},
    )


def composer(voice: type[RealtimeState], *, placeholder: str = WRITE, **props: Any) -> rx.Component:
    named = {"aria-label": placeholder, "autoComplete": "off"}  # Reflex 0.10.0's auto_complete takes no words
    box = rx.input(name="text", placeholder=placeholder, custom_attrs=named, size="3", flex="1")
    stop = rx.button("Interrupt", type="button", variant="soft", size="3", on_click=voice.interrupt)
    row = rx.hstack(box, rx.cond(voice.answering, stop), rx.button("Send", type="submit", size="3"), width="100%")
    # Until the page's script is there a form goes to an address that has the words in it; one of a dialog goes nowhere.
    return rx.form(
        row,
        on_submit=voice.submit,
        reset_on_submit=True,
        method="dialog",
        **{"width": "100%", **coming(voice), **props},
    )


def status_badge(voice: type[RealtimeState], **props: Any) -> rx.Component:
    color = rx.match(voice.status, *COLORS)
    look = {"color_scheme": color, "size": "2", "radius": "full", "role": "status", **coming(voice)}
    return rx.badge(voice.summary, **{**look, **props})


def error_callout(voice: type[RealtimeState], **props: Any) -> rx.Component:
    words = rx.text(voice.error, " ", voice.advice, as_="span")
    words = rx.callout(words, color_scheme="red", role="alert", width="100%")
    return rx.cond(voice.error != "", rx.box(words, **{"width": "100%", **props}))
