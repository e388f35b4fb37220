// The AI SDK's own realtime session where there is no browser, and what its clients share.
import fs from 'node:fs';
import { Experimental_AbstractRealtimeSession as AbstractRealtimeSession } from 'ai';

const TURN_MS = 30_000;

// Node.js has no sound: these sources play nothing, but take as long for it as a real one does.
class SilentSource {
  constructor(context) {
    this.context = context;
  }
  connect() {}
  disconnect() {}
  start(at = 0) {
    const rest = Math.max(0, at - this.context.currentTime) + this.buffer.duration;
    this.timer = setTimeout(() => this.onended?.(), rest * 1000);
  }
  stop() {
    clearTimeout(this.timer);
  }
}

globalThis.AudioContext = class {
  state = 'running';
  begun = performance.now();
  get currentTime() { return (performance.now() - this.begun) / 1000; }
  createBuffer(_channels, length, rate) {
    const samples = new Float32Array(length);
    return { length, duration: length / rate, getChannelData: () => samples };
  }
  createBufferSource() { return new SilentSource(this); }
  async resume() {}
  async close() {}
};

export class Session extends AbstractRealtimeSession {
  published = { status: 'disconnected', messages: [], isPlaying: false };
  watchers = new Set();

  setState(key, value) {
    this.published[key] = value;
    this.look();
  }

  look() {
    for (const watcher of this.watchers) watcher();
  }

  /** Resolves as soon as the condition holds for the published state. */
  until(what, condition) {
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`${what}: not within ${TURN_MS} ms`));
      const timer = setTimeout(fail, TURN_MS);
      const watcher = () => {
        if (!condition(this.published)) return;
        clearTimeout(timer);
        this.watchers.delete(watcher);
        resolve();
      };
      this.watchers.add(watcher);
      watcher();
    });
  }
}

/** The options of a session which carries out the scenario's tool and tells the report of sound and problems. */
export function reporting(scenario, report, onEvent) {
  return {
    onToolCall: ({ toolCall }) => {
      report.tool_name = toolCall.toolName;
      report.tool_arguments = toolCall.args;
      return scenario.tool_output;
    },
    onEvent: event => {
      if (event.type === 'audio-delta') report.audio_bytes += soundOf(event).length;
      onEvent(event);
    },
    onError: error => report.problems.push(error.message),
  };
}

export const soundOf = event => Buffer.from(event.delta, 'base64');
export const textOf = message => message.parts.filter(part => part.type === 'text').map(part => part.text).join('');

export function print(report) {
  const { version } = JSON.parse(fs.readFileSync(new URL('../node_modules/ai/package.json', import.meta.url)));
  process.stdout.write(`${JSON.stringify({ client: `ai ${version}`, ...report })}\n`, () => process.exit(0));
}
