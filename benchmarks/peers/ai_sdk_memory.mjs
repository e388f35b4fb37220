// What sessions of the AI SDK keep: makes some, has each read a stream to its end, and prints what that left behind.
import { LoopPeer } from './ai_sdk_session.mjs';
import { blocks, options } from './harness.mjs';

const GREETING = 2; // frames until a session is connected and knows its settings

/** A session that has read all of it and goes on waiting for more. */
async function hold() {
  const peer = new LoopPeer();
  await peer.open('session');
  for (const frames of blocks(options.stream)) {
    await peer.feed(options.idle ? frames.slice(0, GREETING) : frames);
    if (options.idle) break;
  }
  if (peer.errors.length > 0) throw peer.errors[0];
  return peer.session;
}

/** Bytes: grown is what the process became larger, allocated what is reachable. */
async function used() {
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc();
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { grown: rss, allocated: heapUsed + external };
}

const held = [await hold()]; // the first one is not counted: the code it compiles is everybody's
const before = await used();
const sessions = Number(options.sessions);
for (let number = 0; number < sessions; number++) held.push(await hold());
const after = await used();
const each = name => Math.round((after[name] - before[name]) / sessions);
const { messages = [], events = [] } = held.at(-1).published;
const counts = { messages: messages.length, events: events.length };
const result = { grown: each('grown'), allocated: each('allocated'), ...counts };
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
