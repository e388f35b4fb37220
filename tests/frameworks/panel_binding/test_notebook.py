"""A visitor of a notebook, in a real JupyterLab and Chromium: realtime_rx_panel.kernel."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.bindings.browser import browsing, serving, stay_here
from tests.bindings.listening import EAR, microphone, written
from tests.local.spoken import say, silence

pytestmark = pytest.mark.browser

CELL = """
import panel as pn
pn.extension(inline=True)
from realtime_rx.ui.choices import options
from realtime_rx_panel import status_badge, use_realtime
rt = use_realtime("local", **options(), output_modalities=("audio",))
pn.Column(status_badge(rt), rt.microphone(connect_on_start=True), rt.audio(), rt.chat(), height=400)
"""
QUIETLY = (
    *("--no-browser", "--allow-root", "-y", "--ip=127.0.0.1", "--IdentityProvider.token=", "--LabApp.news_url="),
    *("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--ServerApp.log_level=ERROR"),
)
FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
SLOW_MS = 40_000
SOUNDS = "heard.some(({ samples }) => samples.some((sample) => sample !== 0))"


def notebook(folder: Path) -> None:
    cell = {"cell_type": "code", "id": "a", "source": CELL, "metadata": {}, "outputs": [], "execution_count": None}
    python = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    talk = {"cells": [cell], "metadata": python, "nbformat": 4, "nbformat_minor": 5}
    (folder / "talk.ipynb").write_text(json.dumps(talk), "utf-8")


@asynccontextmanager
async def opened(folder: Path, *flags: str) -> AsyncIterator[Page]:
    """The notebook, open in JupyterLab, and its kernel waits."""
    notebook(folder)
    own = {name: str(folder / name) for name in FOLDERS}
    async with (
        serving("jupyterlab", *QUIETLY, f"--ServerApp.root_dir={folder}", env=own) as lab,
        browsing(*flags) as browser,
    ):
        context = await browser.new_context()
        await context.route("**", lambda route: stay_here(route, ("127.0.0.1",), []))  # Panel wants a style sheet
        await context.add_init_script(EAR)
        page = await context.new_page()
        await page.goto(f"{lab.url}/lab/tree/talk.ipynb?reset")
        await expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=SLOW_MS)
        yield page
        await context.close()


async def test_a_notebook_speaks_and_hears(tmp_path: Path) -> None:
    """In JupyterLab, who runs the cell and clicks talks with the model, and hears it, by a comm of the page's own."""
    spoken = written(tmp_path / "spoken.wav", say("Count to three") + silence(60_000))
    async with opened(tmp_path, *microphone(spoken)) as page:
        await page.locator(".jp-Notebook .cm-content").first.click()
        await page.keyboard.press("Shift+Enter")
        await page.locator("realtime-rx-microphone").get_by_role("button").click(timeout=SLOW_MS)
        await expect(page.get_by_role("article", name="You")).to_contain_text("Count to three", timeout=SLOW_MS)
        await expect(page.get_by_role("article", name="Assistant")).to_contain_text("1, 2, 3.", timeout=SLOW_MS)
        await page.wait_for_function(SOUNDS)
