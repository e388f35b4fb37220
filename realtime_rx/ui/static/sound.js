// The sound of one session on this page, shared by all elements that show it. Plain modules, no build step, to be served
// beside the bridge's: this folder as …/ui, the bridge's as …/bridge.
//
//   const sound = soundOf("a name");       // the same one for everybody who asks by that name
//   sound.mount({ url, token, ... });      // what the server's PageSound.mount() gave
//
// Events: "change" (something of `view` did) and "level" ({ input, output }, 0..1).

import { createBridge, undone } from "../bridge/bridge.js";

const GESTURES = ["click", "keydown", "touchend"];
const ON = ["connecting", "connected", "reconnecting"];
const QUIET = { state: "idle", microphone: "off", error: null, message: "" };
const sounds = new Map();

export function soundOf(name) {
  if (!sounds.has(name)) sounds.set(name, new PageSound());
  return sounds.get(name);
}

export class PageSound extends EventTarget {
  #bridge = null;
  #setup = null;
  #click = null; // waits for one
  #settings = { deviceId: null, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  #view = { ...QUIET, muted: false, volume: 1 };

  // state: those of the bridge, and "waiting" (for a click) and "none" (nothing is mounted here).
  get view() { return this.#bridge ? this.#view : { ...this.#view, ...QUIET, state: "none" }; }
  get settings() { return this.#settings; }
  get isOn() { return ON.includes(this.view.state); }
  get inputAnalyser() { return this.#bridge?.inputAnalyser ?? null; }
  get outputAnalyser() { return this.#bridge?.outputAnalyser ?? null; }

  // setup: { url, token, inputRate, outputRate, resume }. A sound that is on goes on with the new session. carry: for
  // createBridge(), the way to the server where there is no socket.
  mount(setup, carry) {
    if (setup.token === this.#setup?.token) return;
    const resume = setup.resume || this.isOn;
    this.unmount();
    this.#setup = setup;
    const { url, token, inputRate: inputSampleRate, outputRate: sampleRate } = setup;
    const way = { url, token, carry };
    const bridge = (this.#bridge = createBridge({ ...way, inputSampleRate, sampleRate, ...this.#settings }));
    bridge.setMuted(this.#view.muted);
    bridge.setVolume(this.#view.volume);
    bridge.addEventListener("state", ({ detail }) => this.#bridge === bridge && this.#heard(detail));
    bridge.addEventListener("level", ({ detail }) => this.dispatchEvent(new CustomEvent("level", { detail })));
    this.#show(QUIET);
    this.#changed();
    if (resume) this.start();
  }

  unmount() {
    const bridge = this.#bridge;
    this.#bridge = this.#setup = null;
    this.#stopWaiting();
    bridge?.close();
    this.#show(QUIET);
    this.#changed();
  }

  // In a click. keep: have the microphone ready, also while the server does not listen. Never rejects.
  async start({ keep = false } = {}) {
    if (!this.#bridge) return { error: "unsupported", message: "There is no sound here." };
    this.#stopWaiting();
    return this.#bridge.start({ microphone: keep });
  }

  letGo() {
    this.#bridge?.letGo();
  }

  // The server wants this page to sound. Browsers let it after a click.
  summon() {
    if (!this.#bridge || this.isOn) return;
    if (navigator.userActivation?.hasBeenActive ?? true) this.start();
    else this.#wait({ state: "waiting" });
  }

  setMuted(muted) {
    this.#bridge?.setMuted(muted);
    this.#show({ muted: Boolean(muted) });
  }

  setVolume(volume) {
    this.#bridge?.setVolume(volume);
    this.#show({ volume });
  }

  // deviceId, echoCancellation, noiseSuppression, autoGainControl; where that cannot be had it stays as it is.
  async setMicrophone(change) {
    const before = this.#settings;
    this.#settings = { ...before, ...change }; // at once: a box stays as it was clicked while the microphone opens
    const answer = (await this.#bridge?.setMicrophone(change)) ?? { error: null, message: "" };
    if (answer.error) this.#settings = undone(change, before, this.#settings);
    this.#changed();
    return answer;
  }

  devices() {
    return this.#bridge?.devices() ?? [];
  }

  #heard(detail) {
    if (detail.error === "suspended") this.#wait({});
    else if (detail.state !== "idle") this.#stopWaiting();
    this.#show(detail);
  }

  #wait(change) {
    this.#show(change);
    if (this.#click) return;
    this.#click = new AbortController();
    const { signal } = this.#click;
    for (const gesture of GESTURES) document.addEventListener(gesture, () => this.start(), { capture: true, signal });
  }

  #stopWaiting() {
    this.#click?.abort();
    this.#click = null;
  }

  #show(change) {
    const next = { ...this.#view, ...change };
    if (Object.keys(next).every((key) => next[key] === this.#view[key])) return;
    this.#view = next;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new CustomEvent("change"));
  }
}
