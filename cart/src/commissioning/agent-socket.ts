/**
 * The Unix socket on which a running agent takes commissioning commands: `commissioning.sock`, mode 0600 in a directory of mode
 * 0700, so that who may ask is who runs as the agent's account. See `request.ts` for what is said on it.
 *
 * Who hangs up stops a validation and an enrolment; a network that is being tried goes on, since it has its own way back.
 */
import { chmod, rm } from 'node:fs/promises';
import net from 'node:net';
import type { Server, Socket } from 'node:net';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { z } from 'zod';
import type { Log } from '../platform/log.ts';
import { FieldsRefused } from './commissioning-refused.ts';
import type { RefusedField } from './commissioning-refused.ts';
import { commissioningAnswer, commissioningRequest } from './request.ts';
import type { Asked } from './request.ts';

const SOCKET_FILE = 'commissioning.sock';
/** A profile with CA certificates of 64 KiB, and what JSON adds to it. */
const REQUEST_BYTES_MAX = 160 * 1024;
/** A report, as a page. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const REQUEST_MS = 5000;
const CONNECTIONS_MAX = 4;

export class AgentAnswerUnreadable extends DomainError {
  readonly code = 'AGENT_ANSWER_UNREADABLE';
}
/** A refusal that the running agent told, with its code and words. */
export class RefusedByAgent extends DomainError {
  readonly code: string;
  readonly fields: readonly RefusedField[];
  constructor(code: string, message: string, fields: readonly RefusedField[] = []) {
    super(message);
    this.code = code;
    this.fields = fields;
  }
}

/** Listens for commands. The data directory is locked, so a socket that is there is left over. */
export async function listenForCommands(
  dataDirectory: string,
  asked: Asked,
  log: Log,
): Promise<{ close(): Promise<void> }> {
  const file = path.join(dataDirectory, SOCKET_FILE);
  await rm(file, { force: true });
  const open = new Set<Socket>();
  const server: Server = net.createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    hear(socket, asked, log);
  });
  server.maxConnections = CONNECTIONS_MAX;
  const umask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(file, resolve);
    });
  } finally {
    process.umask(umask);
  }
  await chmod(file, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

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

function hear(socket: Socket, asked: Asked, log: Log): void {
  const gone = new AbortController();
  let received = '';
  let isAsked = false;
  socket.setTimeout(REQUEST_MS, () => socket.destroy());
  socket.on('error', () => undefined);
  socket.once('close', () => gone.abort(new Error('the terminal hung up')));
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    if (isAsked) return;
    received += text;
    const end = received.indexOf('\n');
    if (end < 0) {
      if (received.length > REQUEST_BYTES_MAX) socket.destroy();
      return;
    }
    isAsked = true;
    socket.setTimeout(0);
    void answer(socket, received.slice(0, end), asked, gone.signal, log);
  });
}

async function answer(
  socket: Socket,
  line: string,
  asked: Asked,
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  const say = (value: z.input<typeof commissioningAnswer>): void => {
    if (!socket.destroyed) socket.write(`${JSON.stringify(value)}\n`);
  };
  try {
    const request = readRequest(line);
    if (request === null) {
      const message = 'The running agent does not know this command: it is of another version.';
      say({ refused: { code: 'REQUEST_MALFORMED', message } });
    } else {
      const done = await asked.perform(request, (step) => say({ step }), signal);
      say({ done: done ?? null });
    }
  } catch (fault) {
    if (fault instanceof DomainError) say({ refused: refusedOf(fault) });
    else {
      if (!signal.aborted) log.error({ fault }, 'a command failed');
      const message = 'Something unexpected went wrong; the log of the agent says what.';
      say({ refused: { code: 'INTERNAL_FAULT', message } });
    }
  }
  socket.end();
}

/** Gives what a caller is told of a refusal: its code, its words, and its fields if it has some. */
export function refusedOf(fault: DomainError): {
  code: string;
  message: string;
  fields?: RefusedField[];
} {
  const { code, message } = fault;
  const fields = fieldsOf(fault);
  return fields.length === 0 ? { code, message } : { code, message, fields: [...fields] };
}

/** The rules of the network have an error of their own with fields; whoever has them is shown beside them. */
export function fieldsOf(fault: unknown): readonly RefusedField[] {
  if (fault instanceof FieldsRefused || fault instanceof RefusedByAgent) return fault.fields;
  if (!(fault instanceof DomainError) || !('fields' in fault) || !Array.isArray(fault.fields)) {
    return [];
  }
  return fault.fields as readonly RefusedField[];
}

function readRequest(line: string) {
  try {
    return commissioningRequest.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

function readAnswer(line: string): z.infer<typeof commissioningAnswer> {
  try {
    return commissioningAnswer.parse(JSON.parse(line));
  } catch (cause) {
    throw new AgentAnswerUnreadable('The running agent is of another version.', { cause });
  }
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
