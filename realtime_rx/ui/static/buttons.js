// The microphone's button, and switches that mute.

import { icon, SoundElement } from "./element.js";

const LOUD = ["listening", "talking"];
const SETTLED = ["idle", "hold", "none", "blocked", "listening", "talking", "muted", "asking", "waiting", "connecting"];
const OCCUPIED = "input, textarea, select, button, a[href], summary, [contenteditable], [role=button], [role=switch]," +
  "[role=option], [role=menuitem], [role=tab], [role=slider], [role=combobox]";

// Events: "press" ({ on }): the visitor wants to talk, or no more. "talk" ({ on }): the same while it is held.
class Microphone extends SoundElement {
  static observedAttributes = ["sound", "capturing", "talk", "blocked", "words"];
  #held = null; // what the button or key that is held will be told
  #leaving = null;

  build() {
    this.innerHTML = `<button type="button" class="rt-mic">${icon("microphone")}<span class="rt-mic-ring"></span></button>
      <span class="rt-mic-note" role="status"></span>`;
    [this.button, this.note] = this.children;
    this.button.addEventListener("click", () => this.holds || this.press());
    this.button.addEventListener("pointerdown", (event) => {
      if (!this.holds || event.button) return;
      this.button.setPointerCapture(event.pointerId);
      this.hold();
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      this.button.addEventListener(end, () => this.release());
    }
    this.button.addEventListener("contextmenu", (event) => this.holds && event.preventDefault());
  }

  connectedCallback() {
    super.connectedCallback();
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    document.addEventListener("keyup", (event) => event.code === "Space" && this.release(), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.release(), { signal });
    window.addEventListener("blur", () => this.release(), { signal });
    this.page.addEventListener("level", ({ detail }) => this.glow(detail.input), { signal });
  }

  disconnectedCallback() {
    this.release();
    this.#leaving?.abort();
    super.disconnectedCallback();
  }

  attributeChangedCallback(name, before, value) {
    if (name === "talk" && !this.holds) {
      this.release();
      this.page?.letGo();
    }
    super.attributeChangedCallback(name, before, value);
  }

  get holds() { return this.hasAttribute("talk"); }
  get isCapturing() { return this.hasAttribute("capturing"); }

  async press() {
    if (this.isCapturing && this.page.view.state === "connected") return this.say("press", { on: false });
    const { error } = await this.page.start();
    if (!error) this.say("press", { on: true });
  }

  async hold() {
    if (this.#held || this.phase === "none" || this.phase === "blocked") return;
    const held = (this.#held = { told: false });
    this.render();
    const { error } = await this.page.start({ keep: true });
    if (error || this.#held !== held) return this.release();
    held.told = true;
    this.say("talk", { on: true });
  }

  release() {
    const held = this.#held;
    this.#held = null;
    if (held?.told) this.say("talk", { on: false });
    if (held) this.render();
  }

  // Space, anywhere where it does not mean something else. Enter on the button itself for who cannot hold a key.
  key(event) {
    if (!this.holds || event.ctrlKey || event.altKey || event.metaKey) return;
    const own = this.isAround(event);
    if (event.code === "Space" && (own || !event.composedPath().some((node) => node.matches?.(OCCUPIED)))) {
      event.preventDefault();
      if (!event.repeat) this.hold();
    } else if (event.key === "Enter" && own && !event.repeat) {
      if (this.#held) this.release();
      else this.hold();
    }
  }

  get phase() {
    const { state, microphone, error } = this.page.view;
    if (state === "none") return "none";
    if (state === "waiting" || state === "reconnecting" || state === "connecting") return state;
    if (error) return error;
    if (this.hasAttribute("blocked")) return "blocked";
    if (this.#held) return microphone === "off" ? "asking" : "talking";
    if (this.isCapturing && !this.holds) return { off: "asking", muted: "muted" }[microphone] ?? "listening";
    return this.holds ? "hold" : "idle";
  }

  render() {
    const { phase, wording: words } = this;
    const { label, note } = words[phase] ?? words.again ?? {};
    this.dataset.phase = phase;
    this.button.disabled = phase === "none" || phase === "blocked";
    this.button.setAttribute("aria-label", label ?? "");
    this.button.setAttribute("aria-pressed", String(LOUD.includes(phase) || phase === "muted"));
    this.button.title = label ?? "";
    const told = SETTLED.includes(phase) ? note : note || this.page.view.message;
    if (this.note.textContent !== (told ?? "")) this.tell(told ?? "");
    if (!LOUD.includes(phase)) this.glow(0);
  }

  tell(note) {
    this.note.textContent = note;
    for (const leaving of this.note.getAnimations()) leaving.currentTime = 0;
  }

  glow(level) {
    const shown = LOUD.includes(this.dataset.phase) ? Math.min(1, level * 4) : 0;
    this.button.style.setProperty("--rt-level", shown.toFixed(2));
  }
}

class Switch extends SoundElement {
  static observedAttributes = ["sound", "of", "words"];

  build() {
    this.innerHTML = `<button type="button" class="rt-sound-button">${icon(this.getAttribute("of"))}</button>`;
    this.button = this.firstElementChild;
    this.button.addEventListener("click", () => this.toggle());
  }

  get isMicrophone() { return this.getAttribute("of") === "microphone"; }
  get isOff() {
    const { muted, volume } = this.page.view;
    return this.isMicrophone ? muted : volume === 0 || !this.page.isOn;
  }

  toggle() {
    if (this.isMicrophone) this.page.setMuted(!this.isOff);
    else if (!this.page.isOn) this.page.start();
    else this.page.setVolume(this.isOff ? 1 : 0);
  }

  render() {
    const label = this.wording[this.isOff ? "off" : "on"] ?? "";
    this.button.toggleAttribute("data-off", this.isOff);
    this.button.setAttribute("aria-pressed", String(this.isMicrophone ? this.isOff : !this.isOff));
    this.button.setAttribute("aria-label", this.wording.name ?? label);
    this.button.title = label;
    this.button.disabled = this.page.view.state === "none";
  }
}

customElements.define("realtime-rx-microphone", Microphone);
customElements.define("realtime-rx-switch", Switch);
