"""A spoken conversation on the example's page, in a Chromium whose microphone hears a file."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Page, WebSocket, expect

from tests.bindings.browser import Site, eventually
from tests.bindings.listening import EAR, RATE, Heard, microphone, written
from tests.bindings.talking import Conversation
from tests.local.spoken import say, silence

from .serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SPOKEN = b"".join((say("Count to five", after_ms=5200), say("Count to thirty", after_ms=2600), say("Count to three")))
COUNTED = "1, 2, 3, 4, 5."
WORDS = ".rt-message > :nth-child(2)"
LOUD = 1_000
SECOND_OF_SOUND = RATE * 2
"""Bytes."""


class StateSocket:
    """What goes through the socket of a page's states, in characters."""

    def __init__(self, page: Page) -> None:
        self.sizes: list[int] = []
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        if "/_event" in socket.url:
            socket.on("framesent", self._passed)
            socket.on("framereceived", self._passed)

    def _passed(self, frame: bytes | str) -> None:
        self.sizes.append(len(frame))


@dataclass
class Spoken:
    """What became of a conversation, and what of it went through the page's states."""

    conversation: Conversation
    states: StateSocket


@asynccontextmanager
async def visiting(site: Site) -> AsyncIterator[tuple[Page, StateSocket]]:
    context = await site.browser.new_context()
    await context.add_init_script(EAR)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    states = StateSocket(page)
    await page.goto(site.url)
    await shows(page, "waiting", "idle")
    yield page, states
    await context.close()
    assert errors == []


async def shows(page: Page, *phases: str) -> None:
    buttons = (f"realtime-rx-microphone[data-phase={phase}]" for phase in phases)
    await page.locator(",".join(buttons)).wait_for(timeout=20_000)


async def talk(page: Page) -> None:
    """The page waits for its first click, and this is one; or it had one, as far as its browser knows."""
    await page.locator("realtime-rx-microphone button").click()
    await shows(page, "listening")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pages() -> AsyncIterator[Site]:
    async with serving() as site:
        yield site


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def spoken(pages: Site, tmp_path_factory: pytest.TempPathFactory) -> Spoken:
    path = written(tmp_path_factory.mktemp("voice") / "spoken.wav", SPOKEN + silence(60_000))
    async with pages.seen_by(*microphone(path)) as site, visiting(site) as (page, states):
        await talk(page)
        words = page.locator(WORDS)
        await expect(words.nth(5)).to_have_text("1, 2, 3.", timeout=40_000)
        await page.get_by_text("Connected · Listening").wait_for()
        (log,) = await site.get("/logs")
        phase = await page.locator("realtime-rx-microphone").get_attribute("data-phase")
        shown = await words.all_text_contents()
        return Spoken(Conversation(shown, phase, log, await Heard.of(page)), states)


async def test_what_is_said_becomes_a_conversation(spoken: Spoken) -> None:
    """One click and a visitor talks: their words and the answers are messages, word for word."""
    shown = spoken.conversation.shown
    assert shown[:3] == ["Count to five", COUNTED, "Count to thirty"]
    assert shown[3].startswith("1, 2, 3, 4,")
    assert shown[4:] == ["Count to three", "1, 2, 3."]
    assert spoken.conversation.phase == "listening"


async def test_the_answer_is_heard_as_it_was_sent(spoken: Spoken) -> None:
    """What comes out of the page's playback is the answer: its samples in order, without a gap."""
    (_, first), *_ = spoken.conversation.replies()
    likeness, gap_ms = spoken.conversation.heard.likeness(first)
    print(f"likeness {likeness:.3f}, longest gap {gap_ms:.1f} ms of {len(first) / RATE:.1f} s")
    assert likeness > 0.9
    assert gap_ms <= 20


async def test_speech_over_the_answer_silences_it(spoken: Spoken) -> None:
    """An interruption silences the page at once, and the model is told once, and truly, what was heard."""
    (cut,) = spoken.conversation.barge_ins()
    print(f"silent after {cut.silent:.0f} ms; told {cut.told:.0f} ms of {cut.output:.0f} ms that were output")
    _, (item, _), _ = spoken.conversation.replies()
    assert [truncated for truncated, _ in spoken.conversation.log["truncated"]] == [item]
    assert cut.silent <= 150
    assert abs(cut.told - cut.output) <= 60


