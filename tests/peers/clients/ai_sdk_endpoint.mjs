// A setup endpoint written with the AI SDK's own functions. arguments: where client secrets are made, the key for that,
// where the provider listens. Prints its address; ends with its input.
import http from 'node:http';
import { once } from 'node:events';
import { experimental_getRealtimeToolDefinitions as getRealtimeToolDefinitions, jsonSchema, tool } from 'ai';
import { createOpenAI } from '@ai-sdk/openai';

const [baseURL, apiKey, websocket] = process.argv.slice(2);
const openai = createOpenAI({ baseURL, apiKey });
const tools = {
  get_weather: tool({
    description: 'The weather in a city, as told by JavaScript',
    inputSchema: jsonSchema({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }),
  }),
};

const server = http.createServer(async (request, response) => {
  const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
  const definitions = await getRealtimeToolDefinitions({ tools });
  const token = await openai.experimental_realtime.getToken({
    model: 'local-1', api: 'realtime', sessionConfig: { ...body.sessionConfig, tools: definitions },
  });
  // getToken() always gives a wss:// URL of its base; the server at hand has no TLS.
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ ...token, url: websocket, tools: definitions }));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
console.log(`http://127.0.0.1:${server.address().port}/api/realtime/setup`);
process.stdin.resume();
await once(process.stdin, 'end');
process.exit(0);
