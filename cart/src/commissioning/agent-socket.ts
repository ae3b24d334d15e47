/**
 * The Unix socket on which a running agent takes commissioning commands: `commissioning.sock`, mode 0600 in a directory of mode
 * 0700, so that who may ask is who runs as the agent's account. See `socket-words.ts` for what is said on it.
 *
 * Who hangs up stops a validation and an enrolment; a network that is being tried goes on, since it has its own way back.
 */
import type { Socket } from 'node:net';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { listenOn } from '../platform/agent-socket.ts';
import type { Log } from '../platform/log.ts';
import { refusedOf } from './commissioning-refused.ts';
import type { Asked } from './request.ts';
import { SOCKET_FILE, readRequest } from './socket-words.ts';
import type { CommissioningAnswer } from './socket-words.ts';

/** A profile with CA certificates of 64 KiB, and what JSON adds to it. */
const REQUEST_BYTES_MAX = 160 * 1024;
const CONNECTIONS_MAX = 4;

/** Listens for commands. The data directory is locked, so a socket that is there is left over. */
export async function listenForCommands(
  dataDirectory: string,
  asked: Asked,
  log: Log,
): Promise<{ close(): Promise<void> }> {
  const file = path.join(dataDirectory, SOCKET_FILE);
  const open = new Set<Socket>();
  const server = await listenOn(file, CONNECTIONS_MAX, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    hear(socket, asked, log);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function hear(socket: Socket, asked: Asked, log: Log): void {
  const gone = new AbortController();
  let received = '';
  let isAsked = false;
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
  const say = (value: CommissioningAnswer): void => {
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
