// The visitor's microphone and speakers, for the server. Plain modules, no build step:
//
//   const bridge = createBridge({ url: "/audio", token, sampleRate: 24000 });
//   button.onclick = async () => { const { error, message } = await bridge.start(); ... };
//
// start() belongs into a click: browsers let a page sound only after one. Events: "state" ({ state, microphone, error,
// message }, whenever one of them changes) and "level" ({ input, output }, 0..1, at most 30 a second each).
// state: idle, connecting, connected, reconnecting, closed. microphone: off, live, muted.
// Where no socket opens at `url`, or where there is none, `carry` is asked for another way to the server, if it is given:
// carry(receive) gives { send, missed, close }, and has receive called with what the server sends; both are text.
// error: insecure-context, denied, no-device, in-use, unsupported, lost, refused, unreachable, stopped, suspended.

const DEFAULTS = {
  sampleRate: 24000, frameMs: 20, prebufferMs: 60, volume: 1, deviceId: null,
  echoCancellation: true, noiseSuppression: true, autoGainControl: true,
};
const WORKER = new URL("./worker.js", import.meta.url).href;
const WORKLETS = new URL("./worklets.js", import.meta.url).href;
const CONNECT_MS = 10_000;
const LATENCY_EVERY_MS = 500;

const ERRORS = {
  NotAllowedError: "denied", SecurityError: "denied", PermissionDeniedError: "denied",
  NotFoundError: "no-device", OverconstrainedError: "no-device",
  NotReadableError: "in-use", AbortError: "in-use",
};
const MESSAGES = {
  "insecure-context": "Sound needs a page on https:// or localhost.",
  denied: "The microphone was denied: allow it in the browser's settings for this page.",
  "no-device": "There is no such microphone: connect one.",
  "in-use": "The microphone is in use by another program.",
  unsupported: "This browser cannot do that with sound.",
  lost: "The microphone was disconnected.",
  unreachable: "The server does not answer.",
  stopped: "The sound was stopped.",
  suspended: "The browser waits for a click before it lets this page sound.",
};

const TOLD = new Set(["insecure-context", "denied", "no-device", "in-use", "unsupported", "lost"]);

// A token is good for one socket. Who makes another bridge with the one the page was given means the latest of it.
const renewed = new Map();

export const createBridge = (options) => new Bridge(options);

// What is set now, without a change that failed: what was before it. What was changed again since stays.
export const undone = (change, before, now) => {
  const failed = Object.keys(change).filter((name) => now[name] === change[name]);
  return { ...now, ...Object.fromEntries(failed.map((name) => [name, before[name]])) };
};

class Failure extends Error {
  constructor(error, message = MESSAGES[error]) {
    super(message);
    this.error = error;
  }
  static of(cause) {
    return cause instanceof Failure ? cause : new Failure(ERRORS[cause?.name] ?? "unsupported");
  }
}

class Bridge extends EventTarget {
  #options;
  #now = { state: "idle", microphone: "off", error: null, message: "" };
  #starting = null;
  #listening = null;
  #muted = false;
  #kept = false; // the page asked for the microphone, so it stays when the server does not listen
  #wanted = false; // the server listens
  #acquiring = 0;
  #sound = null; // { context, playback, worker, output, timer }
  #source = null; // { context, stream, node, source, input }
  #level = { input: 0, output: 0 };

  constructor(options) {
    super();
    this.#options = { inputSampleRate: options.sampleRate ?? DEFAULTS.sampleRate, ...DEFAULTS, ...options };
  }

