// The AI SDK's realtime session behind a WebSocket that never leaves the process.
// modes: session (audio deltas are not decoded), session-audio (decoded and handed to an AudioContext that plays nothing).
import { LoopPeer } from './ai_sdk_session.mjs';
import { compact, drive, options, report, Stopwatch, versionOf } from './harness.mjs';

async function run(path, each) {
  const peer = new LoopPeer();
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
