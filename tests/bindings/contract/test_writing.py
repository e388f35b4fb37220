"""A conversation in writing, in every framework."""

import pytest
from playwright.async_api import expect

from .guests import App, Guest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

IMG = '<img src=x onerror="window.hacked=1">'
HOSTILE = f"{IMG} ![a](https://elsewhere.invalid/b.png) !![a](https://elsewhere.invalid/b.png)"

WATCH_COUNTING = """
window.counts = new Set();
{
  const words = (node) => node.nodeType === Node.TEXT_NODE
    ? node.data
    : [node, node.shadowRoot].flatMap((each) => [...(each?.childNodes ?? [])]).map(words).join("");
  const look = () => words(document).match(/1, 2, 3[, 0-9]*/g)?.forEach((count) => window.counts.add(count));
  const watch = (root) => new MutationObserver(look).observe(
    root, { subtree: true, childList: true, characterData: true },
  );
  watch(document);
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    watch(root);
    return root;
  };
}
"""
"""How far an answer had counted whenever the page changed. Seen from within: on a slow page a look takes a second."""


def counted(to: int) -> str:
    return f"{', '.join(map(str, range(1, to + 1)))}."


async def test_what_goes_on_is_shown(app: App) -> None:
    """The first message dials; the page follows the status and the slices of the state that it is bound to."""
    async with app.visit() as guest:
        await guest.sees_on_the_page("0 messages")
        await guest.says("What is 2+2?")
        await guest.sees(guest.answers, "2+2 is 4.")
        await guest.sees(guest.own, "What is 2+2?")
        await guest.sees(guest.status, "Connected")
        await guest.sees_on_the_page("2 messages")
        await expect(guest.own).to_have_count(1)
        await expect(guest.box).to_have_value("")


async def test_an_answer_grows(app: App) -> None:
    """An answer is shown word by word, before it is complete, and ends exact."""
    async with app.visit(script=WATCH_COUNTING) as guest:
        await guest.says("Count to sixty")
        await guest.sees(guest.answers, counted(60))
        assert len(await guest.page.evaluate("[...window.counts]")) > 3


async def test_a_button_sends(app: App) -> None:
    """What was written is sent by the button, too, and the box is empty again."""
    async with app.visit() as guest:
        await guest.box.press_sequentially("What is 3+4?")
        await guest.presses("Send")
        await guest.sees(guest.answers, "3+4 is 7.")
        await expect(guest.box).to_have_value("")


async def test_what_is_said_is_no_markup(app: App) -> None:
    """HTML in what a visitor or a model says runs no script and loads nothing from elsewhere: it is words."""
    async with app.visit() as guest:
        await guest.says(HOSTILE)
        await guest.sees(guest.own, HOSTILE)
        await guest.sees(guest.answers, "<img src=x")
        await expect(guest.log.get_by_role("img", name="a")).to_have_count(0)
        assert await guest.page.evaluate("window.hacked") is None


async def test_a_call_is_no_markup(app: App) -> None:
    """HTML in a call's arguments, and in what its tool says went wrong, runs no script: it is words."""
    async with app.visit() as guest:
        await guest.says(f"What is the time in '{IMG}'?")
        await guest.sees(guest.log, f"no time for {IMG}")
        await expect(guest.call("get_time failed")).to_be_visible()
        assert await guest.page.evaluate("window.hacked") is None


async def test_an_answer_is_interrupted(app: App) -> None:
    """The button ends an answer; what was said stays, and says that it was interrupted."""
    async with app.visit() as guest:
        await guest.says("Count to two hundred")
        await guest.sees(guest.answers, "1, 2, 3, 4,")
        await guest.presses("Interrupt")
        await guest.sees(guest.answers, "Interrupted")
        await expect(guest.answers.last).not_to_contain_text("199")
        await expect(guest.button("Interrupt")).to_have_count(0)


async def orders(guest: Guest) -> None:
    await guest.says("Order a pizza")
    await expect(guest.call("order_pizza waits for your approval")).to_be_visible()


async def test_a_tool_runs_once_it_is_allowed(app: App) -> None:
    """A tool that needs approval waits for a click, says how far it gets, and what came of it."""
    async with app.visit() as guest:
        await orders(guest)
        await expect(guest.log).not_to_contain_text("kneaded")
        await guest.presses("Allow")
        await guest.sees(guest.log, "The dough is being kneaded")
        await guest.sees(guest.answers, "A pizza with mushrooms is on its way (sample data)")
        await expect(guest.call("order_pizza is done")).to_be_visible()
        await expect(guest.button("Allow")).to_have_count(0)


