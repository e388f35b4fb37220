"""The session as a Parameterized: realtime_rx_panel.view, outside any server."""

import importlib
import inspect
import pkgutil
import subprocess
import sys
import threading
from collections.abc import Iterator

import panel as pn
import param
import pytest
import realtime_rx_panel
from realtime_rx_panel import Realtime, sessions, status_badge, use_realtime

from realtime_rx import ConfigurationError, SessionState

from .apps import begin, connected, eventually, private, say

WITHOUT_PANEL = "import sys; sys.modules['panel'] = None; import realtime_rx_panel"


@pytest.fixture
def rt() -> Iterator[Realtime]:
    rt = use_realtime(private)
    yield rt
    rt.session.aclose().wait(10)
    rt.dispose()


def test_parameters_are_read_only(rt: Realtime) -> None:
    """What the state says cannot be set by a page."""
    with pytest.raises(TypeError, match="'status'"):
        rt.status = "connected"


def test_one_view_opens_no_other(rt: Realtime) -> None:
    """While one visitor's parameters are written, those of another stay constant."""
    other = use_realtime(rt.session)
    with param.edit_constant(rt), pytest.raises(TypeError, match="'mode'"):
        other.mode = "thinking"
    other.dispose()


def test_a_page_is_updated_less_often_than_elsewhere() -> None:
    """Unless a page asks for more, it is updated 20 times a second, as each time costs Bokeh much."""
    assert inspect.signature(use_realtime).parameters["max_hz"].default == 20.0


def test_watchers_find_constants(rt: Realtime) -> None:
    """When a watcher of a parameter runs, the parameters are constant again."""
    raised: list[TypeError] = []

    def meddle(_: object) -> None:
        try:
            rt.status = "error"
        except TypeError as error:
            raised.append(error)

    rt.param.watch(meddle, "messages")
    begin(rt.session)
    eventually(lambda: raised)


def test_every_idiom_of_panel_follows(rt: Realtime) -> None:
    """References to parameters, bound functions, expressions and dependent methods all follow the state."""

    class App(pn.viewable.Viewer):
        rt = param.ClassSelector(class_=Realtime)
        seen = param.List()

        @param.depends("rt.messages", watch=True)
        def note(self) -> None:
            self.seen = [message.id for message in self.rt.messages]

    app = App(rt=rt)
    status = pn.pane.Str(rt.param.status)
    bound = pn.pane.Str(
        pn.bind(lambda status, messages: f"{status} {len(messages)}", rt.param.status, rt.param.messages)
    )
    texts = pn.pane.Str(rt.rx(lambda state: "".join(message.text for message in state.messages)))
    begin(rt.session)
    say(rt.session, "Hello")
    eventually(lambda: (status.object, bound.object, texts.object) == ("disconnected", "disconnected 1", "Hello"))
    assert app.seen == ["a"]


def test_all_slices_of_the_state_are_there(rt: Realtime) -> None:
    """Each parameter is what the state has under its name."""
    begin(rt.session, text="Hi")
    eventually(lambda: rt.messages)
    state = rt.session.state
    assert rt.state is state
    for name in {*rt.param} & {*SessionState.__struct_fields__}:
        assert getattr(rt, name) == getattr(state, name)
    assert (rt.is_connected, rt.pending_assistant_transcript) == (False, state.pending_assistant_transcript)


def test_a_flood_from_many_threads_is_brought_down(rt: Realtime) -> None:
    """Two thousand deltas from four threads are a few updates, and the last text is exact."""
    begin(rt.session)
    shown: list[str] = []
    rt.param.watch(lambda event: shown.append(event.new[0].text), "messages")
    threads = [threading.Thread(target=lambda: [say(rt.session, "x") for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    eventually(lambda: shown and shown[-1] == "x" * 2_000)
    assert len(shown) < 200


def test_a_watcher_that_raises_is_reported(rt: Realtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of a page's own callback goes to Panel's exception handler, and the updates go on."""
    raised: list[Exception] = []
    monkeypatch.setattr(pn.config, "exception_handler", raised.append)
    rt.param.watch(lambda _: 1 / 0, "messages")
    begin(rt.session)
    eventually(lambda: len(raised) == 1)
    begin(rt.session, "b")
    eventually(lambda: len(raised) == 2 and len(rt.messages) == 2)


def test_a_script_needs_no_server() -> None:
    """In a script or a notebook the session connects at once, talks, and ends when it is closed."""
    said: list[str] = []
    rt = use_realtime("local", autoconnect=True, output_modalities=("text",), on_message=lambda m: said.append(m.role))
    connected(rt)
    rt.send_text_message("What is 2+2?")
    eventually(lambda: rt.messages and rt.messages[-1].text == "2+2 is 4." and "assistant" in said)
    assert rt.session in sessions()
    rt.session.aclose().wait(10)
    eventually(lambda: rt.session not in sessions() and rt.status == "disconnected")


def test_a_notebook_shows_it(rt: Realtime) -> None:
    """Where there is no server, what is shown follows the session, and the button for sound brings the sound along."""
    shown = pn.Column(rt, rt.audio())
    root = shown.get_root()
    begin(rt.session, text="Hello")
    (feed,) = shown.select(pn.chat.ChatFeed)
    eventually(lambda: len(feed.objects) == 1)
    assert rt.page in shown.select()
    shown._cleanup(root)


def test_a_disposed_view_follows_no_longer(rt: Realtime) -> None:
    """After dispose(), which may be called twice, a view stays as it is and the session goes on."""
    rt.dispose()
    rt.dispose()
    begin(rt.session)
    other = use_realtime(rt.session)
    assert (len(rt.messages), len(other.messages)) == (0, 1)
    other.dispose()


def test_a_session_brings_its_own_options(rt: Realtime) -> None:
    """Options beside a session or a factory are refused."""
    with pytest.raises(ConfigurationError, match="voice"):
        use_realtime(rt.session, voice="marin")


def test_the_badge_says_what_goes_on(rt: Realtime) -> None:
    """The badge has the status in words."""
    badge = status_badge(rt)
    rt.connect()
    eventually(lambda: "Connected" in badge.object)


def test_public_names_are_there() -> None:
    """Every name in an `__all__` of the binding can be imported."""
    for info in pkgutil.iter_modules(realtime_rx_panel.__path__, "realtime_rx_panel."):
        module = importlib.import_module(info.name)
        assert [name for name in getattr(module, "__all__", ()) if not hasattr(module, name)] == []


def test_without_panel_it_says_what_to_install() -> None:
    """Importing the binding without Panel is an ImportError whose one line names the extra to install."""
    run = subprocess.run([sys.executable, "-c", WITHOUT_PANEL], capture_output=True, text=True, check=False)
    *_, last = run.stderr.strip().splitlines()
    assert last == 'ImportError: realtime_rx_panel needs Panel: pip install "realtime-rx[panel]"'
