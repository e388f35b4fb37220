"""A page's sound by Panel's own channel, in a real Chromium: not a frame is lost. realtime_rx_panel.carrier."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from pathlib import Path
from time import perf_counter, time
from typing import Any, TypeVar

import numpy as np
import panel as pn
import pytest
import pytest_asyncio
from panel.tests.util import serve_and_wait
from realtime_rx_panel.carrier import CarriedSocket
from realtime_rx_panel.host import loop_of, watch_visitor
from realtime_rx_panel.page_audio import PageAudio
from realtime_rx_panel.routes import BRIDGES

from realtime_rx.audio.bridge import AudioBridge
from realtime_rx.formats import PCM16_24K
from realtime_rx.runtime import LoopHost
from realtime_rx.ui import PageSound
from tests.audio.fakes import Listener
from tests.bindings.browser import browsing
from tests.bindings.listening import beeps, microphone, tone, written

T = TypeVar("T")

pytestmark = pytest.mark.browser

RATE = 24_000
FRAME_MS = 20
QUARTER = 50
"""Of the frames that a test listens to."""
DEADLINE = 20.0
DROP = "sockets.at(-1).close(4000)"
SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...how) {
    super(...how);
    sockets.push(this);
  }
};
"""


class Sounds:
    """A page that has a sound and nothing else, and the frames of its microphone as they arrive."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: list[int] = []
        self.ages: list[float] = []
        self.tabs: list[str] = []
        self.printed: list[str] = []
        self.drop: Callable[[], Awaitable[object]]
        receive = CarriedSocket.receive

        async def timed(socket: CarriedSocket) -> str | bytes | None:
            message = await receive(socket)
            if isinstance(message, bytes):
                self.sent.append(int.from_bytes(message[4:8], "little"))
                self.ages.append((1_000 * time() - self.sent[-1]) % 2**32)
            return message

        monkeypatch.setattr(CarriedSocket, "receive", timed)

    def app(self) -> pn.viewable.Viewable:
        document, self.host = pn.state.curdoc, LoopHost()
        assert document is not None
        self.sound = PageSound(BRIDGES, PCM16_24K, PCM16_24K, linger=5.0)
        self.page = PageAudio("sound", loop_of(document, self.host), self.host, lambda _: None)
        self.page.show(self.sound)
        self.page.put(document, self.tabs.append)
        watch_visitor(document, away=self.page.hang_up, back=self.page.recover, gone=lambda: None)
        return pn.pane.Str("Listen")

    async def there(self, work: Coroutine[Any, Any, T]) -> T:
        """On the loop that the bridge is on."""
        async with asyncio.timeout(DEADLINE):
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.host.loop))

    @property
    def bridge(self) -> AudioBridge:
        return self.sound.bridge

    async def capture(self, count: int) -> int:
        """How many bytes came from the microphone until so many frames did."""
        size = 0
        async with aclosing(self.bridge.microphone.chunks()) as chunks:
            async for chunk in chunks:
                size += len(chunk)
                if len(self.sent) >= count:
                    return size
        return size


@pytest_asyncio.fixture
async def sounds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Sounds]:
    """With a visitor whose microphone hears beeps and who has clicked, on a server without the route."""
    sounds = Sounds(monkeypatch)
    port = await asyncio.to_thread(serve_and_wait, sounds.app)
    try:
        async with browsing(*microphone(written(tmp_path / "beeps.wav", beeps()), loop=True)) as browser:
            page = await browser.new_page()
            page.on("console", lambda line: sounds.printed.append(line.text))
            await page.add_init_script(SOCKETS)
            await page.goto(f"http://localhost:{port}")
            await eventually(lambda: sounds.tabs)
            await page.get_by_text("Listen").click()
            sounds.page.start()
            await eventually(lambda: sounds.bridge.is_connected)
            sounds.drop = lambda: page.evaluate(DROP)
            yield sounds
            sounds.sound.close()
            await eventually(lambda: sounds.host.task_count == 0)
    finally:
        pn.state.kill_all_servers()


async def eventually(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - the page announces nothing to the test
            await asyncio.sleep(0.01)


async def test_no_frame_of_the_microphone_is_lost(sounds: Sounds) -> None:
    """Every frame that the microphone gives in four seconds arrives, once and in order."""
    size = await sounds.there(sounds.capture(200))
    assert size >= 2 * RATE * FRAME_MS // 1_000 * 199
    late = np.array(sounds.sent) - FRAME_MS * np.arange(len(sounds.sent))
    begin, end = np.median(late[:QUARTER]), np.median(late[-QUARTER:])  # not of one frame: a page may stall
    p50, p95 = np.percentile(sounds.ages, [50, 95])
    print(f"microphone to session: p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    assert np.diff(sounds.sent).min() >= 0
    assert abs(end - begin) < 5 * FRAME_MS
    assert p50 < 200


async def test_every_sample_is_heard_and_a_flush_is_told(sounds: Sounds) -> None:
    """All that was played is heard, to the last sample; and what is flushed is silent soon."""
    speaker, listener = sounds.bridge.speaker, Listener()
    await sounds.there(speaker.open(listener))
    speaker.play("a", 0, tone(3.0))
    await sounds.there(listener.until(lambda told: told.drained))
    assert listener.heard == {("a", 0): 3 * RATE}
    settled: list[float] = []
    for number in range(5):
        listener = Listener()
        await sounds.there(speaker.open(listener))
        speaker.play(f"{number}", 0, tone(3.0))
        await sounds.there(listener.until(lambda told: told.played))
        began = perf_counter()
        speaker.flush()
        await sounds.there(listener.until(lambda told: told.drained))
        settled.append(1_000 * (perf_counter() - began))
        assert 0 < listener.played[-1][2] < RATE
    print(f"{speaker.underruns} times dry; flush until all is told: {[round(each) for each in settled]} ms")
    assert np.median(settled) < 500


async def test_a_page_that_is_away_says_nothing(sounds: Sounds) -> None:
    """Where the document's connection breaks, the page's sound is away, and what nobody takes is not sent."""
    await sounds.there(sounds.capture(5))
    await sounds.drop()
    await eventually(lambda: not sounds.bridge.is_connected)
    assert not [line for line in sounds.printed if "not connected" in line]
