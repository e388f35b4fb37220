// The AI SDK's realtime session behind a WebSocket that never leaves the process.
// modes: session (audio deltas are not decoded), session-audio (decoded and handed to an AudioContext that plays nothing).
import { fakeBrowser, makeSession } from './ai_sdk_session.mjs';
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

fakeBrowser(LoopWebSocket);

class Peer {
  errors = [];
  waiting = { left: 0, resolve: () => {} };
  session = makeSession({ onEvent: () => this.onSeen(), onError: error => this.errors.push(error) });

  async open(mode) {
    await this.session.connect();
    if (mode === 'session') this.session.audio.playAudio = () => {};
    LoopWebSocket.last.onopen?.();
  }

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

async function run(path, each) {
  const peer = new Peer();
  await peer.open(options.mode);
  globalThis.gc();
  const stopwatch = new Stopwatch();
  const deltas = await drive(path, frames => peer.feed(frames), stopwatch, { each });
  await new Promise(resolve => setTimeout(resolve, 20)); // the answers of the last tools
  if (peer.errors.length > 0) throw peer.errors[0];
  return { stopwatch, deltas, messages: compact(peer.session.published.messages) };
}

await run(options.warmup, options.each); // the JIT compiles what this reaches
const versions = [versionOf('ai'), versionOf('@ai-sdk/openai'), `node ${process.version}`];
report({ versions, ...(await run(options.stream, options.each)) });
