/**
 * The Unix sockets in the agent's data directory, for who is on the machine: one line is asked, an answer comes back.
 *
 * A socket has mode 0600 in a directory of mode 0700: who may ask is who runs as the agent's account. The data directory is
 * locked, so a socket that is there is left over. What the lines mean, whoever listens knows.
 */
import { chmod, rm } from 'node:fs/promises';
import net from 'node:net';
import type { Server, Socket } from 'node:net';

/** For a line to be asked, and for its answer. */
const LINE_TIMEOUT_MS = 5000;

/** Listens on a socket, for so many connections at once. */
export async function listenOn(
  file: string,
  connectionsMax: number,
  take: (socket: Socket) => void,
): Promise<Server> {
  await rm(file, { force: true });
  const server = net.createServer((socket) => {
    socket.setTimeout(LINE_TIMEOUT_MS, () => socket.destroy());
    socket.on('error', () => undefined);
    take(socket);
  });
  server.maxConnections = connectionsMax;
  // Before there is a file anybody could open.
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
  return server;
}

/**
 * Asks one line, and gives what came back until the agent hung up; empty when it said nothing in time.
 * @param bytesMax of the answer; more is not kept
 * @throws what `unreachable` makes of a socket on which nobody listens
 */
export function askLine(
  file: string,
  line: string,
  bytesMax: number,
  unreachable: (cause: Error) => Error,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(file);
    let received = '';
    socket.setEncoding('latin1');
    socket.setTimeout(LINE_TIMEOUT_MS, () => socket.destroy());
    socket.on('connect', () => socket.write(line));
    socket.on('data', (text: string) => {
      received = (received + text).slice(0, bytesMax);
    });
    socket.on('error', (cause) => reject(unreachable(cause)));
    socket.on('close', () => resolve(received));
  });
}
