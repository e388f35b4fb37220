"""A page's sound by Panel's own channel, without a page: realtime_rx_panel.carrier and kernel."""

import asyncio
import base64
import json
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import panel as pn
import pytest
from bokeh.document import Document
from panel.models.esm import DataEvent
from realtime_rx_panel.carrier import AHEAD, MOST_TEXT, TELL_BYTES, Carrier
from realtime_rx_panel.kernel import KernelComm
from realtime_rx_panel.page_audio import PageAudio
from realtime_rx_panel.routes import BRIDGES

from realtime_rx.audio.bridge import AudioBridge
from realtime_rx.audio.bridge.protocol import FROM_PAGE, HEADER, MAX_TEXT
from realtime_rx.runtime import LoopHost
from tests.audio.fakes import Listener

FRAME = HEADER.pack(FROM_PAGE, 0, 0, 0) + bytes(960)
RATES = {"input_rate": 24_000, "output_rate": 24_000}


class Page:
    """The other end: what it says, and what it was told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.batches = 0
        self.carrier = Carrier(LoopHost(), asyncio.get_running_loop(), self._hear)

    def _hear(self, text: str) -> None:
        self.batches += 1
        self.told += json.loads(text)

    def says(self, socket: str = "a", **message: Any) -> None:
        self.carrier.hear(json.dumps({"socket": socket, **message}))

    def opens(self, token: str, socket: str = "a") -> None:
        self.says(socket, open=True)
        self.says(socket, text=json.dumps({"type": "hello", "token": token, **RATES}))

    def speaks(self, frame: bytes = FRAME, socket: str = "a") -> None:
        self.says(socket, sound=base64.b64encode(frame).decode())

    def of(self, kind: str) -> list[Any]:
        return [message[kind] for message in self.told if kind in message]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 - the page announces nothing to the test
                await asyncio.sleep(0.001)


async def welcome(page: Page, socket: str = "a") -> AudioBridge:
    bridge = AudioBridge()
    page.opens(BRIDGES.add(bridge), socket)
    await page.until(lambda: any("welcome" in text for text in page.of("text")))
    return bridge


async def test_what_a_page_says_is_heard_and_answered() -> None:
    """With its token a page is welcome; each frame of its microphone is heard, and what is played comes to it."""
    page = Page()
    bridge = await welcome(page)
    frames = [HEADER.pack(FROM_PAGE, 0, 0, 0) + bytes([number, 0] * 480) for number in range(50)]
    async with aclosing(bridge.microphone.chunks()) as chunks:
        hearing = asyncio.ensure_future(anext(chunks))
        await page.until(lambda: any('"on":true' in text for text in page.of("text")))
        page.says(text='{"type":"microphone","state":"live"}')
        for frame in frames:
            page.speaks(frame)
        pcm = await hearing
        while len(pcm) < 960 * len(frames):
            pcm += await anext(chunks)
    assert pcm == b"".join(frame[HEADER.size :] for frame in frames)
    await bridge.speaker.open(Listener())
    bridge.speaker.play("item", 0, bytes(1920))
    await page.until(lambda: page.of("sound"))
    assert base64.b64decode(page.of("sound")[0])[HEADER.size :] == bytes(1920)
    bridge.close()
    await page.until(lambda: page.of("code") == [4410])


async def test_a_page_is_told_what_was_taken() -> None:
    """What the page must keep count of, so that it does not send what nobody takes, is told it and adds up."""
    page = Page()
    bridge = await welcome(page)
    count = 3 * TELL_BYTES // len(FRAME)
    for _ in range(count):
        page.speaks()
    await page.until(lambda: sum(page.of("taken")) > count * len(FRAME) - TELL_BYTES)
    assert sum(page.of("taken")) <= count * len(FRAME)
    bridge.close()
    await page.until(lambda: page.of("code"))


BAD = {
    "no JSON": ("{", 4400),
    "a deep nest": ('{"socket":"a","x":' + "[" * 8_000, 4400),
    "no message": ('{"text": 1}', 4400),
    "too long a frame": (json.dumps({"socket": "a", "sound": "A" * MOST_TEXT}), 1009),
    "too long a text": (json.dumps({"socket": "a", "text": " " * (MAX_TEXT + 1)}), 1009),
}


@pytest.mark.parametrize("case", BAD)
async def test_what_no_page_says_closes_the_socket(case: str) -> None:
    """A page that sends what is malformed or too long is told so, as on a socket."""
    page = Page()
    bridge = await welcome(page)
    said, code = BAD[case]
    page.carrier.hear(said)
    await page.until(lambda: page.of("code") == [code])
    bridge.close()


async def test_a_page_without_the_token_is_refused() -> None:
    """Whoever has the channel and no token hears nothing."""
    page = Page()
    page.opens("a.guess")
    await page.until(lambda: page.of("code") == [4401])


async def test_a_socket_that_is_not_there_is_gone() -> None:
    """A page that goes on with a socket of before is told that it is gone, and may open another."""
    page = Page()
    page.speaks(socket="before")
    await page.until(lambda: page.told)
    assert page.told == [{"socket": "before", "code": 1006}]
    page.says("before", code=1000)
    bridge = await welcome(page)
    bridge.close()
    await page.until(lambda: page.of("code") == [1006, 4410])


async def test_who_comes_back_opens_another_socket() -> None:
    """A page that was away for a while is told that its socket is gone; one that was not is told nothing."""
    page = Page()
    page.carrier.recover()
    bridge = await welcome(page)
    page.carrier.recover()
    page.carrier.hang_up()
    await page.until(lambda: not bridge.is_connected)
    page.carrier.recover()
    await page.until(lambda: 1006 in page.of("code"))
    page.opens(BRIDGES.add(bridge), "b")
    await page.until(lambda: bridge.is_connected)
    bridge.close()


async def test_a_page_that_floods_is_gone() -> None:
    """What a page says at once and nobody takes is bounded."""
    page = Page()
    bridge = await welcome(page)
    for _ in range(2 * AHEAD):
        page.says(text='{"type":"speaker","state":"live"}')
    await page.until(lambda: page.of("code") == [1011])
    bridge.close()


async def test_messages_that_come_together_go_together() -> None:
    """What is said before the document has a moment goes to the page as one message, in order."""
    page = Page()
    bridge = await welcome(page)
    before = page.batches
    await bridge.speaker.open(Listener())
    bridge.speaker.play("item", 0, bytes(3 * 1920))
    await page.until(lambda: len(page.of("sound")) == 3)
    assert page.batches - before < 3
    bridge.close()
    await page.until(lambda: page.of("code"))


async def test_sound_does_not_say_that_the_app_is_busy() -> None:
    """A frame is heard at once, in order, and Panel neither says busy for it nor gives it to a thread."""
    audio = PageAudio("sound", asyncio.get_running_loop(), LoopHost(), lambda _: None)
    document = Document()
    model = audio.get_root(document)
    told: list[str] = []
    audio._carrier.hear = told.append  # type: ignore[method-assign]
    busy: list[object] = []
    watcher = pn.state.param.watch(busy.append, "busy")
    for number in range(20):
        model._trigger_event(DataEvent(model, data=f"{number}"))
    assert told == [f"{number}" for number in range(20)]
    assert busy == []
    model._trigger_event(DataEvent(model, data={"tab": "x"}))
    assert busy
    pn.state.param.unwatch(watcher)


class FakeComm:
    """Jupyter's, as a page opens one."""

    comm_id = "a comm"

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.is_closed = False

    def on_msg(self, callback: Callable[[dict[str, Any]], object]) -> None:
        self.say = lambda said: callback({"content": {"data": {"said": said}}})

    def on_close(self, callback: Callable[[dict[str, Any]], object]) -> None:
        self.leave = lambda: callback({})

    def send(self, data: dict[str, Any]) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.is_closed = True


def test_a_kernel_hears_the_pages_that_opened_its_comm() -> None:
    """A page that opens the comm is heard and told, until it leaves or the session ends; then nobody is."""
    manager = pytest.importorskip("comm").get_comm_manager()
    heard: list[Any] = []
    kernel = KernelComm(heard.append)
    assert not kernel.send("to nobody")
    one, two = FakeComm(), FakeComm()
    two.comm_id = "another"
    for comm in (one, two):
        manager.targets[kernel.target](comm, {})
    one.say("a word")
    assert kernel.send("an answer")
    one.leave()
    assert kernel.send("another")
    assert (heard, one.sent, two.sent) == (
        ["a word"],
        [{"said": "an answer"}],
        [{"said": "an answer"}, {"said": "another"}],
    )
    kernel.close()
    assert (one.is_closed, two.is_closed, kernel.send("to nobody")) == (False, True, False)
    assert kernel.target not in manager.targets
