/** Asks the running agent over its socket: see `agent-socket.ts`. */
import net from 'node:net';
import type { Socket } from 'node:net';
import path from 'node:path';
import { RefusedByAgent } from './commissioning-refused.ts';
import type { Asked } from './request.ts';
import { AgentAnswerUnreadable, SOCKET_FILE, readAnswer } from './socket-words.ts';

/** A report, as a page. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** Asks the agent that runs on a data directory; null when none does. */
export async function askedThere(dataDirectory: string): Promise<Asked | null> {
  const file = path.join(dataDirectory, SOCKET_FILE);
  const socket = await connect(file);
  if (socket === null) return null;
  socket.destroy();
  return {
    perform: async (request, onStep, signal) => {
      const there = await connect(file);
      if (there === null) throw new AgentAnswerUnreadable('The agent has just stopped.');
      const hangUp = (): void => void there.destroy();
      signal.addEventListener('abort', hangUp, { once: true });
      try {
        there.write(`${JSON.stringify(request)}\n`);
        for await (const line of linesOf(there)) {
          const answer = readAnswer(line);
          if ('step' in answer) onStep(answer.step);
          else if ('done' in answer) return answer.done;
          else {
            const { code, message, fields } = answer.refused;
            throw new RefusedByAgent(code, message, fields);
          }
        }
        signal.throwIfAborted();
        throw new AgentAnswerUnreadable('The agent stopped before this was done.');
      } finally {
        signal.removeEventListener('abort', hangUp);
        there.destroy();
      }
    },
  };
}

function connect(file: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = net.connect(file);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(null));
  });
}

async function* linesOf(socket: Socket): AsyncGenerator<string> {
  socket.setEncoding('utf8');
  socket.on('error', () => undefined);
  let rest = '';
  for await (const text of socket as AsyncIterable<string>) {
    rest += text;
    if (rest.length > ANSWER_BYTES_MAX) {
      throw new AgentAnswerUnreadable('The answer of the agent is far too long.');
    }
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
