"""``python -m realtime_rx_nicegui``, as a visitor meets it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from .browser import Site, serving, stop

KEY = "sk-must-not-be-seen"
# A key, so that OpenAI can be chosen, and an address at which nobody listens.
ENVIRONMENT = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

WATCH_GROWTH = """
window.lengths = [];
new MutationObserver(() => {
  const last = [...document.querySelectorAll(".rt-assistant .rt-words")].at(-1);
  if (last) window.lengths.push(last.innerText.length);
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo() -> AsyncIterator[Site]:
    async with serving("realtime_rx_nicegui", "--no-browser", env=ENVIRONMENT) as site:
        yield site


async def test_a_visitor_talks_to_the_embedded_model(demo: Site) -> None:
    """A message connects, its answer grows word by word, and a tool call shows its arguments and its output."""
    async with demo.visit(script=WATCH_GROWTH) as visitor:
        await visitor.sees("Disconnected", ".rt-badge")
        await visitor.say("Count to thirty")
        await visitor.sees("Connected", ".rt-badge")
        await visitor.sees("28, 29, 30.", ".rt-markdown")
        lengths = await visitor.page.evaluate("window.lengths")
        assert len(set(lengths)) > 5
        await visitor.page.get_by_role("button", name="What is the weather in Paris?").click()
        tool = visitor.page.locator(".rt-tool[data-state=output-available]")
        await tool.wait_for()
        await tool.locator("summary").click()
        arguments, output = await visitor.texts(".rt-tool .rt-code")
        assert '"city": "Paris"' in arguments
        assert '"sample data"' in output
        await visitor.sees("sample data", ".rt-markdown")
        await visitor.sees("tokens", ".rt-demo-usage")


async def test_connecting_and_hanging_up_by_button(demo: Site) -> None:
    """One button connects and hangs up, and the badge says which it is."""
    async with demo.visit() as visitor:
        await visitor.page.get_by_role("button", name="Connect", exact=True).click()
        await visitor.sees("Connected", ".rt-badge")
        await visitor.page.get_by_role("button", name="Disconnect", exact=True).click()
        await visitor.sees("Disconnected", ".rt-badge")


async def test_a_voice_answers_with_its_transcript(demo: Site) -> None:
    """With voice chosen before connecting, the answer is spoken: audio events arrive, and its transcript is shown."""
    async with demo.visit() as visitor:
        await visitor.page.get_by_role("button", name="Voice").click()
        await visitor.say("Hello")
        await visitor.sees("What can I do for you?", ".rt-spoken")
        await visitor.sees("audio-transcript-delta", ".rt-event")


async def test_enter_sends_and_shift_enter_does_not(demo: Site) -> None:
    """Shift and Enter begin a new line, Enter sends all lines, and an empty box sends nothing."""
    async with demo.visit() as visitor:
        box = visitor.page.get_by_label("Write a message")
        await box.click()
        await visitor.page.keyboard.press("Enter")
        await visitor.page.keyboard.type("One")
        await visitor.page.keyboard.press("Shift+Enter")
        await visitor.page.keyboard.type("Two")
        await visitor.page.keyboard.press("Enter")
        await visitor.sees("One\nTwo", ".rt-user .rt-text")
        assert await visitor.texts(".rt-user .rt-text") == ["One\nTwo"]
        await visitor.page.wait_for_function("document.querySelector('textarea').value === ''")


async def test_events_can_be_filtered_paused_and_opened(demo: Site) -> None:
    """The inspector lists the events, filters them by their words, holds still when paused, and opens to the frame."""
    async with demo.visit() as visitor:
        await visitor.say("Roll two dice")
        await visitor.sees("sample data", ".rt-markdown")
        await visitor.sees("response-done", ".rt-event")
        await visitor.page.get_by_label("Filter events").fill("arguments-done DICE")
        await visitor.sees("No event matches.", ".rt-events")
        await visitor.page.get_by_label("Filter events").fill("arguments-done count")
        await visitor.sees("function-call-arguments-done", ".rt-event")
        assert await visitor.texts(".rt-event b") == ["function-call-arguments-done"]
        await visitor.page.locator(".rt-event summary").click()
        await visitor.sees('"type": "response.function_call_arguments.done"', ".rt-event pre")
        await visitor.page.get_by_label("Filter events").fill("")
        await visitor.page.get_by_title("Pause").click()
        await visitor.sees("paused", ".rt-events-count")
        count = await visitor.page.locator(".rt-events-count").inner_text()
        await visitor.say("Hello")
        await visitor.sees("What can I do for you?", ".rt-markdown")
        assert await visitor.page.locator(".rt-events-count").inner_text() == count
        await visitor.page.get_by_title("Resume").click()
        await visitor.sees("What can I do for you?", ".rt-event")


async def test_a_new_conversation_begins_empty(demo: Site) -> None:
    """The button for a new conversation takes away what was said, and the connection stays."""
    async with demo.visit() as visitor:
        await visitor.say("My name is Ada")
        await visitor.sees("Nice to meet you, Ada.", ".rt-markdown")
        await visitor.page.get_by_role("button", name="New conversation").click()
        await visitor.sees("Talk to a realtime model", ".rt-demo-welcome")
        await visitor.sees("Connected", ".rt-badge")
        assert await visitor.texts(".rt-message") == []


async def test_a_dead_provider_is_explained(demo: Site) -> None:
    """A provider that cannot be reached is a banner that says so and what to do; it can be dismissed, the key is not
    on the page."""
    async with demo.visit() as visitor:
        frames: list[str] = []
        visitor.page.on("websocket", lambda ws: ws.on("framereceived", lambda frame: frames.append(str(frame))))
        await visitor.page.reload()
        await visitor.page.locator(".rt-demo-model").click()
        await visitor.page.get_by_role("option", name="OpenAI").click()
        await visitor.sees("OpenAI", ".rt-demo-model")
        await visitor.page.get_by_role("button", name="Connect", exact=True).click()
        await visitor.sees("Connection error", ".rt-badge")
        await visitor.sees("Check the address and the network", "[role=alert]")
        assert KEY not in await visitor.page.content()
        assert frames
        assert not any(KEY in frame for frame in frames)
        await visitor.page.get_by_role("button", name="Dismiss").click()
        await visitor.page.locator("[role=alert]").wait_for(state="hidden")


async def test_it_fits_a_phone(demo: Site) -> None:
    """On a screen of 375 pixels nothing sticks out, and the events wait behind a button."""
    async with demo.visit(width=375, height=720) as visitor:
        await visitor.say("What is the time in Atlantis?")
        await visitor.sees("failed", ".rt-markdown")
        assert await visitor.page.evaluate("document.documentElement.scrollWidth") == 375
        right = "all => all.map((button) => button.getBoundingClientRect().right)"
        assert max(await visitor.page.locator("header button").evaluate_all(right)) <= 375
        assert not await visitor.page.locator(".rt-events").is_visible()
        await visitor.page.get_by_role("button", name="Events", exact=True).click()
        await visitor.sees("session-created", ".rt-event")


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
async def test_light_and_dark(demo: Site, scheme: str, is_dark: bool) -> None:
    """The page follows the system's colours, until the visitor chooses dark or light."""
    async with demo.visit(scheme=scheme) as visitor:
        dark = "document.body.classList.contains('body--dark')"
        assert await visitor.page.evaluate(dark) is is_dark
        await visitor.page.get_by_role("button", name="Theme: as the system's").click()
        await visitor.page.get_by_role("button", name="Theme: dark").wait_for()
        await visitor.page.wait_for_function(dark)
        await visitor.page.get_by_role("button", name="Theme: dark").click()
        await visitor.page.wait_for_function(f"!{dark}")


async def test_it_stops_quietly() -> None:
    """Ctrl+C ends the server at once, with a visitor still talking, without a word of complaint."""
    async with serving("realtime_rx_nicegui", "--no-browser") as site, site.visit() as visitor:
        await visitor.say("Count to ninety")
        await visitor.sees("1, 2, 3,", ".rt-text")
        said = await stop(site.process)
        assert site.process.returncode == 0
        assert "Traceback" not in said
