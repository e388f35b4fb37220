"""Panel's widgets, by what their parameters are called: Panel 1.9 gave two of them other names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn

__all__ = ["button", "called", "primary"]

LABEL, COLOR = ("label", "color") if "label" in pn.widgets.Button.param else ("name", "button_type")


def called(label: Any) -> dict[str, Any]:
    """The parameters of a widget with this label."""
    return {LABEL: label}


def primary() -> dict[str, Any]:
    """Those of a widget that stands out."""
    return {COLOR: "primary"}


def button(label: Any, on_click: Callable[[Any], object], **params: Any) -> pn.widgets.Button:
    return pn.widgets.Button(on_click=on_click, **called(label), **params)
