// What runs on the browser's audio thread: the microphone's sound out, the speaker's sound in. Each processor talks to
// the socket's worker through a MessagePort of its own, so that a page which is busy does not hold up the sound.

const LEVELS_PER_SECOND = 30;
const REPORTS_PER_SECOND = 20;

class Level {
  constructor(port) {
    this.port = port;
    this.every = Math.ceil(sampleRate / LEVELS_PER_SECOND);
    this.sum = this.count = this.last = 0;
  }
  add(samples) {
    for (const sample of samples) this.sum += sample * sample;
    this.count += samples.length;
    if (this.count < this.every) return;
    const level = Math.sqrt(this.sum / this.count);
    if (level || this.last) this.port.postMessage({ level });
    this.last = level;
    this.sum = this.count = 0;
  }
}

// Streaming, by a windowed sinc: for browsers that record only at the device's rate.
class Resampler {
  constructor(from, to, taps = 32) {
    this.step = from / to;
    this.taps = taps;
    this.cutoff = 0.92 * Math.min(1, to / from);
    this.input = new Float32Array(taps);
    this.at = 0;
  }
  push(samples) {
    const input = new Float32Array(this.input.length + samples.length);
    input.set(this.input);
    input.set(samples, this.input.length);
    const output = [];
    for (; this.at + this.taps <= input.length; this.at += this.step) output.push(this.sample(input));
    const used = Math.min(Math.floor(this.at), input.length);
    this.input = input.slice(used);
    this.at -= used;
    return output;
  }
  sample(input) {
    const first = Math.floor(this.at);
    const middle = this.at - first + this.taps / 2 - 1;
    let sum = 0, weights = 0;
    for (let tap = 0; tap < this.taps; tap++) {
      const x = tap - middle;
      const sinc = x === 0 ? this.cutoff : Math.sin(Math.PI * x * this.cutoff) / (Math.PI * x);
      const weight = sinc * (0.5 + 0.5 * Math.cos((2 * Math.PI * x) / this.taps));
      sum += weight * (input[first + tap] ?? 0);
      weights += weight;
    }
    return sum / weights;
  }
}

class Capture extends AudioWorkletProcessor {
  constructor({ processorOptions: { rate, frameMs } }) {
    super();
    this.frame = new Int16Array(Math.round((rate * frameMs) / 1000));
    this.filled = 0;
    this.resampler = rate === sampleRate ? null : new Resampler(sampleRate, rate);
    this.level = new Level(this.port);
    this.port.onmessage = ({ data }) => Object.assign(this, data); // worker, muted, closed
  }
  process([[samples]]) {
    if (this.closed) return false;
    if (!samples) return true;
    // Muted is silence, not nothing: whoever listens for the end of a turn must hear that it is quiet.
    const sound = this.muted ? new Float32Array(samples.length) : samples;
    this.level.add(sound);
    for (const sample of this.resampler?.push(sound) ?? sound) this.put(sample);
    return true;
  }
  put(sample) {
    this.frame[this.filled++] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
    if (this.filled < this.frame.length) return;
    const pcm = this.frame;
    this.frame = new Int16Array(pcm.length);
    this.filled = 0;
    this.worker?.postMessage({ pcm, at: Date.now() }, [pcm.buffer]);
  }
}

// One generation after another. `played` is what the device was given, `heard` what has come out of it since.
class Playback extends AudioWorkletProcessor {
  constructor({ processorOptions: { prebufferMs } }) {
    super();
    this.prebuffer = Math.round((sampleRate * prebufferMs) / 1000);
    this.latency = this.underruns = this.reported = 0;
    this.level = new Level(this.port);
    this.held = []; // { of, samples, frame }: given to the device, not yet heard
    this.begin(0);
    this.port.onmessage = ({ data }) => this.set(data);
  }
  set({ worker, latency, closed }) {
    if (worker) (this.worker = worker).onmessage = ({ data }) => this.take(data);
    if (latency !== undefined) this.latency = Math.round(latency * sampleRate);
    if (closed) this.closed = true;
  }
  begin(generation) {
    this.now = { generation, received: 0, played: 0, heard: 0, silent: false };
    this.queue = [];
    this.position = 0;
    this.since = null; // the frame at which the first of what waits to be begun arrived
    this.sounding = this.last = false;
  }
  take({ flush, generation, pcm, last }) {
    if (flush !== undefined) {
      this.flush(flush);
    } else if (generation === this.now.generation) {
      this.queue.push(pcm);
      this.now.received += pcm.length;
      this.last = last;
      this.since ??= currentFrame;
    }
  }
  flush(generation) {
    if (generation === this.now.generation) return;
    const old = this.now;
    this.begin(generation);
    old.silent = true; // said once all that the device holds of it is heard
    this.say(old);
  }
  say(of) {
    const { generation, played, heard } = of;
    const silent = of.silent && heard === played;
    this.worker?.postMessage({ type: "played", generation, played, heard, silent, underruns: this.underruns });
    if (of === this.now) this.reported = currentFrame;
  }
  process(_, [[output]]) {
    if (this.closed) return false;
    const changed = this.hear();
    if (this.mayBegin()) this.sounding = true;
    if (this.sounding) this.fill(output);
    this.level.add(output);
    const due = currentFrame - this.reported >= sampleRate / REPORTS_PER_SECOND;
    const { played, heard, received } = this.now;
    if (due ? played !== this.said || changed : changed && heard === received) {
      this.said = played;
      this.say(this.now);
    }
    return true;
  }
  // A little is gathered first, for a while: what comes at the pace of speech would stutter otherwise.
  mayBegin() {
    const { received, played } = this.now;
    if (this.sounding || received === played) return false;
    return received - played >= this.prebuffer || currentFrame - this.since >= this.prebuffer;
  }
  fill(output) {
    let filled = 0;
    while (filled < output.length && this.queue.length) {
      const pcm = this.queue[0];
      const count = Math.min(output.length - filled, pcm.length - this.position);
      for (let i = 0; i < count; i++) output[filled + i] = pcm[this.position + i] / 32768;
      filled += count;
      this.position += count;
      if (this.position === pcm.length) {
        this.queue.shift();
        this.position = 0;
      }
    }
    this.now.played += filled;
    if (filled) this.held.push({ of: this.now, samples: filled, frame: currentFrame + filled });
    if (filled === output.length) return;
    this.sounding = false;
    this.since = null;
    if (!this.last) this.underruns++;
  }
  // Whether more of what is played now was heard.
  hear() {
    let changed = false;
    while (this.held.length && currentFrame >= this.held[0].frame + this.latency) {
      const { of, samples } = this.held.shift();
      of.heard += samples;
      if (of === this.now) changed = true;
      else if (of.heard === of.played) this.say(of);
    }
    return changed;
  }
}

registerProcessor("realtime-rx-capture", Capture);
registerProcessor("realtime-rx-playback", Playback);
