// What the elements have in common. No property is named like an attribute: a framework that sets what there is as a
// property would never set the attribute.

import { soundOf } from "./sound.js";

export class SoundElement extends HTMLElement {
  static observedAttributes = ["sound"];
  #seen = () => this.render();

  connectedCallback() {
    this.page = soundOf(this.getAttribute("sound") ?? "");
    this.page.addEventListener("change", this.#seen);
    if (!this.isBuilt) this.build();
    this.isBuilt = true;
    this.render();
  }

  disconnectedCallback() {
    this.page.removeEventListener("change", this.#seen);
  }

  // Frameworks set attributes to what they are already, too: nobody who holds the button shall have to begin anew.
  attributeChangedCallback(name, before, value) {
    if (!this.isBuilt || !this.isConnected || before === value) return;
    if (name === "sound") {
      this.disconnectedCallback();
      this.connectedCallback();
    }
    this.render();
  }

  get wording() {
    return JSON.parse(this.getAttribute("words") ?? "{}");
  }

  // The document hears of what happens inside a shadow root as of its host's.
  isAround(event) {
    return event.composedPath().includes(this);
  }

  say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  build() {}
  render() {}
}

const PATHS = {
  microphone: "M12 15a3.5 3.5 0 0 0 3.5-3.5v-5a3.5 3.5 0 0 0-7 0v5A3.5 3.5 0 0 0 12 15Zm-6-4v.5a6 6 0 0 0 12 0V11M12 17.5V21",
  speaker: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5ZM15.5 9a4 4 0 0 1 0 6M18 6.5a7.7 7.7 0 0 1 0 11",
  off: "M4 4l16 16",
  menu: "M4 7h9M19 7h1M4 17h1M11 17h9M16 4.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4ZM8 14.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4Z",
};

// A line drawing; `off` is drawn over it while data-off is set.
export function icon(name) {
  const path = (d, part) => `<path d="${d}" class="${part}"/>`;
  return `<svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.8"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${path(PATHS[name], "")}${path(PATHS.off, "rt-off")}</svg>`;
}
