// Which microphone, what the browser does to its sound, and how loud the page plays.

import { icon, SoundElement } from "./element.js";

const SWITCHES = ["echoCancellation", "noiseSuppression", "autoGainControl"];
const MARGIN = 8;
let count = 0;

class Menu extends SoundElement {
  static observedAttributes = ["sound", "words"];
  #leaving = null;

  build() {
    const words = this.wording;
    const id = `rt-sound-menu-${++count}`;
    const boxes = SWITCHES.map((name) => `<label><input type="checkbox" name="${name}"><span></span></label>`).join("");
    this.innerHTML = `
      <button type="button" class="rt-sound-button" aria-haspopup="dialog" aria-expanded="false" aria-controls="${id}">
        ${icon("menu")}</button>
      <div class="rt-sound-panel" id="${id}" role="dialog" hidden>
        <label class="rt-sound-row"><span></span><select></select></label>
        ${boxes}
        <label class="rt-sound-row"><span></span><input type="range" min="0" max="1" step="0.05"></label>
        <p role="status"></p>
      </div>`;
    [this.button, this.panel] = this.children;
    this.select = this.querySelector("select");
    this.range = this.querySelector("[type=range]");
    this.status = this.querySelector("p");
    this.boxes = [...this.querySelectorAll("[type=checkbox]")];
    const names = [words.device, ...SWITCHES.map((name) => words[name]), words.volume];
    this.panel.querySelectorAll("span").forEach((span, i) => (span.textContent = names[i] ?? ""));
    this.button.title = words.name ?? "";
    for (const named of [this.button, this.panel]) named.setAttribute("aria-label", words.name ?? "");
    this.button.addEventListener("click", () => this.open(this.panel.hidden));
    this.select.addEventListener("change", () => this.change({ deviceId: this.select.value || null }));
    for (const box of this.boxes) box.addEventListener("change", () => this.change({ [box.name]: box.checked }));
    this.range.addEventListener("input", () => this.page.setVolume(Number(this.range.value)));
  }

  connectedCallback() {
    super.connectedCallback();
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    document.addEventListener("pointerdown", (event) => this.isAround(event) || this.open(false), { signal });
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.open(false), { signal });
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.panel.hidden || this.list(), { signal });
  }

  disconnectedCallback() {
    this.#leaving?.abort();
    super.disconnectedCallback();
  }

  async change(change) {
    const { message } = await this.page.setMicrophone(change);
    this.status.textContent = message;
    this.render();
  }

  open(open) {
    if (open === !this.panel.hidden) return;
    const inside = this.panel.contains(this.getRootNode().activeElement);
    this.panel.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (open) {
      this.status.textContent = "";
      this.stayInView();
      this.list();
      this.select.focus();
    } else if (inside) {
      this.button.focus();
    }
  }

  // It opens upwards and to the left, unless there is no room for it.
  stayInView() {
    const { style } = this.panel;
    style.right = style.top = style.bottom = "";
    const { left, top } = this.panel.getBoundingClientRect();
    if (left < MARGIN) style.right = `${left - MARGIN}px`;
    if (top < MARGIN) Object.assign(style, { top: `calc(100% + ${MARGIN}px)`, bottom: "auto" });
  }

  // Browsers give labels, and ids, once the microphone was allowed.
  async list() {
    const { wording: words, page } = this;
    const devices = (await page.devices()).filter(({ deviceId }) => deviceId);
    const options = devices.map(({ deviceId, label }, i) => new Option(label || `${words.device} ${i + 1}`, deviceId));
    if (!devices.some(({ deviceId }) => deviceId === "default")) options.unshift(new Option(words.default ?? "", ""));
    this.select.replaceChildren(...options);
    this.render();
  }

  render() {
    const { settings, view } = this.page;
    this.button.disabled = view.state === "none";
    const chosen = [...this.select.options].some(({ value }) => value === settings.deviceId) ? settings.deviceId : null;
    this.select.value = chosen ?? this.select.options[0]?.value ?? "";
    for (const box of this.boxes) box.checked = settings[box.name];
    this.range.value = String(view.volume);
    if (view.microphone === "live" && !this.panel.hidden && !this.labelled) this.list();
    this.labelled = view.microphone === "live";
  }
}

customElements.define("realtime-rx-sound-menu", Menu);
