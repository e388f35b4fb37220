"""What the plugin gives an app: realtime_rx_reflex.plugin."""

from pathlib import Path

from realtime_rx_reflex import RealtimePlugin

from realtime_rx.audio.bridge import STATIC as BRIDGE
from realtime_rx.ui import STATIC as UI


def test_the_modules_are_served_as_they_are() -> None:
    """Every module of the page's sound is among the app's static files, as it is in the library, side by side."""
    assets = dict(RealtimePlugin().get_static_assets())
    for name, folder in (("ui", UI), ("bridge", BRIDGE)):
        modules = sorted(folder.glob("*.js"))
        assert modules
        for module in modules:
            assert assets[Path("public/_realtime_rx", name, module.name)] == module.read_text("utf-8")


def test_the_style_sheet_is_the_elements() -> None:
    """The style sheet that the plugin names is one that it brings: the elements', in the colours of the theme."""
    assets = dict(RealtimePlugin().get_static_assets())
    (sheet,) = RealtimePlugin().get_stylesheet_paths()
    style = str(assets[Path("styles", sheet)])
    assert style.startswith((UI / "elements.css").read_text("utf-8"))
    assert "--rt-accent: var(--accent-9)" in style
