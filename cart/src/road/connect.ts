/**
 * One TCP connection to the first of several addresses that answers. Each gets a head start over the next one (in the spirit of
 * RFC 8305), so that one dead address among living ones costs a second and not the session.
 */
import { once } from 'node:events';
import net from 'node:net';
import type { Socket } from 'node:net';
import type { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { firstToArrive } from './head-start.ts';
import { authorityOf, NoRoute, PortClosed, PortDropped, RoadRefused } from './road-error.ts';

/** How long an address may be silent before the next one is tried beside it. */
const HEAD_START_MS = 1000;
/** TCP repeats its SYN after 1 and 3 s; whoever has not answered then is not there. */
const CONNECT_TIMEOUT_MS = 5000;
/** More than one service needs; a hostile name server may list hundreds. */
const ADDRESSES_MAX = 6;

/**
 * Connects to a port at one of these addresses. Whoever gets the socket listens for its errors from then on.
 * @throws PortClosed, PortDropped, RoadRefused, NoRoute, and the signal's reason
 */
export async function connectTo(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  const failures: unknown[] = [];
  const ways = addresses.slice(0, ADDRESSES_MAX).map((address) => async (stop: AbortSignal) => {
    try {
      return await connectOnce(address, port, stop);
    } catch (fault) {
      failures.push(fault);
      throw fault;
    }
  });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
  try {
    return await firstToArrive(ways, HEAD_START_MS, limit, (late) => late.destroy());
  } catch {
    signal.throwIfAborted();
    throw mostTelling(failures, addresses, port);
  }
}

async function connectOnce(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const socket = net.connect({ host, port });
  // Errors that come later belong to whoever holds the socket then.
  socket.on('error', () => undefined);
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (fault) {
    socket.destroy();
    throw fault;
  }
}

/** Says what it means by the failure that says most: a refusal says more than silence. */
function mostTelling(
  causes: readonly unknown[],
  addresses: readonly string[],
  port: number,
): DomainError {
  const [first = ''] = addresses;
  const at = authorityOf(first, port);
  const find = (...codes: readonly string[]): unknown =>
    causes.find((cause) => codes.includes(String((cause as NodeJS.ErrnoException | null)?.code)));
  const closed = find('ECONNREFUSED', 'ECONNRESET');
  if (closed !== undefined) return new PortClosed(at, { cause: closed });
  const noRoute = find('ENETUNREACH', 'EADDRNOTAVAIL');
  if (noRoute !== undefined) return new NoRoute(first, { cause: noRoute });
  const refused = find('EHOSTUNREACH', 'EACCES', 'EPERM', 'EPROTO', 'ENONET', 'EHOSTDOWN');
  if (refused !== undefined) return new RoadRefused(at, { cause: refused });
  return new PortDropped(at, { cause: causes.at(-1) });
}
