// The AI SDK's own realtime session against a Realtime server.
// arguments: the server's URL, the scenario as JSON, how to connect: "websocket" (straight) or "token" (with a client secret).
import http from 'node:http';
import { once } from 'node:events';
import fs from 'node:fs';
import { Experimental_AbstractRealtimeSession as AbstractRealtimeSession } from 'ai';
import { createOpenAI } from '@ai-sdk/openai';

const TURN_MS = 30_000;
const [url, scenarioText, connection] = process.argv.slice(2);
const scenario = JSON.parse(scenarioText);
const report = { client: '', reply: '', tool_name: '', tool_arguments: {}, tool_reply: '', audio_bytes: 0, problems: [] };

// Node.js has no sound: this plays nothing, in no time, and counts what it was given.
class SilentSource {
  connect() {}
  disconnect() {}
  start() {
    report.audio_bytes += this.buffer.length * 2;
    queueMicrotask(() => this.onended?.());
  }
  stop() {}
}

globalThis.AudioContext = class {
  state = 'running';
  currentTime = 0;
  createBuffer(_channels, length, rate) {
    const samples = new Float32Array(length);
    return { length, duration: length / rate, getChannelData: () => samples };
  }
  createBufferSource() { return new SilentSource(); }
  async resume() {}
  async close() {}
};

class Session extends AbstractRealtimeSession {
  published = { status: 'disconnected', messages: [] };
  watchers = new Set();

  setState(key, value) {
    this.published[key] = value;
    this.look();
  }

  look() {
    for (const watcher of this.watchers) watcher();
  }

  /** Resolves as soon as the condition holds for the published state. */
  until(what, condition) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${what}: not within ${TURN_MS} ms`)), TURN_MS);
      const watcher = () => {
        if (!condition(this.published)) return;
        clearTimeout(timer);
        this.watchers.delete(watcher);
        resolve();
      };
      this.watchers.add(watcher);
      watcher();
    });
  }
}

const openai = createOpenAI({ baseURL: url.split('/realtime')[0].replace('ws', 'http'), apiKey: 'none' });
const model = openai.experimental_realtime('local-1', { api: 'realtime' });

/** The endpoint an application would have: it asks the server for a client secret and adds the tools. */
async function serveToken() {
  const server = http.createServer(async (request, response) => {
    const chunks = await request.toArray();
    const { sessionConfig } = JSON.parse(Buffer.concat(chunks).toString());
    const { token } = await openai.experimental_realtime.getToken({ model: 'local-1', api: 'realtime', sessionConfig });
    // getToken() always gives a wss:// URL; the server at hand has no TLS.
    response.end(JSON.stringify({ token, url, tools: [tool] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { token: `http://127.0.0.1:${server.address().port}/token` };
}

const tool = { type: 'function', ...scenario.tool };
const api = connection === 'token' ? await serveToken() : { websocket: url };
let responses = 0;

const session = new Session({
  model,
  api,
  sessionConfig: { instructions: 'Be brief.', outputModalities: ['audio'], tools: connection === 'token' ? undefined : [tool] },
  onToolCall: ({ toolCall }) => {
    report.tool_name = toolCall.toolName;
    report.tool_arguments = toolCall.args;
    return scenario.tool_output;
  },
  onEvent: event => {
    if (event.type === 'response-done') responses += 1;
    session.look();
  },
  onError: error => report.problems.push(error.message),
});

const textOf = message => message.parts.filter(part => part.type === 'text').map(part => part.text).join('');

/** Says something and resolves with the last words of the assistant when this many more responses have ended. */
async function ask(text, answers) {
  const before = responses;
  session.sendTextMessage(text);
  await session.until(text, () => responses >= before + answers);
  return textOf(session.published.messages.at(-1));
}

await session.connect();
await session.until('connected', ({ status }) => status === 'connected');
report.reply = await ask(scenario.question, 1);
report.tool_reply = await ask(scenario.tool_question, 2);
session.dispose();

const { version } = JSON.parse(fs.readFileSync(new URL('../node_modules/ai/package.json', import.meta.url)));
report.client = `ai ${version}`;
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
