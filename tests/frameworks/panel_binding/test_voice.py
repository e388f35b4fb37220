"""A spoken conversation on the demo page, in a Chromium whose microphone hears a file."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, WebSocket, expect

from tests.bindings.browser import Site, Visitor, eventually, serving
from tests.bindings.listening import EAR, RATE, Heard, microphone, written
from tests.bindings.talking import Conversation
from tests.local.spoken import say, silence

from .test_browser import nobody_is_left, sees

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SPOKEN = b"".join(
    (say("Count to five", after_ms=5200), say("Count to thirty", after_ms=2600), say("Count to three", after_ms=4000))
)
READY = "window.Bokeh?.documents.length"
PATIENCE_MS = 45_000


@dataclass
class Traffic:
    """What goes over Bokeh's socket, in bytes, and how much of it is no text; and which others there are."""

    text: int = 0
    binary: int = 0
    others: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        if urlsplit(socket.url).path != "/ws":
            self.others.append(urlsplit(socket.url).path)
            return
        for direction in ("framesent", "framereceived"):
            socket.on(direction, self._passed)

    def _passed(self, frame: str | bytes) -> None:
        if isinstance(frame, str):
            self.text += len(frame)
        else:
            self.binary += len(frame)


@dataclass(frozen=True)
class Spoken:
    talk: Conversation
    shown: int
    traffic: Traffic


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pages() -> AsyncIterator[Site]:
    async with serving("tests.frameworks.panel_binding.serve") as site:
        yield site


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def spoken(pages: Site, tmp_path_factory: pytest.TempPathFactory) -> Spoken:
    path = written(tmp_path_factory.mktemp("voice") / "spoken.wav", SPOKEN + silence(60_000))
    async with pages.seen_by(*microphone(path)) as site:
        context = await site.browser.new_context(viewport={"width": 1280, "height": 800})
        page = await context.new_page()
        await page.add_init_script(EAR)
        await page.goto(site.url)
        await talk_button(page).wait_for()
        await sees(page, "Disconnected")
        traffic = Traffic()
        traffic.watch(page)
        await page.reload()  # its sockets are watched now
        await talk_button(page).wait_for()
        loaded = traffic.text
        await talk_button(page).click()
        await page.get_by_text("1, 2, 3.", exact=True).wait_for(timeout=PATIENCE_MS)
        await page.get_by_text("Connected · Listening").wait_for()
        (log,) = (await site.get("/logs"))["logs"]
        phase = await page.locator("realtime-rx-microphone").get_attribute("data-phase")
        shown = await page.get_by_text("Count to", exact=False).count()
        traffic.text -= loaded
        talk = Conversation([text for _, _, text, _ in log["messages"]], phase, log, await Heard.of(page))
        await context.close()
        return Spoken(talk, shown, traffic)


def talk_button(page: Page) -> Locator:
    return page.get_by_role("button", name="Talk", exact=True)


async def test_what_is_said_becomes_a_conversation(spoken: Spoken) -> None:
    """One click and a visitor talks: their words and the answers are messages, word for word."""
    said = spoken.talk.shown
    assert said[:3] == ["Count to five", "1, 2, 3, 4, 5.", "Count to thirty"]
    assert said[3].startswith("1, 2, 3, 4,")
    assert said[4:] == ["Count to three", "1, 2, 3."]
    assert spoken.shown >= 3
    assert spoken.talk.phase == "listening"


async def test_the_answer_is_heard_as_it_was_sent(spoken: Spoken) -> None:
    """What comes out of the page's playback is the answer: its samples in order, without a gap."""
    (_, first), *_ = spoken.talk.replies()
    likeness, gap_ms = spoken.talk.heard.likeness(first)
    print(f"likeness {likeness:.3f}, longest gap {gap_ms:.1f} ms of {len(first) / RATE:.1f} s")
    assert likeness > 0.9
    assert gap_ms <= 20


