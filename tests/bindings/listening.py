"""What a page really sounds like: an ear behind its playback, and how that compares with what was sent."""

import base64
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.async_api import Page

RATE = 24_000
QUANTUM = 128
PIECE = RATE // 4
LOST = RATE // 2
"""How far sound may have slipped before it counts as missing."""
BEEP_S = 0.25
PAUSE_MS = 400
"""Longer than a voice pauses between two words."""

Sound = NDArray[np.int16]

EAR = """
window.heard = [];
const ear = `registerProcessor("ear", class extends AudioWorkletProcessor {
  process([[samples]]) {
    if (samples) this.port.postMessage({ at: Date.now(), frame: currentFrame, samples: samples.slice() });
    return true;
  }
})`;
const Node = window.AudioWorkletNode;
window.AudioWorkletNode = Node && class extends Node {
  constructor(context, name, options) {
    super(context, name, options);
    if (name === "realtime-rx-playback") listen(context, this);
  }
};
async function listen(context, node) {
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([ear], { type: "text/javascript" })));
  const listener = new Node(context, "ear", { numberOfOutputs: 0 });
  listener.port.onmessage = ({ data }) => heard.push(data);
  node.connect(listener);
}
window.collect = () => {
  const pcm = new Int16Array(heard.length * 128);
  heard.forEach(({ samples }, i) => samples.forEach((sample, k) => (pcm[i * 128 + k] = Math.round(sample * 32768))));
  let text = "";
  for (const byte of new Uint8Array(pcm.buffer)) text += String.fromCharCode(byte);
  return { pcm: btoa(text), at: heard.map(({ at }) => at), frame: heard.map(({ frame }) => frame) };
};
"""


def microphone(path: Path, *, loop: bool = False) -> tuple[str, ...]:
    """Flags for a Chromium whose microphone hears this file, once it is opened."""
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={path}" + ("" if loop else "%noloop"),
    )


def written(path: Path, pcm: bytes) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(pcm)
    return path


def tone(seconds: float, hertz: float = 440) -> bytes:
    wave = 9_000 * np.sin(2 * np.pi * hertz * np.arange(round(RATE * seconds)) / RATE)
    return wave.astype("<i2").tobytes()


def beeps() -> bytes:
    """Two seconds of tones and pauses; a browser that suppresses noise takes a lasting tone away.

    They are higher than any voice: what the page's processing makes of lower ones was once taken for a word.
    """
    pause = bytes(2 * round(RATE * BEEP_S))
    return b"".join(tone(BEEP_S, hertz) + pause for hertz in (2_500, 3_300, 2_900, 3_700))


@dataclass(frozen=True)
class Heard:
    """What came out of a page: its samples, and when each 128 of them were made, in seconds since the epoch."""

    samples: Sound
    at: NDArray[np.float64]

    @classmethod
    async def of(cls, page: Page) -> "Heard":
        told = await page.evaluate("collect()")
        place = (np.array(told["frame"]) - told["frame"][0]) // QUANTUM
        samples = np.zeros((place[-1] + 1, QUANTUM), np.int16)  # where the ear heard nothing at all it was silent
        samples[place] = np.frombuffer(base64.b64decode(told["pcm"]), "<i2").reshape(-1, QUANTUM)
        at = np.interp(np.arange(len(samples)), place, np.array(told["at"]) / 1000)
        return cls(samples.reshape(-1), at)

    def silent_after(self, moment: float) -> tuple[float, int]:
        """How many milliseconds after this moment it fell silent for a while, and the last sample before that."""
        loud = np.flatnonzero(np.abs(self.samples.reshape(-1, QUANTUM)).max(axis=1))
        after = np.append(loud[1:], len(self.at) + PAUSE_MS * RATE)  # what sounds next
        pauses = after - loud > PAUSE_MS * RATE // 1000 // QUANTUM
        goes_on = np.append(self.at, np.inf)[np.minimum(after, len(self.at))] >= moment
        last = int(loud[np.flatnonzero(pauses & goes_on)[0]])
        return max(0.0, 1000 * float(self.at[last] - moment)), (last + 1) * QUANTUM

    def place_of(self, sound: Sound, *, before: int | None = None) -> int:
        """The sample at which this sound begins in what was heard; the latest one ``before`` a sample."""
        likeness = correlated(self.samples[:before], sound[:PIECE])
        return int(np.flatnonzero(likeness > 0.99 * likeness.max())[-1])

    def likeness(self, sound: Sound) -> tuple[float, float]:
        """How far this sound was heard as it was sent, 0 to 1, and its longest gap in milliseconds."""
        likeness, gaps = self.by_piece(sound)
        return float(np.mean(likeness)), max(gaps)

    def by_piece(self, sound: Sound) -> tuple[list[float], list[float]]:
        """The same of each quarter of a second that is not silent; its gap is before it."""
        at = begin = self.place_of(sound)
        likeness, gaps = list[float](), list[float]()
        for start in range(0, len(sound) - PIECE, PIECE):
            piece = sound[start : start + PIECE]
            if np.abs(piece).max() < 100:
                continue
            area = self.samples[max(0, at + start - LOST // 2) : at + start + PIECE + LOST]
            match = correlated(area, piece)
            found = max(0, at + start - LOST // 2) + int(np.argmax(match)) - start
            gaps.append(1000 * abs(found - at) / RATE if start else 0.0)
            at = found
            likeness.append(float(match.max()))
        assert begin >= 0
        return likeness, gaps


def correlated(area: Sound, piece: Sound) -> NDArray[np.float64]:
    """How much each part of an area is like a piece, -1 to 1."""
    a, b = area.astype(float), piece.astype(float)
    size = 1 << (len(a) + len(b)).bit_length()
    dot = np.fft.irfft(np.fft.rfft(a, size) * np.fft.rfft(b[::-1], size), size)[len(b) - 1 : len(a)]
    squares = np.concatenate(([0.0], np.cumsum(a**2)))
    power = squares[len(b) :] - squares[: len(squares) - len(b)]
    return dot / np.sqrt(np.maximum(power * (b**2).sum(), 1.0))
