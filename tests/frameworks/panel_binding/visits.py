"""An app that is served here, and visitors without a browser: over Bokeh's own client."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import panel as pn
from bokeh.client import pull_session
from panel.tests.util import serve_and_wait
from realtime_rx_panel import ROUTES, Realtime, hook, use_realtime

from .apps import eventually, private

SOON = {"check_unused_sessions_milliseconds": 200, "unused_session_lifetime_milliseconds": 200}
LINGER = 0.2


class Server:
    """An app, and what each visitor got."""

    def __init__(self, source: Any = private, **options: Any) -> None:
        self.source, self.options = source, {"linger": LINGER, **options}
        self.views: list[Realtime] = []
        self.documents: list[Any] = []

    def app(self) -> Any:
        rt = use_realtime(self.source, **self.options)
        self.views.append(rt)
        self.documents.append(pn.state.curdoc)
        return pn.Column(pn.pane.Str(rt.param.status), rt.chat())

    def serve(self) -> int:
        """The port."""
        return serve_and_wait(self.app, extra_patterns=ROUTES, **SOON)

    @contextmanager
    def visit(self, port: int, tab: str = "") -> Iterator[Realtime]:
        """A visitor, whose browser says which tab it is where that is given."""
        visitor = pull_session(url=f"http://localhost:{port}")
        document, rt = self.documents[-1], self.views[-1]
        document.add_next_tick_callback(lambda: pn.state._on_load(document))  # as a browser has it done
        if tab:
            page_says(rt, document, tab=tab)
        try:
            yield rt
        finally:
            visitor.close()


def page_says(rt: Realtime, document: Any, **said: Any) -> None:
    """As the page's script says it; returns when it was heard."""
    heard: list[bool] = []
    document.add_next_tick_callback(called_with(rt, said, heard))
    eventually(lambda: heard)


def called_with(rt: Realtime, said: dict[str, Any], heard: list[bool]) -> Callable[[], None]:
    def call() -> None:
        rt.page._handle_msg(said)
        heard.append(True)

    return call


def forget() -> None:
    """Nobody comes back: what waits for a reload need not."""
    for keeper in hook.KEEPERS._keepers.values():
        for key in [*keeper._leases]:
            keeper.drop(key)
