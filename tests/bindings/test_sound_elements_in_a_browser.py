"""The elements of a page's sound in a real browser: what they draw, and what they say."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from .browser import Site, eventually, serving
from .listening import microphone, tone, written

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WAVE = "document.querySelector('realtime-rx-wave')"
TALL = f"""() => {{
  const canvas = {WAVE}.querySelector("canvas");
  if (!canvas.width) return false;
  const {{ data }} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.subarray(0, data.length * 0.4).some((value) => value); // something well above the middle
}}"""
FRAMES = f"""async () => {{
  const before = {WAVE}.frames;
  await new Promise((over) => setTimeout(over, 1000));
  return {WAVE}.frames - before;
}}"""
SUSPENDED = "The browser waits for a click before it lets this page sound."

VOLUME = """import("/_realtime_rx/ui/sound.js").then(({ soundOf }) => soundOf("sound-0").view.volume)"""
SLOW_MICROPHONES = """() => {
  const { mediaDevices } = navigator;
  const get = mediaDevices.getUserMedia.bind(mediaDevices);
  window.microphones = [];
  mediaDevices.getUserMedia = async (asked) => {
    if (await new Promise((answer) => window.microphones.push(answer))) return get(asked);
    throw new DOMException("it is in use", "NotReadableError");
  };
}"""
"""Each waits until the test says whether it is to be had."""
IS_CHANGED = """async () => {
  const { soundOf } = await import("/_realtime_rx/ui/sound.js");
  const { settings } = soundOf("sound-0");
  return settings.deviceId && !settings.echoCancellation;
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def humming(pages: Site, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """Visitors whose microphones hear a tone, for ever."""
    path = written(tmp_path_factory.mktemp("tone") / "tone.wav", tone(2.0))
    async with pages.seen_by(*microphone(path, loop=True)) as site:
        yield site


async def sound_is(site: Site, said: str) -> None:
    async def so() -> bool:
        return await site.get("/sound") == said

    await eventually(so)  # asked at the server: looking into the page counts as a click there


async def test_the_waveform_is_drawn_while_it_is_seen(humming: Site) -> None:
    """It moves with the sound, at most thirty times a second, and rests while nobody looks."""
    async with humming.visit("/voice") as visitor:
        page = visitor.page
        await page.get_by_role("button", name="Talk", exact=True).click()
        await page.wait_for_function(TALL)
        assert 10 < await page.evaluate(FRAMES) <= 31
        await page.evaluate("""() => {
            Object.defineProperty(document, "hidden", { value: true, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""")
        assert await page.evaluate(FRAMES) == 0


async def test_who_wants_calm_gets_it(humming: Site) -> None:
    """Where a visitor prefers reduced motion, the waveform changes a few times a second only."""
    async with humming.visit("/voice") as visitor:
        await visitor.page.emulate_media(reduced_motion="reduce")
        await visitor.page.get_by_role("button", name="Talk", exact=True).click()
        await visitor.page.wait_for_function(TALL)
        assert await visitor.page.evaluate(FRAMES) <= 3


async def test_a_level_is_told_to_everybody(humming: Site) -> None:
    """The level meter shows how loud the microphone is, to those who cannot see it as well, and nothing at the end."""
    async with humming.visit("/verbs") as visitor:
        meter = visitor.page.get_by_role("meter", name="Microphone level")
        assert await meter.get_attribute("aria-valuenow") in (None, "0")
        await visitor.page.get_by_role("button", name="Talk", exact=True).click()
        loud = visitor.page.locator("realtime-rx-level[aria-valuenow]:not([aria-valuenow='0'])")
        await loud.wait_for()
        assert 0 < int(await meter.get_attribute("aria-valuenow") or 0) <= 90
        await visitor.page.get_by_role("button", name="Stop talking").click()
        await visitor.page.locator("realtime-rx-level[aria-valuenow='0']").wait_for()


async def settings_while_talking(page: Page) -> Locator:
    """The sound menu, opened, when the page was given a microphone."""
    await page.get_by_role("button", name="Talk", exact=True).click()
    await page.locator("realtime-rx-microphone[data-phase=listening]").wait_for()
    await page.get_by_role("button", name="Sound settings").click()
    menu = page.get_by_role("dialog", name="Sound settings")
    await page.wait_for_function("document.querySelector('.rt-sound-panel select').options.length > 1")
    return menu


async def test_the_menu_chooses_a_microphone(humming: Site) -> None:
    """The menu names the microphones once one was allowed, changes them, and what is done to their sound."""
    async with humming.visit("/voice") as visitor:
        page = visitor.page
        menu = await settings_while_talking(page)
        labels = await menu.locator("option").all_text_contents()
        assert all(labels)
        await menu.get_by_label("Microphone").select_option(label=labels[-1])
        await menu.get_by_label("Cancel echo").uncheck()
        await eventually(lambda: page.evaluate(IS_CHANGED))
        assert await menu.locator("p").text_content() == ""
        await page.keyboard.press("Escape")
        await menu.wait_for(state="hidden")


async def test_a_box_stays_as_it_was_clicked(humming: Site) -> None:
    """What is clicked while another microphone opens stays, whatever becomes of that one."""
    async with humming.visit("/voice") as visitor:
        page = visitor.page
        menu = await settings_while_talking(page)
        await page.evaluate(SLOW_MICROPHONES)
        labels = await menu.locator("option").all_text_contents()
        await menu.get_by_label("Microphone").select_option(label=labels[-1])
        echo = menu.get_by_label("Cancel echo")
        await echo.uncheck()
        await page.evaluate("window.microphones[0](false)")
        await expect(menu.locator("p")).not_to_have_text("")
        await expect(echo).not_to_be_checked()
        await page.evaluate("window.microphones[1](true)")
        await expect(menu.locator("p")).to_have_text("")
        await expect(echo).not_to_be_checked()


async def test_the_sound_is_switched_off_and_on(humming: Site) -> None:
    """Who only reads starts the page's sound by its button, without a microphone, and makes it silent by the same."""
    async with humming.visit("/verbs") as visitor:
        button = visitor.page.get_by_role("button", name="Sound", exact=True)
        assert await button.get_attribute("aria-pressed") == "false"
        await button.click()
        await visitor.sees("connected off", ".sound")
        assert await button.get_attribute("title") == "Switch the sound off"
        await button.click()
        assert await button.get_attribute("title") == "Switch the sound on"
        assert await visitor.page.evaluate(VOLUME) == 0


async def test_a_browser_that_waits_for_a_click_says_so(humming: Site) -> None:
    """Sound that the browser put to sleep after a reload is said to be, and any click wakes it."""

    async with humming.visit("/voice") as visitor:
        page = visitor.page
        await page.get_by_role("button", name="Voice").click()
        await sound_is(humming, "connected off None")
        await page.reload(wait_until="commit")
        await sound_is(humming, "connected off suspended")
        assert await page.locator(".rt-mic-note").inner_text() == SUSPENDED
        await page.mouse.click(300, 300)
        await sound_is(humming, "connected off None")


async def test_the_microphone_is_reached_by_keyboard(humming: Site) -> None:
    """The button is focused by Tab from the text box, pressed by Enter, and says whether it is."""
    async with humming.visit("/voice") as visitor:
        page = visitor.page
        button = page.locator(".rt-mic")
        await page.locator(".rt-mic:enabled").wait_for()
        await page.get_by_label("Write a message").focus()
        await page.keyboard.press("Tab")
        assert await button.evaluate("(button) => button === document.activeElement")
        assert await button.get_attribute("aria-pressed") == "false"
        await page.keyboard.press("Enter")
        await page.locator("realtime-rx-microphone[data-phase=listening]").wait_for()
        assert await button.get_attribute("aria-pressed") == "true"


async def test_who_holds_no_more_lets_the_microphone_go(humming: Site) -> None:
    """The microphone of who holds the button stays open between two turns, until they talk without holding it."""
    async with humming.visit("/voice") as visitor:
        page = visitor.page
        await page.get_by_role("checkbox", name="Push to talk").click()
        await page.get_by_role("button", name="Hold to talk").hover()
        await page.mouse.down()
        await page.locator("realtime-rx-microphone[data-phase=talking]").wait_for()
        await page.mouse.up()
        await page.locator("realtime-rx-microphone[data-phase=hold]").wait_for()
        await sound_is(humming, "connected live None")
        await page.get_by_role("checkbox", name="Push to talk").click()
        await page.locator("realtime-rx-microphone[data-phase=idle]").wait_for()
        await sound_is(humming, "connected off None")


async def test_verbs_start_the_microphone(humming: Site) -> None:
    """A page's own button may start and stop the capture by the session's verbs."""
    async with humming.visit("/verbs") as visitor:
        await visitor.sees("idle off", ".sound")
        await visitor.page.get_by_role("button", name="Start capture").click()
        await visitor.sees("connected live", ".sound")
        await visitor.page.get_by_role("button", name="Stop capture").click()
        await visitor.sees("connected off", ".sound")
        assert await visitor.texts(".error") == [""]


async def test_an_insecure_page_says_what_it_needs(pages: Site) -> None:
    """A page on neither https nor localhost says so when somebody wants to talk, and writing goes on."""
    flags = "--host-resolver-rules=MAP elsewhere.test 127.0.0.1"
    async with pages.seen_by(flags, host="elsewhere.test") as site, site.visit("/voice") as visitor:
        await visitor.page.get_by_role("button", name="Talk", exact=True).click()
        await visitor.sees("Sound needs a page on https:// or localhost.", ".rt-mic-note")
        await visitor.say("Hello")
        await visitor.sees("What can I do for you?", ".rt-markdown")


async def test_a_lost_server_is_waited_for(tmp_path: Path) -> None:
    """A page whose server is gone says that its sound is cut off, and tries again."""
    path = written(tmp_path / "tone.wav", tone(2.0))
    async with (
        serving("tests.bindings.serve") as pages,
        pages.seen_by(*microphone(path, loop=True)) as site,
        site.visit("/voice") as visitor,
    ):
        await visitor.page.get_by_role("button", name="Talk", exact=True).click()
        await visitor.page.locator("realtime-rx-microphone[data-phase=listening]").wait_for()
        site.process.kill()
        await visitor.page.locator("realtime-rx-microphone[data-phase=reconnecting]").wait_for()
        await visitor.sees("The sound was cut off. Reconnecting…", ".rt-mic-note")
