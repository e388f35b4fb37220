"""The page's sound as components: realtime_rx_reflex.elements."""

from typing import Any

import pytest
import reflex as rx
from realtime_rx_reflex import RealtimePlugin, elements, use_realtime

from realtime_rx.errors import ConfigurationError

Voice: Any = use_realtime("local", name="SoundVoice")


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> rx.Config:
    config = rx.Config(app_name="app", plugins=[RealtimePlugin()], frontend_path="/below")
    monkeypatch.setattr(elements, "get_config", lambda: config)
    return config


def test_the_sound_is_mounted_by_name(config: rx.Config) -> None:
    """The invisible component has the name of the state class, its ticket, and the modules' address on this site."""
    shown = str(Voice.audio())
    assert f'name:"{Voice.get_full_name()}"' in shown
    assert "ticket:" in shown
    assert "/below/_realtime_rx/ui/elements.js" in shown
    assert all(verb in shown for verb in ("onArrive", "onSay"))


def test_an_app_without_the_plugin_is_told(config: rx.Config) -> None:
    """Without the plugin there would be no modules and no sockets: that is said where the page is made."""
    config.plugins = []
    with pytest.raises(ConfigurationError, match="RealtimePlugin"):
        Voice.audio()


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("microphone", "microphone"),
        ("realtime_audio", "switch"),
        ("mute_button", "switch"),
        ("sound_menu", "sound-menu"),
        ("level_meter", "level"),
        ("waveform", "wave"),
    ],
)
def test_each_element_shows_this_sound(name: str, tag: str) -> None:
    """Every element is a method of the class, and shows the sound of that name."""
    shown = str(getattr(Voice, name)())
    assert f'element:"realtime-rx-{tag}"' in shown
    assert f'sound:"{Voice.get_full_name()}"' in shown


def test_the_microphone_is_blocked_without_a_connection() -> None:
    """The button waits for a connection, unless it may make one; and it is held where it is told so."""
    assert "status" in str(Voice.microphone()).partition("capturing")[0]
    assert "blocked:false" in str(Voice.microphone(connect_on_start=True))
    assert "talk:false" in str(Voice.microphone())
    assert "talk:true" in str(Voice.microphone(push_to_talk=True))
