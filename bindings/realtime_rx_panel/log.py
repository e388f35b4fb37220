"""A box that stays at its end."""

from __future__ import annotations

from typing import Any, ClassVar

import panel as pn

from realtime_rx_panel.page_audio import STATIC

__all__ = ["Log"]


class Log(pn.custom.JSComponent):
    """Shows the end of its content while that grows, unless one has scrolled up to read.

    Panel's own feed does that with a message to the page for each update, and the page answers with two.
    """

    content: Any = pn.custom.Child()

    _esm = STATIC / "log.js"
    # As text: Panel serves no file of another package's.
    _stylesheets: ClassVar[list[Any]] = [(STATIC / "log.css").read_text("utf-8")]
