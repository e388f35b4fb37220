// TanStack AI's realtime client, as published, behind a WebRTC data channel that never leaves the process. mode: client.
// Sound comes on a media track there, so that the client ignores audio deltas; it keeps no events either,
// and no tool calls in its messages, so that those are another set.
import { drive, options, report, Stopwatch, versionOf } from './harness.mjs';

let channel;

class LoopPeerConnection {
  createDataChannel() {
    channel = { readyState: 'open', send() {}, close() {} };
    setTimeout(() => channel.onopen?.());
    return channel;
  }
  addTrack() {}
  async createOffer() { return { sdp: 'v=0' }; }
  async setLocalDescription() {}
  async setRemoteDescription() {}
  close() {}
}

class SilentAudioContext {
  state = 'running';
  createAnalyser() { return { frequencyBinCount: 1024 }; }
  createMediaStreamSource() { return { connect() {} }; }
  async resume() {}
  async close() {}
}

const track = { enabled: true, stop() {} };
const stream = { getAudioTracks: () => [track], getTracks: () => [track] };
const mediaDevices = { getUserMedia: async () => stream };
Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { mediaDevices } });
const answer = async () => new Response('v=0');
Object.assign(globalThis, { RTCPeerConnection: LoopPeerConnection, AudioContext: SilentAudioContext, fetch: answer });

const { RealtimeClient } = await import('@tanstack/ai-client');
const { openaiRealtime } = await import('@tanstack/ai-openai');

const tool = name => ({ name, description: name, __toolSide: 'client', execute: () => ({ ok: true }) });

async function open() {
  const expiresAt = Date.now() + 3_600_000;
  const client = new RealtimeClient({
    getToken: async () => ({ provider: 'openai', token: 'none', expiresAt, config: { model: 'gpt-realtime' } }),
    adapter: openaiRealtime(),
    tools: [tool('get_weather'), tool('search_flights')],
  });
  client.onStateChange(() => {});
  await client.connect();
  return client;
}

async function run(path) {
  const client = await open();
  globalThis.gc();
  const stopwatch = new Stopwatch();
  const feed = frames => { for (const data of frames) channel.onmessage({ data }); };
  const deltas = await drive(path, feed, stopwatch, { each: options.each });
  await client.disconnect();
  return { stopwatch, deltas };
}

await run(options.warmup); // the JIT compiles what this reaches
const versions = [versionOf('@tanstack/ai-client'), versionOf('@tanstack/ai-openai'), `node ${process.version}`];
report({ versions, ...(await run(options.stream)) });
