/**
 * The Unix socket for a vendor's own hardware key: it can press the button, and nothing else.
 *
 * One line each way: `press` is answered with `ok`, or with the code of a refusal. The socket has mode 0600 in a
 * directory of mode 0700: who may press is who runs as the agent's account.
 */
import type { Server, Socket } from 'node:net';
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { askLine, listenOn } from '../platform/agent-socket.ts';

export const PRESS_SOCKET = 'press.sock';
const COMMAND = 'press\n';
const OK = 'ok\n';
const CONNECTIONS_MAX = 8;
const ANSWER_CHARACTERS_MAX = 64;

/** What the key presses. */
export interface Pressed {
  press(): void;
  refused(operation: string, code: string): void;
}

export class AgentNotRunning extends DomainError {
  readonly code = 'AGENT_NOT_RUNNING';
}
export class PressRefused extends DomainError {
  readonly code = 'PRESS_REFUSED';
}

/** Listens for the hardware key. The data directory is locked, so a socket that is there is left over. */
export async function listenForPress(dataDirectory: string, pressed: Pressed): Promise<Server> {
  const file = path.join(dataDirectory, PRESS_SOCKET);
  return await listenOn(file, CONNECTIONS_MAX, (socket) => answer(socket, pressed));
}

/** Presses the button of the agent that runs on a data directory. @throws AgentNotRunning, PressRefused */
export async function pressButton(dataDirectory: string): Promise<void> {
  const answered = await askLine(
    path.join(dataDirectory, PRESS_SOCKET),
    COMMAND,
    ANSWER_CHARACTERS_MAX,
    (cause) => new AgentNotRunning('No agent runs on this data directory.', { cause }),
  );
  if (answered !== OK) {
    throw new PressRefused(`The agent did not take the press (${answered.trim() || 'no answer'}).`);
  }
}

function answer(socket: Socket, pressed: Pressed): void {
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    received += text;
    if (received === COMMAND) socket.end(press(pressed));
    else if (!COMMAND.startsWith(received)) socket.destroy();
  });
}

function press(pressed: Pressed): string {
  try {
    pressed.press();
    return OK;
  } catch (refusal) {
    if (!(refusal instanceof DomainError)) throw refusal;
    pressed.refused('press socket', refusal.code);
    return `${refusal.code}\n`;
  }
}