  get state() { return this.#now; }
  // AnalyserNodes for waveform and spectrum, while there is something to analyse.
  get inputAnalyser() { return this.#source?.input ?? null; }
  get outputAnalyser() { return this.#sound?.output ?? null; }

  // Never rejects: { error, message }, error null where all is well. Without a microphone the page only listens, until
  // the server asks for one. Started again, in another click, it wakes what the browser put to sleep.
  async start({ microphone = true } = {}) {
    this.#starting ??= this.#start().finally(() => (this.#starting = null));
    this.#wake();
    try {
      await this.#starting;
      this.#kept ||= microphone;
      if (microphone && !this.#source) await this.#listenOnce();
      return { error: null, message: "" };
    } catch (cause) {
      return this.#fail(cause);
    }
  }

  // The page needs the microphone no longer: it stays while the server listens.
  letGo() {
    this.#kept = false;
    if (!this.#wanted) this.#release();
  }

  // Lets microphone and speakers go.
  stop() {
    const sound = this.#sound;
    this.#kept = this.#wanted = false;
    this.#release();
    this.#sound = null;
    if (!sound) return;
    clearInterval(sound.timer);
    sound.playback?.port.postMessage({ closed: true });
    sound.worker?.postMessage({ bye: true });
    sound.carrier?.close();
    sound.context.close();
    this.#show({ state: "idle" });
  }

  close() {
    this.stop();
    this.#show({ state: "closed" });
  }

  // Silence instead of the microphone, which stays open.
  setMuted(muted) {
    this.#muted = Boolean(muted);
    this.#mute();
  }

  // How loud the page plays: 0 is silence, 1 as it comes.
  setVolume(volume) {
    this.#options.volume = volume;
    if (this.#sound?.gain) this.#sound.gain.gain.value = volume;
  }

  // Another microphone, by a deviceId of devices(); null is the browser's choice.
  setDevice(deviceId) {
    return this.setMicrophone({ deviceId });
  }

  // deviceId, echoCancellation, noiseSuppression, autoGainControl. As start(), but where such a microphone cannot be
  // had, the one before stays.
  async setMicrophone(change) {
    const before = this.#options;
    this.#options = { ...before, ...change };
    try {
      if (this.#source) await this.#listen();
      return { error: null, message: "" };
    } catch (cause) {
      this.#options = undone(change, before, this.#options);
      const { error, message } = Failure.of(cause);
      return { error, message };
    }
  }

  // [{ deviceId, label }]. Browsers give labels once the microphone was allowed.
  async devices() {
    const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    return devices.filter(({ kind }) => kind === "audioinput").map(({ deviceId, label }) => ({ deviceId, label }));
  }

  async #start() {
    if (this.#sound) return;
    if (!globalThis.isSecureContext) throw new Failure("insecure-context");
    if (!globalThis.AudioWorkletNode || !globalThis.Worker) throw new Failure("unsupported");
    this.#show({ state: "connecting", error: null, message: "" });
    const context = new AudioContext({ sampleRate: this.#options.sampleRate, latencyHint: "interactive" });
    const sound = (this.#sound = { context });
    try {
      await context.audioWorklet.addModule(WORKLETS);
      if (this.#sound !== sound) throw new Failure("stopped");
      this.#play(sound);
      await this.#connect(sound);
    } catch (cause) {
      if (this.#sound === sound) this.stop();
      throw cause;
    }
  }

  #play(sound) {
    const { context } = sound;
    const { prebufferMs } = this.#options;
    sound.playback = new AudioWorkletNode(context, "realtime-rx-playback", {
      numberOfInputs: 0, outputChannelCount: [1], processorOptions: { prebufferMs },
    });
    sound.output = new AnalyserNode(context);
    sound.gain = new GainNode(context, { gain: this.#options.volume });
    sound.playback.connect(sound.output).connect(sound.gain).connect(context.destination);
    sound.playback.port.onmessage = ({ data }) => this.#meter({ output: data.level });
    const tell = () => sound.playback.port.postMessage({ latency: context.baseLatency + (context.outputLatency || 0) });
    sound.timer = setInterval(tell, LATENCY_EVERY_MS);
    tell();
    context.onstatechange = () => this.#awake(sound);
    this.#wake();
    if (context.state !== "running") setTimeout(() => this.#awake(sound), LATENCY_EVERY_MS);
  }

  #wake() {
    this.#sound?.context.resume().catch(() => {});
    if (this.#source && this.#source.context !== this.#sound?.context) this.#source.context.resume().catch(() => {});
  }

  // Browsers put sound to sleep until a click, and during a phone call.
  #awake({ context }) {
    if (this.#sound?.context !== context) return;
    const isRunning = context.state === "running";
    this.#sound.worker?.postMessage({ speaker: isRunning ? "live" : "suspended" });
    if (!isRunning) this.#show({ error: "suspended", message: MESSAGES.suspended });
    else if (this.#now.error === "suspended") this.#show({ error: null, message: "" });
  }

  #connect(sound) {
    const toPlayback = new MessageChannel();
    sound.playback.port.postMessage({ worker: toPlayback.port2 }, [toPlayback.port2]);
    const worker = (sound.worker = new Worker(WORKER, { type: "module" }));
    const { url, carry, token, inputSampleRate: inputRate, sampleRate: outputRate } = this.#options;
    const carrier = (sound.carrier = carry?.((carried) => worker.postMessage({ carried })));
    const way = { url: url && addressOf(url), carries: Boolean(carrier) };
    const connect = { ...way, token: renewed.get(token) ?? token, inputRate, outputRate };
    worker.postMessage({ playback: toPlayback.port1, connect }, [toPlayback.port1]);
    worker.postMessage({ speaker: sound.context.state === "running" ? "live" : "suspended" });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Failure("unreachable")), CONNECT_MS);
      worker.onerror = () => reject(new Failure("unsupported"));
      worker.onmessage = ({ data }) => {
        if (data.carried) return carrier.send(data.carried);
        if (data.missed) carrier.missed(data.missed);
        if (data.token) this.#renew(worker, data.token);
        if (this.#sound !== sound) return reject(new Failure("stopped"));
        if (data.state === "connected" || data.state === "closed") clearTimeout(timer);
        if (data.state === "connected") resolve();
        if (data.state === "closed") reject(new Failure("refused", data.reason || `closed: ${data.code}`));
        this.#hear(data);
      };
    });
  }

  // The token that was used is void once this is said: a page that starts again has to have the new one by then.
  #renew(worker, token) {
    renewed.set(this.#options.token, token);
    worker.postMessage({ kept: token });
  }

  #hear({ state, wanted, code, reason }) {
    if (state === "connected") this.#show({ state });
    if (state === "reconnecting" && this.#now.state === "connected") this.#show({ state });
    if (state === "closed") {
      this.stop();
      this.#show({ state, error: "refused", message: reason || `The server closed the connection (${code}).` });
    }
    if (wanted !== undefined) this.#wanted = wanted;
    if (wanted && !this.#source) this.#listenOnce().catch((cause) => this.#fail(cause));
    if (wanted === false && !this.#kept) this.#release();
  }

  // Page and server may ask at the same time; the visitor is asked once.
  #listenOnce() {
    this.#listening ??= this.#listen().finally(() => (this.#listening = null));
    return this.#listening;
  }

  async #listen() {
    const turn = ++this.#acquiring;
    const { deviceId, echoCancellation, noiseSuppression, autoGainControl } = this.#options;
    if (!navigator.mediaDevices?.getUserMedia) throw new Failure("unsupported");
    const audio = { channelCount: 1, echoCancellation, noiseSuppression, autoGainControl };
    if (deviceId) audio.deviceId = { exact: deviceId };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    const isLate = () => turn !== this.#acquiring || !this.#sound;
    if (isLate()) return halt(stream);
    const { context, source } = await this.#sourceOf(stream);
    if (isLate()) return (halt(stream), context !== this.#sound?.context && void context.close());
    this.#release(turn);
    this.#attach(stream, context, source);
  }

  // Firefox records only at the device's rate; the worklet resamples there.
  async #sourceOf(stream) {
    const { context } = this.#sound;
    const rate = this.#options.inputSampleRate;
    for (const make of [() => (rate === context.sampleRate ? context : new AudioContext({ sampleRate: rate })),
                        () => new AudioContext()]) {
      const own = make();
      try {
        const source = own.createMediaStreamSource(stream);
        if (own !== context) await own.audioWorklet.addModule(WORKLETS);
        return { context: own, source };
      } catch (cause) {
        if (own !== context) own.close();
        if (cause.name !== "NotSupportedError") throw cause;
      }
    }
    throw new Failure("unsupported");
  }

  #attach(stream, context, source) {
    const { inputSampleRate: rate, frameMs } = this.#options;
    const node = new AudioWorkletNode(context, "realtime-rx-capture", {
      numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit", processorOptions: { rate, frameMs },
    });
    node.port.onmessage = ({ data }) => this.#meter({ input: data.level });
    // A port can be given away once, and microphones come and go: each gets a channel of its own.
    const { port1, port2 } = new MessageChannel();
    this.#sound.worker.postMessage({ microphone: port1 }, [port1]);
    node.port.postMessage({ worker: port2 }, [port2]);
    const input = new AnalyserNode(context);
    source.connect(input).connect(node);
    this.#source = { context, stream, node, source, input };
    stream.getAudioTracks()[0].onended = () => {
      this.#release();
      this.#fail(new Failure("lost"));
    };
    this.#wake(); // a page that records may sound without a click
    this.#mute();
    this.#tell("live");
  }

  #mute() {
    if (!this.#source) return;
    this.#source.node.port.postMessage({ muted: this.#muted });
    for (const track of this.#source.stream.getTracks()) track.enabled = !this.#muted;
    const cured = this.#now.error === "suspended" ? {} : { error: null, message: "" };
    this.#show({ microphone: this.#muted ? "muted" : "live", ...cured });
  }

  #release(turn = ++this.#acquiring) {
    const old = this.#source;
    this.#source = null;
    if (!old) return;
    old.source.disconnect();
    old.node.port.postMessage({ closed: true });
    halt(old.stream);
    if (old.context !== this.#sound?.context) old.context.close();
    if (turn !== this.#acquiring || !this.#sound) return;
    this.#meter({ input: 0 });
    this.#show({ microphone: "off" });
    this.#tell("off");
  }

  #fail(cause) {
    const { error, message } = Failure.of(cause);
    if (TOLD.has(error)) this.#tell(error, String(cause?.message ?? "").slice(0, 200));
    this.#show({ error, message });
    return { error, message };
  }

  #tell(state, message = "") {
    this.#sound?.worker?.postMessage({ say: { type: "microphone", state, message } });
  }

  #meter(level) {
    Object.assign(this.#level, level);
    this.dispatchEvent(new CustomEvent("level", { detail: { ...this.#level } }));
  }

  #show(change) {
    const next = { ...this.#now, ...change };
    if (Object.keys(next).every((key) => next[key] === this.#now[key])) return;
    this.#now = next;
    this.dispatchEvent(new CustomEvent("state", { detail: next }));
  }
}

function addressOf(path) {
  const url = new URL(path, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

const halt = (stream) => stream.getTracks().forEach((track) => ((track.onended = null), track.stop()));
