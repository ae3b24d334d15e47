/**
 * The door through which the cart's own software says that the clinic needs the cart (docs/interlock.md).
 *
 * A Unix socket, one line of JSON each way: `{"raise":"probe-active"}` is answered with `{"raised":"probe-active"}`, or with
 * `{"code":…}`. It can raise the interlock and nothing else; there is no word that lifts it. The socket has mode 0600 in a
 * directory of mode 0700: who may signal is who runs as the agent's account.
 */
import type { Server, Socket } from 'node:net';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { SIGNAL_SOURCES } from '@chaperone/domain/interlock/interlock.ts';
import type { InterlockSource, SignalSource } from '@chaperone/domain/interlock/interlock.ts';
import { z } from 'zod';
import { askLine, listenOn } from '../platform/agent-socket.ts';

export const INTERLOCK_SOCKET = 'interlock.sock';
const LINE_BYTES_MAX = 256;
/** Signals come one at a time, and each is answered at once. */
const CONNECTIONS_MAX = 16;

const signal = z.strictObject({ raise: z.enum(SIGNAL_SOURCES) });
const answered = z.union([
  z.strictObject({ raised: z.string() }),
  z.strictObject({ code: z.string().max(64) }),
]);

/** What a signal does. */
export interface Signalled {
  /** @returns who had raised it first */
  raise(source: SignalSource): InterlockSource;
  refused(operation: string, code: string): void;
}

export class InterlockNotRaised extends DomainError {
  readonly code = 'INTERLOCK_NOT_RAISED';
}
class SignalMalformed extends DomainError {
  readonly code = 'REQUEST_MALFORMED';
}

/** Listens for signals. The data directory is locked, so a socket that is there is left over. */
export async function listenForSignals(
  dataDirectory: string,
  signalled: Signalled,
): Promise<Server> {
  const file = path.join(dataDirectory, INTERLOCK_SOCKET);
  return await listenOn(file, CONNECTIONS_MAX, (socket) => listen(socket, signalled));
}

/** Raises the interlock of the agent that runs on a data directory. @throws InterlockNotRaised */
export async function signalInterlock(
  dataDirectory: string,
  source: SignalSource,
): Promise<{ readonly raised: string }> {
  const text = await askLine(
    path.join(dataDirectory, INTERLOCK_SOCKET),
    `${JSON.stringify({ raise: source })}\n`,
    LINE_BYTES_MAX,
    (cause) => new InterlockNotRaised('No agent runs on this data directory.', { cause }),
  );
  const answer = answered.safeParse(jsonOf(text));
  if (answer.success && 'raised' in answer.data) return answer.data;
  const why = answer.success && 'code' in answer.data ? answer.data.code : 'no answer';
  throw new InterlockNotRaised(`The agent did not raise the interlock (${why}).`);
}

function listen(socket: Socket, signalled: Signalled): void {
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    if (socket.writableEnded) return;
    received += text;
    const end = received.indexOf('\n');
    if (end >= 0) socket.end(`${JSON.stringify(take(received.slice(0, end), signalled))}\n`);
    else if (received.length > LINE_BYTES_MAX) socket.destroy();
  });
}

function take(line: string, signalled: Signalled): object {
  try {
    const asked = signal.safeParse(line.length > LINE_BYTES_MAX ? null : jsonOf(line));
    if (!asked.success) throw new SignalMalformed('A signal is one line of JSON.');
    return { raised: signalled.raise(asked.data.raise) };
  } catch (refusal) {
    if (!(refusal instanceof DomainError)) throw refusal;
    signalled.refused('interlock socket', refusal.code);
    return { code: refusal.code };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