async def test_a_tool_that_is_rejected_does_not_run(app: App) -> None:
    """A call that was rejected says so, and the model is told."""
    async with app.visit() as guest:
        await orders(guest)
        await guest.presses("Reject")
        await guest.sees(guest.answers, "did not allow")
        await expect(guest.call("order_pizza was not allowed")).to_be_visible()
        await expect(guest.button("Reject")).to_have_count(0)


async def test_a_tool_that_fails_says_so(app: App) -> None:
    """The error of a tool is shown with its call, and the conversation goes on."""
    async with app.visit() as guest:
        await guest.says("What is the time in Atlantis?")
        await guest.sees(guest.log, "no time for Atlantis")
        await expect(guest.call("get_time failed")).to_be_visible()
        await guest.says("What is 2+2?")
        await guest.sees(guest.answers, "2+2 is 4.")
        await expect(guest.alert).to_have_count(0)


async def test_a_refused_key_is_explained(app: App) -> None:
    """Where the provider refuses the key, an alert says so and what to do; the key is nowhere on the page."""
    async with app.visit("/refused") as guest:
        await guest.says("Hello")
        await guest.sees(guest.status, "Connection error")
        await guest.sees(guest.alert, "The provider refused the key. Check it and connect again.")
        assert "sk-wrong" not in await guest.page.locator("body").aria_snapshot() + await guest.page.content()


async def test_a_lost_connection_is_shown_and_mended(app: App) -> None:
    """While the provider is out of reach the page says that it reconnects; then the conversation goes on."""
    async with app.visit() as guest:
        await guest.says("My name is Ada")
        await guest.sees(guest.answers, "Nice to meet you, Ada.")
        try:
            assert await app.site.get("/cut") > 0
            await guest.sees(guest.status, "Reconnecting")
        finally:
            await app.site.get("/mend")
        await guest.sees(guest.status, "Connected")
        await guest.says("What is my name?")
        await guest.sees(guest.answers, "Your name is Ada.")


async def test_visitors_never_meet(app: App) -> None:
    """What one visitor and their model say never appears on another visitor's page."""
    async with app.visit() as one, app.visit() as two:
        await one.says("My name is Ada")
        await two.says("My name is Grace")
        await one.sees(one.answers, "Nice to meet you, Ada.")
        await two.sees(two.answers, "Nice to meet you, Grace.")
        await expect(one.log).not_to_contain_text("Grace")
        await expect(two.log).not_to_contain_text("Ada")


async def test_a_reload_keeps_the_conversation(app: App) -> None:
    """After a reload the conversation is there, still connected, and goes on where it was."""
    async with app.visit() as guest:
        await guest.says("My name is Ada")
        await guest.sees(guest.answers, "Nice to meet you, Ada.")
        await guest.page.reload()
        await expect(guest.answers.last).to_contain_text("Nice to meet you, Ada.")
        await guest.sees(guest.status, "Connected")
        await guest.says("What is my name?")
        await guest.sees(guest.answers, "Your name is Ada.")
        await expect(guest.own).to_have_count(2)


async def test_a_tab_that_is_duplicated_begins_anew(app: App) -> None:
    """Another tab with a copy of the first one's storage has a conversation of its own, and takes none away."""
    async with app.visit() as first:
        await first.says("My name is Ada")
        await first.sees(first.answers, "Nice to meet you, Ada.")
        async with first.page.expect_popup() as opening:
            await first.page.evaluate("window.open(location.href)")
        second = await app.opened(await opening.value)
        await second.sees(second.status, "Disconnected")
        await second.says("My name is Grace")
        await second.sees(second.answers, "Nice to meet you, Grace.")
        await expect(second.log).not_to_contain_text("Ada")
        await first.page.reload()
        await first.sees(first.answers, "Nice to meet you, Ada.")
        await expect(first.log).not_to_contain_text("Grace")


async def test_a_closed_tab_leaves_nothing(app: App) -> None:
    """When visitors have closed their tabs, no session, task, subscription or thread of theirs is left, nor a session
    in memory."""
    await app.nobody_is_left()
    async with app.visit() as one, app.visit() as two:
        for guest in (one, two):
            await guest.says("Count to two hundred")
            await guest.sees(guest.answers, "1, 2, 3,")
        counts = await app.site.get("/counts")
        assert counts["sessions"] == counts["alive"] == 2
        assert counts["subscribers"] > 0
        assert counts["tasks"] > 0
        await one.page.reload()
        await one.sees(one.answers, "1, 2, 3,")
        counts = await app.site.get("/counts")
        assert counts["sessions"] == counts["alive"] == 2
    await app.nobody_is_left()
