"""A spoken conversation on the demo page, in a Chromium whose microphone hears a file."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from ..local.spoken import say, silence
from .browser import Site, eventually, serving
from .listening import EAR, RATE, microphone, written

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

COUNTED = "1, 2, 3, 4, 5."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pages() -> AsyncIterator[Site]:
    async with serving("tests.bindings.serve_voice") as site:
        yield site


TALKED = """() => {
  // Whether somebody has talked since this was first asked, and is quiet again.
  const now = performance.now();
  const start = () => import(`/_realtime_rx/ui/sound.js`).then(({ soundOf }) => {
    soundOf("sound-0").addEventListener("level", ({ detail }) => {
      if (detail.input > 0.02) window.talk.last = performance.now();
    });
  });
  if (!window.talk) (window.talk = { last: 0 }), start();
  return window.talk.last > 0 && now - window.talk.last > 350;
}"""


async def test_push_to_talk(pages: Site, tmp_path: Path) -> None:
    """The button, or the space bar, is held to talk and let go to be answered; in the text box a space is a space."""
    spoken = say("Count to three", after_ms=4200) + say("Count to five") + silence(60_000)
    path = written(tmp_path / "pushed.wav", spoken)
    async with pages.seen_by(*microphone(path)) as site, site.visit("/voice") as visitor:
        page = visitor.page
        await page.get_by_role("checkbox", name="Push to talk").click()
        button = page.get_by_role("button", name="Hold to talk")
        await button.hover()
        await page.mouse.down()
        await page.wait_for_function(TALKED)
        assert await visitor.texts(".rt-message") == []
        await page.mouse.up()
        await visitor.sees("1, 2, 3.", ".rt-markdown")
        await page.get_by_label("Write a message").focus()
        await page.keyboard.down("Space")
        await page.keyboard.up("Space")
        assert await page.get_by_label("Write a message").input_value() == " "
        await page.evaluate("document.activeElement.blur(); window.talk.last = 0")
        await page.keyboard.down("Space")
        await page.locator("realtime-rx-microphone[data-phase=talking]").wait_for()
        await page.wait_for_function(TALKED)
        await page.keyboard.up("Space")
        await visitor.sees(COUNTED, ".rt-markdown")
        assert [text.strip() for text in await visitor.texts(".rt-user .rt-words")] == [
            "Count to three",
            "Count to five",
        ]
        await page.get_by_role("checkbox", name="Push to talk").click()
        await page.locator("realtime-rx-microphone[data-phase=idle]").wait_for()
        await eventually(lambda: is_let_go(site))


async def is_let_go(site: Site) -> bool:
    return await site.get("/sound") == "connected off None"


def tone(seconds: float) -> bytes:
    return (9_000 * np.sin(2 * np.pi * 440 * np.arange(round(RATE * seconds)) / RATE)).astype("<i2").tobytes()


async def microphone_peak(site: Site) -> int:
    """How loud the server has heard the visitor just now."""
    heard = [base64.b64decode(log["heard"]) for log in await site.get("/hearing")]
    return max((int(np.abs(np.frombuffer(pcm, "<i2").astype(int)).max()) for pcm in heard if pcm), default=0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def humming(pages: Site, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """Visitors whose microphones hear a tone, for ever."""
    path = written(tmp_path_factory.mktemp("tone") / "tone.wav", tone(2.0))
    async with pages.seen_by(*microphone(path, loop=True)) as site:
        yield site


async def test_mute_is_silence(humming: Site) -> None:
    """A muted microphone sends silence, and says so; it is heard again when it is unmuted."""
    async with humming.visit("/voice") as visitor:
        await visitor.page.get_by_role("button", name="Talk", exact=True).click()

        async def loud() -> bool:
            return await microphone_peak(humming) > 1_000

        async def quiet() -> bool:
            return await microphone_peak(humming) == 0

        await eventually(loud)
        await visitor.page.get_by_role("button", name="Mute the microphone").click()
        await visitor.sees("The microphone is muted", ".rt-mic-note")
        await eventually(quiet)
        await visitor.page.get_by_role("button", name="Mute the microphone").click()
        await eventually(loud)
        await visitor.page.get_by_role("button", name="Stop talking").click()
        await visitor.page.locator("realtime-rx-microphone[data-phase=idle]").wait_for()


async def test_a_denied_microphone_says_what_to_do(pages: Site) -> None:
    """Who denies the microphone is told how to allow it, goes on in writing, and still hears the answers."""
    async with (
        pages.seen_by("--use-fake-device-for-media-stream", "--deny-permission-prompts") as site,
        site.visit("/voice", script=EAR) as visitor,
    ):
        await visitor.page.get_by_role("button", name="Talk", exact=True).click()
        await visitor.sees("The microphone was denied: allow it in the browser's settings", ".rt-mic-note")
        await visitor.page.get_by_role("button", name="Voice").click()
        await visitor.say("Hello")
        await visitor.sees("What can I do for you?", ".rt-markdown")
        await visitor.page.wait_for_function("heard.some(({ samples }) => samples.some((sample) => sample !== 0))")


async def test_an_insecure_page_says_what_it_needs(pages: Site) -> None:
    """A page on neither https nor localhost says so when somebody wants to talk, and writing goes on."""
    flags = "--host-resolver-rules=MAP elsewhere.test 127.0.0.1"
    async with pages.seen_by(flags, host="elsewhere.test") as site, site.visit("/voice") as visitor:
        await visitor.page.get_by_role("button", name="Talk", exact=True).click()
        await visitor.sees("Sound needs a page on https:// or localhost.", ".rt-mic-note")
        await visitor.say("Hello")
        await visitor.sees("What can I do for you?", ".rt-markdown")


async def test_verbs_start_the_microphone(humming: Site) -> None:
    """A page's own button may start and stop the capture by the session's verbs."""
    async with humming.visit("/verbs") as visitor:
        await visitor.sees("idle off", ".sound")
        await visitor.page.get_by_role("button", name="Start capture").click()
        await visitor.sees("connected live", ".sound")
        await visitor.page.get_by_role("button", name="Stop capture").click()
        await visitor.sees("connected off", ".sound")
        assert await visitor.texts(".error") == [""]
