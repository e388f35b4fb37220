// In a browser: a written tool turn by the AI SDK's own realtime session, set up by whoever serves this page.
import { Experimental_AbstractRealtimeSession as AbstractRealtimeSession } from 'ai';
import { createOpenAI } from '@ai-sdk/openai';

class Session extends AbstractRealtimeSession {
  published = { status: 'disconnected', messages: [] };

  setState(key, value) {
    this.published[key] = value;
  }
}

const textOf = message => message.parts.filter(part => part.type === 'text').map(part => part.text).join('');
const report = { status: '', offered: [], tool_name: '', tool_arguments: null, messages: [], problems: [] };
let responses = 0, finish;

/** What came of asking this question; the tool's output is what is given. */
window.converse = ({ model, question, output }) => new Promise(resolve => {
  finish = () => {
    report.status = session.published.status;
    report.messages = session.published.messages.map(message => [message.role, textOf(message)]);
    session.dispose();
    resolve(report);
  };
  const session = new Session({
    model: createOpenAI({ apiKey: 'none' }).experimental_realtime(model, { api: 'realtime' }),
    api: { token: '/api/realtime/setup' },
    sessionConfig: { instructions: 'Be brief.', outputModalities: ['text'], voice: 'marin' },
    onToolCall: ({ toolCall }) => {
      report.tool_name = toolCall.toolName;
      report.tool_arguments = toolCall.args;
      return output;
    },
    onEvent: event => {
      if (event.type === 'session-updated') {
        report.offered = event.raw.session.tools.map(tool => tool.name);
        session.sendTextMessage(question);
      }
      if (event.type === 'response-done' && ++responses === 2) setTimeout(finish);
    },
    onError: error => {
      report.problems.push(error.message);
      finish();
    },
  });
  session.connect();
});
