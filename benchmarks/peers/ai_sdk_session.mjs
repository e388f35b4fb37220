// The AI SDK's realtime session, as published, and as much of a browser as it needs: a WebSocket, and an AudioContext
// that plays nothing and is always through with it at once.
import { Experimental_AbstractRealtimeSession as AbstractRealtimeSession } from 'ai';
import { createOpenAI } from '@ai-sdk/openai';

class SilentSource {
  connect() {}
  disconnect() {}
  start() { queueMicrotask(() => this.onended?.()); }
  stop() {}
}

class SilentAudioContext {
  state = 'running';
  currentTime = 0;
  destination = {};
  createBuffer(_channels, length, rate) {
    const samples = new Float32Array(length);
    return { duration: length / rate, getChannelData: () => samples };
  }
  createBufferSource() { return new SilentSource(); }
  async resume() {}
  async close() {}
}

const setup = async () => Response.json({ token: 'ek_none', url: 'wss://localhost/v1/realtime', tools: [] });

/** Puts the parts of a browser in place. */
export const fakeBrowser = WebSocket => Object.assign(globalThis, { WebSocket, AudioContext: SilentAudioContext, fetch: setup });

class Session extends AbstractRealtimeSession {
  published = {};

  setState(key, value) { this.published[key] = value; }
}

/** A session whose tools answer at once. */
export const makeSession = hooks => new Session({
  model: createOpenAI({ apiKey: 'none' }).experimental_realtime('gpt-realtime'),
  api: { token: '/token' },
  maxEvents: 500,
  onToolCall: () => ({ ok: true }),
  ...hooks,
});

const FRAMES_IN_FLIGHT = 64; // the session gives up when 512 frames wait

class LoopWebSocket {
  static OPEN = 1;
  readyState = LoopWebSocket.OPEN;
  bufferedAmount = 0;
  constructor() { LoopWebSocket.last = this; }
  send() {}
  close() {}
}

/** A session whose WebSocket never leaves the process, and which is fed by hand. */
export class LoopPeer {
  errors = [];
  waiting = { left: 0, resolve: () => {} };
  session = makeSession({ onEvent: () => this.onSeen(), onError: error => this.errors.push(error) });

  async open(mode) {
    fakeBrowser(LoopWebSocket);
    await this.session.connect();
    if (mode === 'session') this.session.audio.playAudio = () => {};
    this.socket = LoopWebSocket.last;
    this.socket.onopen?.();
  }

  /** Resolves when the session has reported an event for each of the frames. */
  async feed(frames) {
    for (let start = 0; start < frames.length; start += FRAMES_IN_FLIGHT) {
      await this.feedTogether(frames.slice(start, start + FRAMES_IN_FLIGHT));
    }
  }

  feedTogether(frames) {
    const done = new Promise(resolve => { this.waiting = { left: frames.length, resolve }; });
    for (const data of frames) this.socket.onmessage({ data });
    return done;
  }

  onSeen() {
    if (--this.waiting.left === 0) this.waiting.resolve();
  }
}