async def test_speech_over_the_answer_silences_it(spoken: Spoken) -> None:
    """An interruption silences the page at once, and the model is told once, and truly, what was heard."""
    (cut,) = spoken.talk.barge_ins()
    print(f"silent after {cut.silent:.0f} ms; told {cut.told:.0f} ms of {cut.output:.0f} ms that were output")
    _, (item, _), _ = spoken.talk.replies()
    assert [truncated for truncated, _ in spoken.talk.log["truncated"]] == [item]
    assert cut.silent <= 150
    assert abs(cut.told - cut.output) <= 60


async def test_sound_does_not_pass_through_the_document(spoken: Spoken) -> None:
    """Bokeh's socket carries no bytes, and as text a fraction of what was heard and said: sound has its own socket."""
    sound = sum(2 * len(pcm) for _, pcm in spoken.talk.replies()) + 2 * len(spoken.talk.heard.samples)
    print(f"{spoken.traffic.text} characters went over Bokeh's socket for {sound} bytes of sound")
    assert spoken.traffic.others == ["/_realtime_rx/sound"]
    assert spoken.traffic.binary == 0
    assert spoken.traffic.text < sound / 10


async def test_a_closed_tab_leaves_nothing(spoken: Spoken, pages: Site) -> None:
    """When a visitor who talked has closed their tab, no session, task or token is left."""

    async def nothing_is_left() -> bool:
        return await pages.get("/counts") == {"sessions": 0, "said": [], "tasks": 0, "bridges": 0}

    assert spoken.talk.shown
    await nobody_is_left(pages)
    await eventually(nothing_is_left)


async def test_a_reload_goes_on_talking(pages: Site, tmp_path: Path) -> None:
    """After a reload the same session hears the visitor again, without a click."""
    path = written(tmp_path / "spoken.wav", silence(2_000))
    async with pages.seen_by(*microphone(path, loop=True)) as site, site.visit(ready=READY) as visitor:
        await talk_button(visitor.page).click()
        await listens(visitor)
        await visitor.page.reload()
        await listens(visitor)
        await sees(visitor.page, "Connected · Listening")
        visitor.elsewhere.clear()  # Panel's fonts


async def listens(visitor: Visitor) -> None:
    await visitor.page.locator("realtime-rx-microphone[data-phase=listening]").wait_for()


async def test_push_to_talk_leaves_the_text_box_alone(pages: Site, tmp_path: Path) -> None:
    """Where a button is held to talk, the space bar does so too, but in the text box a space is a space."""
    path = written(tmp_path / "spoken.wav", silence(2_000))
    async with pages.seen_by(*microphone(path, loop=True)) as site, site.visit(ready=READY) as visitor:
        page = visitor.page
        await page.get_by_role("checkbox").first.click()
        await page.get_by_role("button", name="Hold to talk").wait_for()
        box = page.get_by_placeholder("Write a message")
        await box.press("Space")
        assert await box.input_value() == " "
        assert await page.locator("realtime-rx-microphone[data-phase=hold]").count() == 1
        await box.blur()
        await page.keyboard.down("Space")
        await page.locator("realtime-rx-microphone[data-phase=talking]").wait_for()
        await page.keyboard.up("Space")
        await page.locator("realtime-rx-microphone[data-phase=hold]").wait_for()
        visitor.elsewhere.clear()  # Panel's fonts


async def test_the_sound_menu_opens_and_stays_open(pages: Site, tmp_path: Path) -> None:
    """A click inside the menu is none outside of it, though the menu stands in a shadow root."""
    path = written(tmp_path / "spoken.wav", silence(2_000))
    async with pages.seen_by(*microphone(path, loop=True)) as site, site.visit(ready=READY) as visitor:
        await talk_button(visitor.page).click()
        await listens(visitor)
        await visitor.page.get_by_role("button", name="Sound settings").click()
        await visitor.page.get_by_role("checkbox", name="Cancel echo").click()
        await expect(visitor.page.get_by_role("checkbox", name="Cancel echo")).not_to_be_checked()
        await visitor.page.mouse.click(600, 300)
        await expect(visitor.page.get_by_role("checkbox", name="Cancel echo")).to_have_count(0)
        visitor.elsewhere.clear()  # Panel's fonts
