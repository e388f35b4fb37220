"""A spoken conversation, in every framework: in a Chromium whose microphone hears a file."""

from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import expect

from ...local.spoken import say, silence
from ..listening import RATE, written
from .guests import App
from .talking import Conversation, converse

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SPOKEN = b"".join((say("Count to five", after_ms=5200), say("Count to thirty", after_ms=2600), say("Count to three")))
COUNTED = "1, 2, 3, 4, 5."
SECOND_OF_SOUND = 2 * RATE
"""Bytes."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def conversation(app: App, tmp_path_factory: pytest.TempPathFactory) -> Conversation:
    """Three turns, the second of which is spoken over."""
    path = written(tmp_path_factory.mktemp("voice") / "spoken.wav", SPOKEN + silence(60_000))
    return await converse(app, path, 3, "1, 2, 3.")


async def test_what_is_said_becomes_a_conversation(conversation: Conversation) -> None:
    """One click and a visitor talks: their words and the answers are messages, word for word."""
    words = conversation.words
    assert words[:3] == ["Count to five", COUNTED, "Count to thirty"]
    assert words[3].startswith("1, 2, 3, 4,")
    assert words[4:] == ["Count to three", "1, 2, 3."]


async def test_what_is_said_is_shown(conversation: Conversation) -> None:
    """The page shows what was said, each on its side, and which answer was interrupted."""
    for said, shown in zip(("Count to five", "Count to thirty", "Count to three"), conversation.own, strict=True):
        assert said in shown
    for said, shown in zip((COUNTED, "Interrupted after", "1, 2, 3."), conversation.answers, strict=True):
        assert said in shown


async def test_the_answer_is_heard_as_it_was_sent(conversation: Conversation) -> None:
    """What comes out of the page's playback is the answer: its samples in order, without a gap."""
    (_, first), *_ = conversation.replies()
    likeness, gaps = conversation.heard.by_piece(first)
    print(f"likeness {np.mean(likeness):.3f}, longest gap {max(gaps):.1f} ms of {len(first) / RATE:.1f} s")
    assert np.mean(likeness) > 0.9
    assert len(gaps) >= 5
    assert sorted(gaps)[-2] <= 20  # one stall is a busy machine's
    assert max(gaps) <= 200


async def test_speech_over_the_answer_silences_it(conversation: Conversation) -> None:
    """An interruption silences the page at once, and the model is told once, and truly, what was heard."""
    (cut,) = conversation.barge_ins()
    print(f"silent after {cut.silent:.0f} ms; told {cut.told:.0f} ms of {cut.output:.0f} ms that were output")
    _, (item, _), _ = conversation.replies()
    assert [truncated for truncated, _ in conversation.log["truncated"]] == [item]
    # That is one look, and a machine may stall in it: the bounds tell it from a page that plays on what it has, which
    # is 600 ms. tests/peers/test_page_voice.py takes the median of ten.
    assert cut.silent <= 300
    assert abs(cut.told - cut.output) <= 200
    assert [interrupted for *_, interrupted in conversation.log["messages"]] == [False] * 3 + [True] + [False] * 2


async def test_sound_has_a_socket_of_its_own(conversation: Conversation, app: App) -> None:
    """The socket by which the page is told what it shows carries no bytes, and as text a fraction of the sound that was
    said and heard: that has the one other socket."""
    replies = sum(2 * len(pcm) for _, pcm in conversation.replies())
    sound = replies + 2 * len(conversation.heard.samples)
    print(f"{conversation.page.text:,} characters of the page's, {sound:,} bytes of sound")
    assert conversation.sockets == ["/_realtime_rx/sound"]
    assert conversation.page.binary == 0
    assert len(conversation.heard.samples) > 10 * RATE
    assert 0 < conversation.page.text < (sound / 10 if app.framework == "panel" else 2 * SECOND_OF_SOUND)


async def test_who_talked_and_left_leaves_nothing(conversation: Conversation, app: App) -> None:
    """When a visitor who talked has closed their tab, no session, task, subscription or token of theirs is left."""
    assert conversation.words
    await app.nobody_is_left()


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is said once, a while after the microphone was opened."""
    path = tmp_path_factory.mktemp("asked") / "asked.wav"
    return written(path, silence(800) + say("Count to seven") + silence(60_000))


async def test_a_button_is_held_to_talk(app: App, asked: Path) -> None:
    """What is said while the button is held is answered when it is let go, and not before."""
    async with app.heard(asked) as hearing, hearing.visit("/held") as guest:
        await guest.button("Hold to talk").hover()
        await guest.page.mouse.down()
        await expect(guest.button("Let go to send", pressed=True)).to_be_visible()
        await app.has_said_it(guest)
        await expect(guest.log.get_by_role("article")).to_have_count(0)
        await guest.page.mouse.up()
        await guest.sees(guest.answers, "1, 2, 3, 4, 5, 6, 7.")
        await guest.sees(guest.own, "Count to seven")
        await expect(guest.own).to_have_count(1)
        await expect(guest.button("Hold to talk", pressed=False)).to_be_visible()


async def test_the_space_bar_is_held_to_talk(app: App, asked: Path) -> None:
    """The space bar does as the button, but in the text box a space is a space."""
    async with app.heard(asked) as hearing, hearing.visit("/held") as guest:
        await guest.box.press("Space")
        await expect(guest.box).to_have_value(" ")
        await expect(guest.button("Hold to talk", pressed=False)).to_be_visible()
        await guest.box.blur()
        await guest.page.keyboard.down("Space")
        await expect(guest.button("Let go to send", pressed=True)).to_be_visible()
        await app.has_said_it(guest)
        await guest.page.keyboard.up("Space")
        await guest.sees(guest.answers, "1, 2, 3, 4, 5, 6, 7.")
        await guest.sees(guest.own, "Count to seven")
        await expect(guest.button("Hold to talk", pressed=False)).to_be_visible()
