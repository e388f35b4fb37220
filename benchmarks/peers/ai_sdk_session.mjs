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
