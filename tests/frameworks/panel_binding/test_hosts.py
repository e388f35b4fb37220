"""Where else Panel's pages are served than by pn.serve(), in a real Chromium: realtime_rx_panel.routes."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.bindings.browser import serving
from tests.bindings.contract.guests import App
from tests.bindings.listening import EAR, microphone, written
from tests.local.spoken import say, silence

pytestmark = pytest.mark.browser

SOUNDS = "heard.some(({ samples }) => samples.some((sample) => sample !== 0))"
SPOKEN = say("Count to three") + silence(60_000)
HOSTS = {"command": "/hosted", "prefixed": "/apps/hosted", "fastapi": "/panel", "deeper": "/apps/panel"}
"""Where each of them has the page."""


@pytest.mark.parametrize("host", HOSTS)
async def test_a_page_sounds_wherever_it_is_served(host: str, tmp_path: Path) -> None:
    """Under ``panel serve`` and in FastAPI, at whatever path, a visitor writes, reads the answer and hears it, from a
    socket of its own."""
    quiet = microphone(written(tmp_path / "quiet.wav", silence(2_000)), loop=True)
    async with (
        serving("tests.frameworks.panel_binding.hosts", host) as site,
        site.seen_by(*quiet) as here,
        App("panel", here).visit(HOSTS[host], script=EAR) as guest,
    ):
        async with guest.page.expect_websocket(lambda socket: socket.url.endswith("/_realtime_rx/sound")):
            await guest.presses("Talk")
        await guest.sees(guest.status, "Listening")
        await guest.says("Count to five")
        await guest.sees(guest.answers, "1, 2, 3, 4, 5.")
        await expect(guest.own).to_have_count(1)
        await guest.page.wait_for_function(SOUNDS)


async def test_a_server_without_the_route_sounds_as_well(tmp_path: Path) -> None:
    """Where the server was not given the plugin, a visitor speaks and hears over the page's own socket."""
    async with (
        serving("tests.frameworks.panel_binding.hosts", "soundless") as site,
        site.seen_by(*microphone(written(tmp_path / "spoken.wav", SPOKEN))) as here,
        App("panel", here).visit("/hosted", script=EAR) as guest,
    ):
        said: list[str] = []
        guest.page.on("console", lambda line: said.append(line.text))
        await guest.presses("Talk")
        await guest.sees(guest.status, "Listening")
        await guest.sees(guest.own, "Count to three")
        await guest.sees(guest.answers, "1, 2, 3.")
        await guest.page.wait_for_function(SOUNDS)
        assert "panel serve --plugins realtime_rx_panel" in "".join(said)
