// The last events of a session. It is sent one short line for each; the JSON of those that are opened is asked for.
// Deltas that follow one another are one row with a count, so that a hundred words do not bury everything else.
const MOST_ROWS = 200;

export default {
  template: `
    <section class="rt-events" aria-label="Events">
      <div class="rt-events-bar">
        <input v-model="filter" type="search" placeholder="Filter events" aria-label="Filter events" spellcheck="false" />
        <button type="button" :aria-pressed="paused" :title="paused ? 'Resume' : 'Pause'" @click="pause">
          <span class="material-icons" aria-hidden="true">{{ paused ? "play_arrow" : "pause" }}</span>
        </button>
        <button type="button" title="Clear the list" aria-label="Clear the list" @click="clear">
          <span class="material-icons" aria-hidden="true">block</span>
        </button>
      </div>
      <div ref="box" class="rt-events-list" tabindex="0" @scroll.passive="look">
        <p v-if="!rows.length" class="rt-events-none">{{ lines.length ? "No event matches." : "No events yet." }}</p>
        <details v-for="row in rows" :key="row.first" class="rt-event" @toggle="opened($event, row)">
          <summary>
            <time>{{ time(row.at) }}</time>
            <b :class="{ 'rt-event-error': row.type.includes('error') }">{{ row.type }}</b>
            <i v-if="row.count > 1">×{{ row.count }}</i>
            <span>{{ row.detail }}</span>
          </summary>
          <pre>{{ bodies[row.first] ?? "…" }}</pre>
        </details>
      </div>
      <p class="rt-events-count">{{ shown }} of {{ lines.length }} events<template v-if="paused"> · paused</template></p>
    </section>`,
  props: { limit: Number },
  emits: ["ready", "expand"],
  data() {
    return { lines: [], waiting: [], filter: "", paused: false, bodies: {}, atEnd: true };
  },
  computed: {
    matching() {
      const words = this.filter.toLowerCase().split(/\s+/).filter(Boolean);
      if (!words.length) return this.lines;
      return this.lines.filter(({ type, detail }) => {
        const text = (type + " " + detail).toLowerCase();
        return words.every((word) => text.includes(word));
      });
    },
    rows() {
      const rows = [];
      for (const line of this.matching) {
        const last = rows.at(-1);
        if (last && last.type === line.type && line.type.endsWith("-delta")) {
          last.count += 1;
          last.last = line.number;
          last.detail = line.type === "audio-delta" ? line.detail + " each" : (last.detail + line.detail).slice(-160);
        } else {
          rows.push({ ...line, first: line.number, last: line.number, count: 1 });
        }
      }
      return rows.slice(-MOST_ROWS);
    },
    shown() {
      return this.rows.reduce((sum, row) => sum + row.count, 0);
    },
  },
  mounted() {
    this.$emit("ready");
  },
  updated() {
    if (this.atEnd && !this.paused) this.$refs.box.scrollTop = this.$refs.box.scrollHeight;
  },
  methods: {
    add(lines) {
      if (this.paused) this.waiting = this.waiting.concat(lines).slice(-this.limit);
      else this.lines = Object.freeze(this.lines.concat(lines).slice(-this.limit));
    },
    reset(lines) {
      this.waiting = [];
      this.bodies = {};
      this.lines = Object.freeze(lines);
    },
    clear() {
      this.reset([]);
    },
    pause() {
      this.paused = !this.paused;
      if (!this.paused) this.add(this.waiting.splice(0));
    },
    look() {
      const box = this.$refs.box;
      this.atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 48;
    },
    opened(event, row) {
      if (event.target.open) this.$emit("expand", { first: row.first, last: row.last });
    },
    show(number, body) {
      this.bodies[number] = body;
    },
    time(at) {
      const date = new Date(at * 1000);
      return date.toTimeString().slice(0, 8) + "." + String(date.getMilliseconds()).padStart(3, "0");
    },
  },
};
