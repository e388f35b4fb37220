// A written conversation by the AI SDK's own realtime session.
// arguments: the server's URL, the scenario as JSON, how to connect: "websocket" (straight) or "token" (with a client secret).
import http from 'node:http';
import { once } from 'node:events';
import { createOpenAI } from '@ai-sdk/openai';
import { Session, print, reporting, textOf } from './ai_sdk_session.mjs';

const [url, scenarioText, connection] = process.argv.slice(2);
const scenario = JSON.parse(scenarioText);
const report = { reply: '', tool_name: '', tool_arguments: {}, tool_reply: '', audio_bytes: 0, problems: [] };

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
  ...reporting(scenario, report, event => {
    if (event.type === 'response-done') responses += 1;
    session.look();
  }),
});

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
print(report);
