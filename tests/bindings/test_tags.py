"""The elements of a page's sound as tags: realtime_rx.ui.tags."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from realtime_rx.ui import STATIC, tags

MAKERS = (
    *(tags.microphone, tags.realtime_audio, tags.mute_button),
    *(tags.sound_menu, tags.level_meter, tags.waveform),
)


@pytest.mark.parametrize("make", MAKERS)
def test_the_page_knows_each_tag(make: Callable[[], tags.Tag]) -> None:
    """Each tag is one that the page's modules define."""
    script = "".join(path.read_text("utf-8") for path in Path(STATIC).glob("*.js"))
    assert f'"{make().name}"' in script


def test_words_can_be_others() -> None:
    """The words of an element are ours but for those that the page brings."""
    words = json.loads(tags.mute_button({"on": "Hush"}).attributes["words"])
    assert (words["on"], words["off"]) == ("Hush", "Unmute the microphone")


def test_a_meter_says_what_it_measures() -> None:
    """A level meter is named after what it shows, unless the page names it."""
    assert tags.level_meter("output").attributes == {"of": "output", "label": "Speaker level"}
    assert tags.level_meter(label="You").attributes["label"] == "You"


def test_the_switches_are_told_apart() -> None:
    """The button for the sound and the one for the microphone are one element, of two things."""
    assert (tags.realtime_audio().attributes["of"], tags.mute_button().attributes["of"]) == ("speaker", "microphone")


def test_a_tag_is_placed_by_its_framework() -> None:
    """What a tag is told beside its own attributes is for the framework that puts it on a page, in its own words."""
    waveform = tags.placed(tags.waveform, lambda page, tag: (page, tag))
    page, tag = waveform("page", "input", width=200)
    assert (page, tag.attributes["of"], tag.look) == ("page", "input", {"width": 200})
    assert "width" not in tag.attributes
    assert waveform.__doc__ == tags.waveform.__doc__


def test_a_button_to_talk_by_says_what_it_does() -> None:
    """What the button does is no attribute of its tag: the page sets those."""
    tag = tags.microphone({"idle": {"label": "Speak"}}, push_to_talk=True)
    assert (tag.push_to_talk, tag.connect_on_start) == (True, False)
    assert set(tag.attributes) == {"words"}
    assert json.loads(tag.attributes["words"])["idle"] == {"label": "Speak"}
