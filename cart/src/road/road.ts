/**
 * The road to the gateway: from its name or address to a TCP connection on which TLS can begin, directly or through the hospital's
 * proxy. The tunnel, enrolment, renewal and validation all take it, so that what validates is what is used.
 *
 * A road proves nothing about who answers: that is TLS, with the pinned root and the configured name, for whoever asked.
 */
import { once } from 'node:events';
import net from 'node:net';
import type { Socket } from 'node:net';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';

export interface RoadSettings {
  readonly gateway: {
    /** A name or an IP address. */
    readonly host: string;
    readonly port: number;
    /** The name that its certificate must have, in both cases. */
    readonly serverName: string;
  };
  readonly proxy: ProxySettings;
}

/** How a name was found. `given`: the configuration has an address; `local`: the machine's own hosts file. */
export type NamesBy = 'given' | 'local' | 'udp' | 'tcp' | 'proxy';

export interface Road {
  /** Connected; nothing has been sent on it but what a proxy had to be told. */
  readonly socket: Socket;
  /** The gateway's address as far as it is known: a proxy may look the name up by itself. */
  readonly address: string | null;
  readonly namesBy: NamesBy;
  readonly proxy: {
    readonly host: string;
    readonly port: number;
    readonly authentication: 'none' | 'basic' | 'digest' | 'negotiate';
  } | null;
}

/**
 * Opens the road. Errors carry the code of what went wrong, as the panel and the validation say it.
 * @throws what connecting throws, and the signal's reason
 */
export async function openRoad(settings: RoadSettings, signal: AbortSignal): Promise<Road> {
  signal.throwIfAborted();
  const { host, port } = settings.gateway;
  const socket = net.connect({ host, port, signal });
  await once(socket, 'connect', { signal });
  const namesBy = net.isIP(host) === 0 ? 'udp' : 'given';
  return { socket, address: socket.remoteAddress ?? null, namesBy, proxy: null };
}
