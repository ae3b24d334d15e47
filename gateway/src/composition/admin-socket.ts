/**
 * The administrator's door to a running gateway: a Unix socket in the data directory, mode 0600, for its own account
 * only. One JSON line asks, one JSON line answers, then the connection ends.
 */
import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { z } from 'zod';

export const ADMIN_SOCKET_FILE = 'admin.sock';
const LINE_BYTES_MAX = 64 * 1024;
const TIMEOUT_MS = 30_000;
const CONNECTIONS_MAX = 16;

const answer = z.union([
  z.strictObject({ ok: z.record(z.string(), z.unknown()) }),
  z.strictObject({ refused: z.strictObject({ code: z.string(), message: z.string() }) }),
]);

/** No gateway runs on this data directory, so nobody listens. */
export class GatewayNotRunning extends DomainError {
  readonly code = 'GATEWAY_NOT_RUNNING';
}
/** What the running gateway refused, in its own words. */
export class AdministrationRefused extends DomainError {
  readonly code = 'ADMINISTRATION_REFUSED';
}

export type Administer = (act: unknown) => Promise<object>;

/** Listens on a socket's path; what a killed gateway left there is removed. The data directory must be owned. */
export async function listenForAdministrator(
  path: string,
  administer: Administer,
  report: (fault: unknown) => void,
): Promise<{ close(): Promise<void> }> {
  await rm(path, { force: true });
  const server = createServer((socket) => {
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    void serve(socket, administer, report);
  });
  server.maxConnections = CONNECTIONS_MAX;
  // The directory is 0700, so nobody else gets this far while the mode is not set yet.
  server.listen(path);
  await once(server, 'listening');
  await chmod(path, 0o600);
  return {
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

async function serve(
  socket: Socket,
  administer: Administer,
  report: (fault: unknown) => void,
): Promise<void> {
  try {
    const act = parseLine(await readLine(socket), 'The line is not JSON.');
    socket.end(`${JSON.stringify({ ok: await administer(act) })}\n`);
  } catch (fault) {
    const known = fault instanceof DomainError;
    if (!known) report(fault);
    const code = known ? fault.code : 'INTERNAL_FAULT';
    const message = known ? fault.message : 'Something went wrong; the log says what.';
    socket.end(`${JSON.stringify({ refused: { code, message } })}\n`);
  }
}

/** Asks a running gateway. @throws GatewayNotRunning, AdministrationRefused */
export async function askRunningGateway(
  path: string,
  act: object,
): Promise<Readonly<Record<string, unknown>>> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch (cause) {
    throw new GatewayNotRunning('No gateway is running on this data directory.', { cause });
  }
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
  socket.write(`${JSON.stringify(act)}\n`);
  const said = parseLine(await readLine(socket), 'The gateway answered something unreadable.');
  socket.destroy();
  const read = answer.safeParse(said);
  if (!read.success) throw new AdministrationRefused('The gateway is of another version.');
  if ('ok' in read.data) return read.data.ok;
  throw new AdministrationRefused(read.data.refused.message);
}

/** @throws AdministrationRefused */
function parseLine(line: string, otherwise: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (cause) {
    throw new AdministrationRefused(otherwise, { cause });
  }
}

async function readLine(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += chunk as string;
    const end = text.indexOf('\n');
    if (end !== -1) return text.slice(0, end);
    if (text.length > LINE_BYTES_MAX) throw new AdministrationRefused('The line is too long.');
  }
  throw new AdministrationRefused('The connection ended before a whole line came.');
}
