"""A spoken conversation, in every framework: in a Chromium whose microphone hears a file."""

from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import expect

from ...local.spoken import say, silence
from ..browser import eventually
from ..listening import EAR, RATE, Heard, written
from ..talking import Conversation
from .guests import App, Guest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SPOKEN = b"".join((say("Count to five", after_ms=5200), say("Count to thirty", after_ms=2600), say("Count to three")))
COUNTED = "1, 2, 3, 4, 5."
LOUD = 1_000
SOUNDS = "heard.some(({ samples }) => samples.some((sample) => sample !== 0))"
SPEAKING_MS = 45_000


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def conversation(app: App, tmp_path_factory: pytest.TempPathFactory) -> Conversation:
    """One click, and three turns, the second of which is spoken over."""
    path = written(tmp_path_factory.mktemp("voice") / "spoken.wav", SPOKEN + silence(60_000))
    async with app.heard(path) as hearing, hearing.visit("/voice", script=EAR) as guest:
        await guest.presses("Talk")
        await expect(guest.answers.nth(2)).to_contain_text("1, 2, 3.", timeout=SPEAKING_MS)
        await guest.sees(guest.status, "Listening")
        await expect(guest.page.get_by_role("button", name="Stop talking")).to_be_visible()
        for number, text in enumerate(("Count to five", "Count to thirty", "Count to three")):
            await expect(guest.own.nth(number)).to_contain_text(text)
        await expect(guest.answers.nth(0)).to_contain_text(COUNTED)
        await expect(guest.answers.nth(1)).to_contain_text("Interrupted after")
        (log,) = await app.site.get("/logs")
        shown = [text for _, _, text, _ in log["messages"]]
        return Conversation(shown, None, log, await Heard.of(guest.page))


async def test_what_is_said_becomes_a_conversation(conversation: Conversation) -> None:
    """One click and a visitor talks: their words and the answers are messages, word for word."""
    shown = conversation.shown
    assert shown[:3] == ["Count to five", COUNTED, "Count to thirty"]
    assert shown[3].startswith("1, 2, 3, 4,")
    assert shown[4:] == ["Count to three", "1, 2, 3."]


async def test_the_answer_is_heard_as_it_was_sent(conversation: Conversation) -> None:
    """What comes out of the page's playback is the answer: its samples in order, without a gap."""
    (_, first), *_ = conversation.replies()
    likeness, gap_ms = conversation.heard.likeness(first)
    print(f"likeness {likeness:.3f}, longest gap {gap_ms:.1f} ms of {len(first) / RATE:.1f} s")
    assert likeness > 0.9
    assert gap_ms <= 20


async def test_speech_over_the_answer_silences_it(conversation: Conversation) -> None:
    """An interruption silences the page at once, and the model is told once, and truly, what was heard."""
    (cut,) = conversation.barge_ins()
    print(f"silent after {cut.silent:.0f} ms; told {cut.told:.0f} ms of {cut.output:.0f} ms that were output")
    _, (item, _), _ = conversation.replies()
    assert [truncated for truncated, _ in conversation.log["truncated"]] == [item]
    assert cut.silent <= 150
    assert abs(cut.told - cut.output) <= 60
    assert [interrupted for *_, interrupted in conversation.log["messages"]] == [False] * 3 + [True] + [False] * 2


async def test_who_talked_and_left_leaves_nothing(conversation: Conversation, app: App) -> None:
    """When a visitor who talked has closed their tab, no session, task, subscription or token of theirs is left."""
    assert conversation.shown
    await app.nobody_is_left()


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    wave = 9_000 * np.sin(2 * np.pi * 440 * np.arange(2 * RATE) / RATE)
    return written(tmp_path_factory.mktemp("tone") / "tone.wav", wave.astype("<i2").tobytes())


async def talks(app: App, guest: Guest) -> None:
    """Has a conversation in which their microphone is heard."""
    await guest.presses("Talk")
    await guest.says("Count to thirty")
    await guest.sees(guest.answers, "1, 2, 3,")

    async def loud() -> bool:
        return any(log["loud"] > LOUD for log in await app.site.get("/logs"))

    await eventually(loud)


async def test_a_reload_goes_on_talking(app: App, tone: Path) -> None:
    """After a reload the same session hears the visitor again and sounds, without a click."""
    async with app.heard(tone, loop=True) as hearing, hearing.visit("/voice", script=EAR) as guest:
        await talks(app, guest)
        await guest.page.reload()
        await expect(guest.page.get_by_role("button", name="Stop talking")).to_be_visible()
        await expect(guest.own).not_to_have_count(0)
        await talks_again(app)
        await guest.page.wait_for_function(SOUNDS)


async def talks_again(app: App) -> None:
    """What the microphone hears reaches the provider once more."""
    (before,) = await app.site.get("/logs")

    async def more() -> bool:
        (after,) = await app.site.get("/logs")
        return after["chunks"] > before["chunks"] + 5 and after["loud"] > LOUD

    await eventually(more)


async def test_a_second_visitor_hears_nothing(app: App, tone: Path) -> None:
    """What one visitor says and is told is heard on their page alone."""
    async with (
        app.heard(tone, loop=True) as hearing,
        hearing.visit("/voice", script=EAR) as one,
        hearing.visit("/voice", script=EAR) as two,
    ):
        await talks(app, one)
        await one.page.wait_for_function(SOUNDS)
        assert not await two.page.evaluate(SOUNDS)
        await expect(two.log.get_by_role("article")).to_have_count(0)
