// What every JavaScript peer shares: arguments, frames as a socket would deliver them, times, the digest, the result line.
// The Python peers do the same in harness.py; runner.py reads the line.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const BLOCK_BYTES = 512 * 1024;
const TRANSCRIPT_DELTA = '{"type":"response.output_audio_transcript.delta"';
const string = { type: 'string' };
const boolean = { type: 'boolean' };

const measured = { mode: string, stream: string, warmup: string, each: boolean };
const connected = { url: string, ca: string, messages: string };
const held = { sessions: string, idle: boolean };

export const options = parseArgs({ options: { ...measured, ...connected, ...held } }).values;

/** Blocks of fresh frames, about 512 kB at a time: read outside the timed section, still warm in the cache like a socket's. */
export function* blocks(path) {
  const file = fs.openSync(path, 'r');
  let rest = Buffer.alloc(0);
  for (;;) {
    const chunk = Buffer.allocUnsafe(BLOCK_BYTES);
    const size = fs.readSync(file, chunk, 0, BLOCK_BYTES, null);
    if (size === 0) break;
    const data = Buffer.concat([rest, chunk.subarray(0, size)]);
    const end = data.lastIndexOf(10) + 1;
    rest = data.subarray(end);
    if (end > 0) yield splitLines(data.subarray(0, end));
  }
  fs.closeSync(file);
}

// Each frame is a flat string of its own, not a slice that keeps the whole block alive.
function splitLines(data) {
  const lines = [];
  for (let start = 0, end; (end = data.indexOf(10, start)) >= 0; start = end + 1) lines.push(data.toString('utf8', start, end));
  return lines;
}

/** Wall and CPU time over the timed sections. CPU counts V8's helper threads too: collecting garbage is part of the price. */
export class Stopwatch {
  wallMs = 0;
  cpuMs = 0;
  events = 0;

  async time(events, section) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    await section();
    this.wallMs += performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    this.cpuMs += (user + system) / 1000;
    this.events += events;
  }
}

/** Feeds the stream, timing whole blocks, or with --each one frame at a time. feed(frames) resolves when all are in the state. */
export async function drive(path, feed, stopwatch, { each = false } = {}) {
  const deltas = [];
  for (const lines of blocks(path)) {
    if (!each) await stopwatch.time(lines.length, () => feed(lines));
    else for (const line of lines) await timeOne(line, feed, stopwatch, deltas);
    await nextTurn(); // a socket comes back to the event loop too, and V8 tidies up there
  }
  return deltas.filter((_, i) => i % 2 && deltas[i - 1] >= stopwatch.events * 0.9);
}

async function timeOne(line, feed, stopwatch, deltas) {
  const start = performance.now();
  await feed([line]);
  const us = (performance.now() - start) * 1000;
  if (line.startsWith(TRANSCRIPT_DELTA)) deltas.push(stopwatch.events, us); // no pairs: they would be garbage that no peer made
  stopwatch.wallMs += us / 1000;
  stopwatch.events += 1;
}

const sortKeys = (_, value) =>
  value && typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort()) : value;

/** The AI SDK's messages in the form of which the digest is taken. */
export const compact = messages => messages.map(({ role, parts }) => ({
  role,
  parts: parts.map(part => (part.type === 'text' ? ['text', part.text] : ['tool', part.toolName, part.input])),
}));

/** The hash of [{role, parts: [['text', text] | ['tool', name, input]]}]: must equal the generator's. */
export const digest = messages => createHash('sha256').update(JSON.stringify(messages, sortKeys)).digest('hex');

const modules = new URL('../node_modules/', import.meta.url);

export const versionOf = name =>
  `${name} ${JSON.parse(fs.readFileSync(new URL(`${name}/package.json`, modules))).version}`;

/** Prints the result and ends the process, which a peer's timers would otherwise keep alive. No messages: it keeps others. */
export function report({ versions, stopwatch, messages = null, deltas }) {
  const { events, wallMs, cpuMs } = stopwatch;
  const times = { wall_us: wallMs * 1000, cpu_us: cpuMs * 1000, last_deltas_us: deltas };
  const result = { versions, events, ...times, digest: messages && digest(messages) };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}
