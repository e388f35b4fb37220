"""`python -m benchmarks.bridge`: how quick and how whole sound is between a server and a page in Chromium.

Server, sockets and browser are real, on this machine and the same as in the bridge's tests; the microphone is a file.
The page is measured twice: at rest, and while its main thread is blocked 150 ms twice a second. Times are from a call
on the server to what the audio worklet gets or gives, and from the microphone's worklet to the server, by one clock of
whole milliseconds. A worklet is called for some blocks of 5 ms at once, and a device adds its own latency to both ends.

The sound is noise, so that no piece of it is like another: how alike it is to what was sent, and how far its pieces
were shifted against each other, says whether anything was lost, repeated or late.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from playwright.async_api import Page

from benchmarks.environments import tell
from benchmarks.tables import Row, render
from tests.audio.bridge.site import BLOCK_THE_PAGE, RATE, Site, capture, microphone, serving, start, tone_file
from tests.audio.fakes import Listener
from tests.bindings.listening import EAR, QUANTUM, Heard

RESULTS = Path(__file__).parent / "results" / "bridge.json"
CHUNK_S = 0.02
CHUNK = round(RATE * CHUNK_S)
SPEAKING_S = 0.25
"""How much of a reply is heard before it is flushed; its lead is still growing then."""
AFTER_MS = 100
PATIENCE_S = 30.0

AGES = """
const probe = URL.createObjectURL(new Blob([`
  const register = globalThis.registerProcessor;
  globalThis.registerProcessor = (name, Processor) => {
    if (name === "realtime-rx-playback") {
      const take = Processor.prototype.take;
      Processor.prototype.take = function (data) {
        if (data.pcm) {
          const sent = new DataView(data.pcm.buffer, data.pcm.byteOffset).getUint32(0, true);
          this.port.postMessage({ age: (Date.now() - sent + 2 ** 32) % 2 ** 32, level: this.level.last });
        }
        take.call(this, data);
      };
    }
    register(name, Processor);
  };
`], { type: "text/javascript" }));
window.ages = [];
const add = AudioWorklet.prototype.addModule;
AudioWorklet.prototype.addModule = async function (url) {
  await add.call(this, probe);
  return add.call(this, url);
};
const Watched = window.AudioWorkletNode;
window.AudioWorkletNode = class extends Watched {
  constructor(context, name, options) {
    super(context, name, options);
    this.port.addEventListener("message", ({ data }) => data.age === undefined || ages.push(data.age));
  }
};
"""
"""Has the page note how old each frame is that reaches its worklet: the frame begins with when it was played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one page did. Lists are milliseconds; ``likeness`` is 1 where what was sent came out."""

    speaker: Sequence[float]
    microphone: Sequence[float]
    begins: Sequence[float]
    silence: Sequence[float]
    underruns: int
    gap_ms: float
    likeness: float


def percentile(of: Callable[[Figures], Sequence[float]], percent: int) -> Callable[[Figures], str]:
    return lambda figures: f"{np.percentile(of(figures), percent):.1f}"


ROWS: Mapping[str, Callable[[Figures], str]] = {
    "server -> worklet, p50 (ms)": percentile(lambda figures: figures.speaker, 50),
    "server -> worklet, p95 (ms)": percentile(lambda figures: figures.speaker, 95),
    "microphone -> server, p50 (ms)": percentile(lambda figures: figures.microphone, 50),
    "microphone -> server, p95 (ms)": percentile(lambda figures: figures.microphone, 95),
    "play -> first sound, p50 (ms)": percentile(lambda figures: figures.begins, 50),
    "play -> first sound, p95 (ms)": percentile(lambda figures: figures.begins, 95),
    "flush -> silence, p50 (ms)": percentile(lambda figures: figures.silence, 50),
    "flush -> silence, p95 (ms)": percentile(lambda figures: figures.silence, 95),
    "underruns": lambda figures: str(figures.underruns),
    "longest gap (ms)": lambda figures: f"{figures.gap_ms:.1f}",
    "likeness of what was sent and what came out": lambda figures: f"{figures.likeness:.3f}",
}


def noise(seconds: float, seed: int) -> bytes:
    samples = 6_000 * np.random.default_rng(seed).normal(size=round(seconds * RATE)).clip(-4, 4)
    return samples.astype("<i2").tobytes()


async def arrivals(site: Site, page: Page, seconds: float) -> list[float]:
    """How old sound is, that is played as it is spoken, when the page's worklet has it."""
    await site.bridge.speaker.open(listener := Listener())
    await page.evaluate("ages.length = 0")
    due = time.monotonic()
    for number in range(round(seconds / CHUNK_S)):
        stamp = (time.time_ns() // 1_000_000 % 2**32).to_bytes(4, "little")
        site.bridge.speaker.play("arrivals", 0, stamp + noise(CHUNK_S, number)[4:])
        due += CHUNK_S
        await asyncio.sleep(due - time.monotonic())
    await listener.until(lambda told: bool(told.drained), patience=PATIENCE_S)
    ages: list[float] = await page.evaluate("ages")
    return ages


async def recordings(site: Site, seconds: float) -> list[float]:
    """How old the microphone's frames are when the server has them."""
    site.ages.clear()
    await capture(site.bridge, seconds)
    return list(site.ages)


async def interruption(site: Site, page: Page, number: int) -> tuple[float, float]:
    """How long after it is played a reply begins to sound, and how long after a flush the silence begins."""
    await site.bridge.speaker.open(listener := Listener())
    await page.evaluate("heard.length = 0")
    began = time.time()
    site.bridge.speaker.play(f"interrupted {number}", 0, noise(3.0, number))
    await listener.until(lambda told: bool(told.played) and told.played[-1][2] > SPEAKING_S * RATE)
    flushed = time.time()
    site.bridge.speaker.flush()
    await listener.until(lambda told: bool(told.drained))
    await page.wait_for_function(f"heard.at(-1)?.at > {1_000 * flushed + AFTER_MS}")
    heard = await Heard.of(page)
    _, end = heard.silent_after(flushed)
    first, last = (float(heard.at[sample // QUANTUM]) for sample in (np.flatnonzero(heard.samples)[0], end))
    return 1_000 * (first - began), 1_000 * (last - flushed)


async def comparison(site: Site, page: Page, seconds: float) -> tuple[float, float]:
    """How alike what is sent and what comes out are, and the longest gap in it."""
    await site.bridge.speaker.open(listener := Listener())
    await page.evaluate("heard.length = 0")
    sound = noise(seconds, 0)
    site.bridge.speaker.play("compared", 0, sound)
    await listener.until(lambda told: bool(told.drained), patience=seconds + PATIENCE_S)
    await page.wait_for_function(f"heard.at(-1)?.at > {1_000 * time.time()}")
    return (await Heard.of(page)).likeness(np.frombuffer(sound, "<i2"))


async def measure(seconds: float, flushes: int, file: Path, *, busy: bool) -> Figures:
    """One page, from its start to its end."""
    async with serving(*microphone(tone_file(file, 440))) as site, site.page(script=EAR + AGES) as page:
        await start(page)
        if busy:
            await page.evaluate(BLOCK_THE_PAGE)
        speaker = await arrivals(site, page, seconds)
        recorded = await recordings(site, seconds)
        likeness, gap_ms = await comparison(site, page, seconds)
        underruns = site.bridge.speaker.underruns
        begins, silence = zip(*[await interruption(site, page, number) for number in range(flushes)], strict=True)
    return Figures(
        speaker=speaker,
        microphone=recorded,
        begins=begins,
        silence=silence,
        underruns=underruns,
        gap_ms=gap_ms,
        likeness=likeness,
    )


def table(*columns: Figures) -> str:
    rows: list[Row] = [(name, *(cell(figures) for figures in columns)) for name, cell in ROWS.items()]
    return render(("server and page, on one machine", "page at rest", "page blocked 150 ms twice a second"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bridge", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="of sound, each way and each time (default 10)")
    parser.add_argument("--flushes", type=int, default=20, help="replies that are cut off (default 20)")
    arguments = parser.parse_args()
    columns: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, busy in (("at rest", False), ("busy", True)):
            tell(f"-> a page {name}")
            measuring = measure(arguments.seconds, arguments.flushes, Path(folder) / "tone.wav", busy=busy)
            columns[name] = asyncio.run(measuring)
    print(f"\n{table(*columns.values())}\n")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({name: asdict(figures) for name, figures in columns.items()}, indent=1), "utf-8")
    tell(f"-> All times in {RESULTS}")


if __name__ == "__main__":
    main()
