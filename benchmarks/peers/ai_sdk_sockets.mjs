// The AI SDK's session on a real socket, by the package ws, with its sound decoded: one session, a flood of frames,
// after a tenth of it on another session, which only warms up.
import fs from 'node:fs';
import WebSocket from 'ws';
import { fakeBrowser, makeSession } from './ai_sdk_session.mjs';
import { compact, options, report, Stopwatch, versionOf } from './harness.mjs';

const ca = options.ca && fs.readFileSync(options.ca);

let url;

class Socket extends WebSocket {
  constructor() {
    super(url, [], { perMessageDeflate: false, maxPayload: 0, ca });
  }
}

fakeBrowser(Socket);

/** Counts the session's events from its first one on; the stopwatch runs until there are as many as expected. */
async function flooded(expected) {
  url = `${options.url}/flood?messages=${expected}`;
  const errors = [], stopwatch = new Stopwatch();
  const begun = Promise.withResolvers(), over = Promise.withResolvers();
  let events = 0;
  const onEvent = () => {
    events += 1;
    if (events === 1) begun.resolve();
    if (events === expected) over.resolve();
  };
  const session = makeSession({ onEvent, onError: error => errors.push(error) });
  await session.connect();
  await begun.promise;
  await stopwatch.time(expected, () => over.promise);
  await new Promise(resolve => setTimeout(resolve, 20)); // the answers of the last tools
  if (errors.length > 0) throw errors[0];
  return { stopwatch, messages: compact(session.published.messages), deltas: [] };
}

const messages = Number(options.messages);
await flooded(Math.floor(messages / 10)); // the JIT compiles what this reaches
const versions = [versionOf('ai'), versionOf('ws'), `node ${process.version}`];
report({ versions, ...(await flooded(messages)) });
