// A spoken conversation by the AI SDK's own realtime session.
// arguments: the server's URL, the scenario as JSON.
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOpenAI } from '@ai-sdk/openai';
import { Session, print, reporting, soundOf, textOf } from './ai_sdk_session.mjs';

const BYTES_PER_MS = 48;
const HEARD_MS = 1000; // so much of the long answer is played before somebody interrupts it

const [url, scenarioText] = process.argv.slice(2);
const scenario = JSON.parse(scenarioText);
const report = {
  messages: [], tool_name: '', tool_arguments: {}, audio_bytes: 0, endings: [], interrupted_ms: [], late_bytes: 0,
  problems: [],
};
let sounding, silenced;

function react(event) {
  switch (event.type) {
    case 'audio-delta':
      sounding = event.responseId;
      if (sounding === silenced) report.late_bytes += soundOf(event).length;
      break;
    case 'custom': // the session truncates by itself what it played in part when the user speaks
      if (event.rawType !== 'conversation.item.truncated') break;
      silenced = sounding;
      report.interrupted_ms.push(event.raw.audio_end_ms);
      break;
    case 'response-done':
      report.endings.push([event.status, event.raw.response.status_details?.reason].filter(Boolean).join(': '));
  }
  session.look();
}

/** Sends a file as a microphone does: piece by piece, no faster than it is spoken. */
async function say(path) {
  const sound = fs.readFileSync(path), size = scenario.append_ms * BYTES_PER_MS, begun = performance.now();
  for (let at = 0; at < sound.length; at += size) {
    session.sendAudio(sound.subarray(at, at + size).toString('base64'));
    await sleep(Math.max(0, begun + (at + size) / BYTES_PER_MS - performance.now()));
  }
}

/** Resolves when so many responses have ended, and what they say is played. */
const ended = responses => session.until(
  `${responses} responses`, ({ isPlaying }) => report.endings.length >= responses && !isPlaying,
);

const openai = createOpenAI({ baseURL: url.split('/realtime')[0].replace('ws', 'http'), apiKey: 'none' });
const session = new Session({
  model: openai.experimental_realtime('local-1', { api: 'realtime' }),
  api: { websocket: url },
  sessionConfig: {
    outputModalities: ['audio'],
    inputAudioTranscription: {},
    turnDetection: { type: 'server-vad' },
    tools: [{ type: 'function', ...scenario.tool }],
  },
  ...reporting(scenario, report, react),
});

await session.connect();
await session.until('connected', ({ status }) => status === 'connected');
await say(scenario.tool_question);
await ended(2);
await say(scenario.long_question);
await session.until('a long answer', ({ isPlaying }) => isPlaying);
await sleep(HEARD_MS);
await say(scenario.interruption);
await ended(4);
await say(scenario.question);
await ended(5);
const messages = session.published.messages.map(message => [message.role, textOf(message)]);
report.messages = messages.filter(([, words]) => words);
session.dispose();
print(report);
