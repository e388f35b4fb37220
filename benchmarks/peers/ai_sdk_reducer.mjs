// The AI SDK's reducer alone: parse, normalise, reduce, without the session's queue. mode: reducer.
// The package does not export it, but has its source: that is bundled, and driven as the session does.
import { createOpenAI } from '@ai-sdk/openai';
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { compact, drive, options, report, Stopwatch, versionOf } from './harness.mjs';

const SOURCE = `export * from 'ai/src/realtime/realtime-event-reducer.ts';`;
const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = `${root}reducer.mjs`;
const common = { bundle: true, format: 'esm', platform: 'node', logLevel: 'error' };
const alias = { 'ai/src': `${root}node_modules/ai/src` };
await build({ ...common, alias, stdin: { contents: SOURCE, resolveDir: root, loader: 'ts' }, outfile: bundle });
const { RealtimeEventReducer, createInitialRealtimeState } = await import(bundle);

const MAX_EVENTS = 500;
const model = createOpenAI({ apiKey: 'none' }).experimental_realtime('gpt-realtime');

class Reduced {
  reducer = new RealtimeEventReducer(MAX_EVENTS);
  state = { ...createInitialRealtimeState(), status: 'connecting' };

  async feed(frames) {
    for (const frame of frames) {
      const event = model.parseServerEvent(JSON.parse(frame));
      const { state, effects } = await this.reducer.reduceServerEvent(this.state, event);
      this.state = state;
      for (const effect of effects) if (effect.type === 'tool-call') this.answer(effect.callId);
    }
  }

  answer(callId) {
    this.state = this.reducer.addToolOutput(this.state, callId, { ok: true }).state;
  }
}

async function run(path) {
  const reduced = new Reduced();
  globalThis.gc();
  const stopwatch = new Stopwatch();
  const deltas = await drive(path, frames => reduced.feed(frames), stopwatch, { each: options.each });
  return { stopwatch, deltas, messages: compact(reduced.state.messages) };
}

await run(options.warmup); // the JIT compiles what this reaches
const versions = [versionOf('ai'), versionOf('@ai-sdk/openai'), `node ${process.version}`];
report({ versions, ...(await run(options.stream)) });
