// How loud it is, and what it looks like: drawn from what the audio thread says, at most 30 times a second, and only
// while somebody can see it.

import { SoundElement } from "./element.js";

const FRAME_MS = 1000 / 30;
const CALM_MS = 500; // for who does not want things to move
const SAID_MS = 500; // how often a screen reader may be told
const LOWEST_HZ = 90, HIGHEST_HZ = 6000;
const BAR = 3, GAP = 3;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

class Level extends SoundElement {
  static observedAttributes = ["sound", "of", "label"];

  build() {
    this.setAttribute("role", "meter");
    this.setAttribute("aria-valuemin", "0");
    this.setAttribute("aria-valuemax", "100");
    this.innerHTML = `<span class="rt-level-bar"></span>`;
    this.bar = this.firstElementChild;
    this.told = 0;
    this.hear = ({ detail }) => this.show(detail[this.getAttribute("of") ?? "input"]);
  }

  connectedCallback() {
    super.connectedCallback();
    this.page.addEventListener("level", this.hear);
  }

  disconnectedCallback() {
    this.page.removeEventListener("level", this.hear);
    super.disconnectedCallback();
  }

  // Loudness is felt in decibels: -60 dB is the left end, 0 dB the right one.
  show(level) {
    const percent = Math.round(100 * Math.max(0, Math.min(1, 1 + Math.log10(level || 1e-9) / 3)));
    if (document.hidden || percent === this.percent) return;
    this.percent = percent;
    this.bar.style.transform = `scaleX(${percent / 100})`;
    if (performance.now() - this.told < SAID_MS && percent) return;
    this.told = performance.now();
    this.setAttribute("aria-valuenow", String(percent));
  }

  render() {
    this.setAttribute("aria-label", this.getAttribute("label") ?? "");
    if (!this.page.isOn) this.show(0);
  }
}

class Wave extends SoundElement {
  static observedAttributes = ["sound", "of", "shape"];
  frames = 0;
  #timer = null;
  #visible = true;

  build() {
    this.setAttribute("aria-hidden", "true");
    this.canvas = this.appendChild(document.createElement("canvas"));
    this.resized = new ResizeObserver(() => this.draw());
    this.seen = new IntersectionObserver(([entry]) => {
      this.#visible = entry.isIntersecting;
      this.render();
    });
    this.turned = () => this.render();
  }

  connectedCallback() {
    super.connectedCallback();
    this.resized.observe(this);
    this.seen.observe(this);
    document.addEventListener("visibilitychange", this.turned);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stop();
    this.resized.disconnect();
    this.seen.disconnect();
    document.removeEventListener("visibilitychange", this.turned);
  }

  render() {
    if (this.page.isOn && this.#visible && !document.hidden) this.#timer ??= this.wait();
    else if (this.#timer) this.stop();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.draw();
  }

  wait() {
    return setTimeout(() => {
      this.draw();
      this.#timer = this.wait();
    }, calm.matches ? CALM_MS : FRAME_MS);
  }

  // Whose sound it is: the model's while it is heard, else the visitor's.
  source() {
    const { inputAnalyser, outputAnalyser } = this.page;
    const of = this.getAttribute("of") ?? "both";
    if (of !== "both") return [of === "output" ? outputAnalyser : inputAnalyser, of];
    return isHeard(outputAnalyser) || !inputAnalyser ? [outputAnalyser, "output"] : [inputAnalyser, "input"];
  }

  draw() {
    this.frames += 1;
    const scale = devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this;
    if (this.canvas.width !== Math.round(width * scale)) this.canvas.width = Math.round(width * scale);
    if (this.canvas.height !== Math.round(height * scale)) this.canvas.height = Math.round(height * scale);
    const pen = this.canvas.getContext("2d");
    const [analyser, of] = this.page.isOn ? this.source() : [null, "input"];
    const style = getComputedStyle(this);
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.fillStyle = pen.strokeStyle = (of === "output" && style.getPropertyValue("--rt-accent")) || style.color;
    if (this.getAttribute("shape") === "wave") drawWave(pen, analyser, width, height);
    else drawBars(pen, analyser, width, height);
  }
}

function isHeard(analyser) {
  if (!analyser) return false;
  const wave = new Float32Array(256);
  analyser.getFloatTimeDomainData(wave);
  return wave.some((sample) => Math.abs(sample) > 1e-4);
}

function drawWave(pen, analyser, width, height) {
  const wave = new Float32Array(analyser?.fftSize ?? 2);
  analyser?.getFloatTimeDomainData(wave);
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (let x = 0; x <= width; x += 2) {
    pen.lineTo(x, (height / 2) * (1 - wave[Math.floor((x / width) * (wave.length - 1))]));
  }
  pen.stroke();
}

// A spectrum, mirrored at the middle: low tones there, high ones at both ends.
function drawBars(pen, analyser, width, height) {
  const count = Math.floor(width / (BAR + GAP));
  const spectrum = new Uint8Array(analyser?.frequencyBinCount ?? 0);
  analyser?.getByteFrequencyData(spectrum);
  const hertzPerBin = analyser ? analyser.context.sampleRate / analyser.fftSize : 1;
  const left = (width - count * (BAR + GAP) + GAP) / 2;
  for (let i = 0; i < count; i++) {
    const place = Math.abs((2 * i + 1) / count - 1);
    const bin = Math.round((LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** place) / hertzPerBin);
    const loud = ((spectrum[bin] ?? 0) / 255) ** 1.4;
    const tall = Math.max(BAR, loud * height);
    pen.beginPath();
    pen.roundRect(left + i * (BAR + GAP), (height - tall) / 2, BAR, tall, BAR / 2);
    pen.fill();
  }
}

customElements.define("realtime-rx-level", Level);
customElements.define("realtime-rx-wave", Wave);