async def test_no_sound_goes_through_the_states(spoken: Spoken) -> None:
    """Some twenty seconds of sound went each way, and all that the page's states said is less than one second of it."""
    sizes = spoken.states.sizes
    print(f"{len(sizes)} frames of states, {sum(sizes):,} characters, the longest {max(sizes):,}")
    assert len(spoken.conversation.heard.samples) > 10 * RATE
    assert 0 < sum(sizes) < 2 * SECOND_OF_SOUND


async def test_a_closed_tab_leaves_nothing(spoken: Spoken, pages: Site) -> None:
    """When a visitor who talked has closed their tab, no session, subscriber, task or token is left."""

    async def nothing_is_left() -> bool:
        counts = await pages.get("/counts")
        return not any(counts[name] for name in ("sessions", "tasks", "subscribers", "bridges"))

    assert spoken.conversation.shown
    await eventually(nothing_is_left)


def tone(seconds: float) -> bytes:
    return (9_000 * np.sin(2 * np.pi * 440 * np.arange(round(RATE * seconds)) / RATE)).astype("<i2").tobytes()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def humming(pages: Site, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """Visitors whose microphones hear a tone, for ever."""
    path = written(tmp_path_factory.mktemp("tone") / "tone.wav", tone(2.0))
    async with pages.seen_by(*microphone(path, loop=True)) as site:
        yield site


async def peak(site: Site) -> int:
    """How loud the server has heard the visitor just now."""
    heard = [base64.b64decode(log["heard"]) for log in await site.get("/hearing")]
    return max((int(np.abs(np.frombuffer(pcm, "<i2").astype(int)).max()) for pcm in heard if pcm), default=0)


async def test_sound_goes_on_through_navigation_and_a_reload(humming: Site) -> None:
    """On another page of the app the visitor is heard on, without a new socket; after a reload again, without a click;
    and muted they are not."""

    async def loud() -> bool:
        return await peak(humming) > LOUD

    async def quiet() -> bool:
        return await peak(humming) == 0

    async with visiting(humming) as (page, _):
        await talk(page)
        await eventually(loud)
        contexts = await page.evaluate("heard[0].at")
        await page.get_by_role("link", name="About").click()
        await page.get_by_text("Suggestions taken").wait_for()
        await eventually(loud)
        await page.get_by_role("link", name="Back to the chat").click()
        await shows(page, "listening")
        assert await page.evaluate("heard[0].at") == contexts
        await page.reload()
        await shows(page, "listening")
        await eventually(loud)
        await page.get_by_role("button", name="Mute the microphone").click()
        await eventually(quiet)
        await page.locator("realtime-rx-microphone button").click()
        await shows(page, "idle")


async def test_a_second_visitor_hears_nothing(humming: Site) -> None:
    """What one visitor is told is heard on their page alone."""
    silent = "heard.length > 0 && heard.every(({ samples }) => samples.every((sample) => sample === 0))"
    async with visiting(humming) as (one, _), visiting(humming) as (two, _):
        for page in (one, two):
            await page.get_by_role("heading", name="realtime-rx").click()
            await shows(page, "idle")
        await one.get_by_placeholder("Write a message").fill("Count to three")
        await one.keyboard.press("Enter")
        await expect(one.locator(WORDS).last).to_have_text("1, 2, 3.", timeout=20_000)
        await one.wait_for_function(f"!({silent})")
        assert await two.evaluate(silent)
        assert await two.locator(WORDS).count() == 0


async def test_a_denied_microphone_says_what_to_do(pages: Site) -> None:
    """Who denies the microphone is told how to allow it, and still hears the answers to what they write."""
    flags = ("--use-fake-device-for-media-stream", "--deny-permission-prompts")
    async with pages.seen_by(*flags) as site, visiting(site) as (page, _):
        await page.locator("realtime-rx-microphone button").click()
        await page.get_by_text("The microphone was denied: allow it in the browser's settings").wait_for()
        await page.get_by_placeholder("Write a message").fill("Hello")
        await page.keyboard.press("Enter")
        await page.wait_for_function("heard.some(({ samples }) => samples.some((sample) => sample !== 0))")
