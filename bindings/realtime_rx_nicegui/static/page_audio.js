// Mounts a page's sound (see realtime_rx/ui/static/sound.js) and tells the server what becomes of it.
export default {
  template: "<div hidden></div>",
  props: { base: String, name: String, setup: String, asked: Number },
  emits: ["say"],
  async mounted() {
    await this.$nextTick(); // for window.path_prefix
    this.prefix = window.path_prefix ?? "";
    const { soundOf } = await import(`${this.prefix}${this.base}/ui/elements.js`);
    this.sound = soundOf(this.name);
    this.sound.addEventListener("change", this.tell);
    this.$watch("setup", this.mount, { immediate: true });
    this.$watch("asked", (asked) => asked && this.sound.summon(), { immediate: true });
  },
  unmounted() {
    this.sound?.removeEventListener("change", this.tell);
    this.sound?.unmount();
  },
  methods: {
    mount(setup) {
      if (!setup) return this.sound.unmount();
      const { url, ...rest } = JSON.parse(setup);
      this.sound.mount({ ...rest, url: this.prefix + url });
    },
    tell() {
      const { state, microphone, error, message } = this.sound.view;
      const said = { state, microphone, error, message };
      if (JSON.stringify(said) === this.said) return;
      this.said = JSON.stringify(said);
      this.$emit("say", said);
    },
  },
};
