// A box that stays at its end while its content grows, unless the reader has scrolled up to read.
const NEAR = 48; // pixels from the end that still count as being there

export default {
  template: `
    <div class="rt-follow">
      <div ref="box" class="rt-follow-box" tabindex="0" @scroll.passive="look">
        <div ref="content" class="rt-follow-content"><slot></slot></div>
      </div>
      <button v-if="away" type="button" class="rt-jump" aria-label="Go to the latest message" @click="follow">
        <span class="material-icons" aria-hidden="true">arrow_downward</span>
      </button>
    </div>`,
  data() {
    return { away: false };
  },
  mounted() {
    this.observer = new ResizeObserver(() => {
      this.measure();
      if (!this.away) this.follow();
    });
    this.observer.observe(this.$refs.box);
    this.observer.observe(this.$refs.content);
  },
  unmounted() {
    this.observer.disconnect();
  },
  methods: {
    measure() {
      this.size = [this.$refs.box.scrollHeight, this.$refs.box.clientHeight];
    },
    look() {
      const box = this.$refs.box;
      const [height, view] = this.size ?? [];
      if (box.scrollHeight !== height || box.clientHeight !== view) return; // it grew: that is not the reader's doing
      this.away = box.scrollHeight - box.scrollTop - box.clientHeight > NEAR;
    },
    follow() {
      this.away = false;
      this.$refs.box.scrollTop = this.$refs.box.scrollHeight;
    },
  },
};
