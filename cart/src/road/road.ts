/**
 * The road to the gateway: from its name or address to a TCP connection on which TLS can begin, directly or through the hospital's
 * proxy. The tunnel, enrolment, renewal and validation all take it, so that what validates is what is used (decision 0020).
 *
 * A road proves nothing about who answers: that is TLS, with the pinned root and the configured name, for whoever asked.
 */
import { lookup } from 'node:dns/promises';
import net from 'node:net';
import type { Socket } from 'node:net';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { connectTo } from './connect.ts';
import { NameMissing } from './road-error.ts';

export * from './road-error.ts';

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

/** What is kept between openings of roads to the same gateway: names and the PAC file. */
export class RoadMemory {}

/**
 * Opens the road. Errors carry the code of what went wrong, as the panel and the validation say it.
 * @throws the classes of `road-error.ts`, and the signal's reason
 */
export async function openRoad(
  settings: RoadSettings,
  signal: AbortSignal,
  _memory: RoadMemory = new RoadMemory(),
): Promise<Road> {
  signal.throwIfAborted();
  const { host, port } = settings.gateway;
  const { addresses, namesBy } = await addressesOf(host);
  const socket = await connectTo(addresses, port, signal);
  return { socket, address: socket.remoteAddress ?? null, namesBy, proxy: null };
}

async function addressesOf(
  host: string,
): Promise<{ readonly addresses: readonly string[]; readonly namesBy: NamesBy }> {
  if (net.isIP(host) !== 0) return { addresses: [host], namesBy: 'given' };
  try {
    const found = await lookup(host, { all: true, family: 4 });
    return { addresses: found.map(({ address }) => address), namesBy: 'udp' };
  } catch (cause) {
    throw new NameMissing(host, { cause });
  }
}
