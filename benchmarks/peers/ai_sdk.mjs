// The AI SDK's realtime session, as published, behind a WebSocket that never leaves the process.
// modes: session (audio deltas are not decoded), session-audio (decoded and handed to an AudioContext that plays nothing).
import { Experimental_AbstractRealtimeSession as AbstractRealtimeSession } from 'ai';
import { createOpenAI } from '@ai-sdk/openai';
import { compact, drive, options, report, Stopwatch, versionOf } from './harness.mjs';

const FRAMES_IN_FLIGHT = 64; // the session gives up when 512 frames wait

class LoopWebSocket {
  static OPEN = 1;
  readyState = LoopWebSocket.OPEN;
  bufferedAmount = 0;
  constructor() { LoopWebSocket.last = this; }
  send() {}
  close() {}
}

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
Object.assign(globalThis, { WebSocket: LoopWebSocket, AudioContext: SilentAudioContext, fetch: setup });

class Session extends AbstractRealtimeSession {
  published = {};
  waiting = { left: 0, resolve: () => {} };

  setState(key, value) { this.published[key] = value; }

  /** Resolves when the session has reported an event for each of the frames. */
  async feed(frames) {
    for (let start = 0; start < frames.length; start += FRAMES_IN_FLIGHT) {
      await this.feedTogether(frames.slice(start, start + FRAMES_IN_FLIGHT));
    }
  }

  feedTogether(frames) {
    const done = new Promise(resolve => { this.waiting = { left: frames.length, resolve }; });
    for (const data of frames) LoopWebSocket.last.onmessage({ data });
    return done;
  }

  onSeen() {
    if (--this.waiting.left === 0) this.waiting.resolve();
  }
}

async function open(mode, errors) {
  const session = new Session({
    model: createOpenAI({ apiKey: 'none' }).experimental_realtime('gpt-realtime'),
    api: { token: '/token' },
    maxEvents: 500,
    onToolCall: () => ({ ok: true }),
    onEvent: () => session.onSeen(),
    onError: error => errors.push(error),
  });
  await session.connect();
  if (mode === 'session') session.audio.playAudio = () => {};
  LoopWebSocket.last.onopen?.();
  return session;
}

async function run(path, each) {
  const errors = [];
  const session = await open(options.mode, errors);
  globalThis.gc();
  const stopwatch = new Stopwatch();
  const deltas = await drive(path, frames => session.feed(frames), stopwatch, { each });
  await new Promise(resolve => setTimeout(resolve, 20)); // the answers of the last tools
  if (errors.length > 0) throw errors[0];
  return { stopwatch, deltas, messages: compact(session.published.messages) };
}

await run(options.warmup, options.each); // the JIT compiles what this reaches
const versions = [versionOf('ai'), versionOf('@ai-sdk/openai'), `node ${process.version}`];
report({ versions, ...(await run(options.stream, options.each)) });
