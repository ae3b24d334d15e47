/**
 * The road to the gateway: from its name or address to a TCP connection on which TLS can begin, directly or through the hospital's
 * proxy. The tunnel, enrolment, renewal and validation all take it, so that what validates is what is used (decision 0020).
 *
 * A road proves nothing about who answers: that is TLS, with the pinned root and the configured name, for whoever asked.
 */
import net from 'node:net';
import type { Socket } from 'node:net';
import type { ProxyCredentials, ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { connectTo } from './connect.ts';
import { findAddresses } from './name/find-addresses.ts';
import type { FoundAddresses } from './name/find-addresses.ts';
import { readMachineNames } from './name/machine-names.ts';
import type { MachineNames } from './name/machine-names.ts';
import { directionsOf } from './proxy/pac.ts';
import { connectThrough } from './proxy/connect-through.ts';
import { mayShowCredentials } from './proxy/credential-rule.ts';
import {
  authorityOf,
  NameFiltered,
  NameMissing,
  NameServersMissing,
  NameServersRefuse,
  NameServersSilent,
  NoRoute,
  PortClosed,
  PortDropped,
  ProxyNameUnknown,
  ProxyNotAProxy,
  ProxySlow,
  ProxyUnreachable,
  RoadRefused,
} from './road-error.ts';
import { RoadMemory } from './road-memory.ts';

export { connectTo } from './connect.ts';
export { findAddresses, leadsNowhere, planLookup } from './name/find-addresses.ts';
export type { FoundAddresses, LookupPlan } from './name/find-addresses.ts';
export { readMachineNames } from './name/machine-names.ts';
export type { MachineNames } from './name/machine-names.ts';
export { askNameServer } from './name/name-server.ts';
export type { Asked, NameServer, NameTransport } from './name/name-server.ts';
export { isPrivateAddress } from './proxy/credential-rule.ts';
export * from './road-error.ts';
export { RoadMemory } from './road-memory.ts';

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
    readonly authentication: 'none' | 'basic' | 'digest';
  } | null;
}

/** What tests replace. */
export interface RoadOverrides {
  readonly machineNames?: () => Promise<MachineNames>;
}

const NAME_FAILURES = [
  NameFiltered,
  NameMissing,
  NameServersMissing,
  NameServersRefuse,
  NameServersSilent,
] as const;
const CONNECT_FAILURES = [NoRoute, PortClosed, PortDropped, RoadRefused] as const;
/** After these the next direction of a PAC file is taken; what a proxy says of the gateway or the cart is final. */
const DEAD_ENDS = [ProxyNameUnknown, ProxyNotAProxy, ProxySlow, ProxyUnreachable] as const;

/**
 * Opens the road. Errors carry the code of what went wrong, as the panel and the validation say it. After a failure the memory
 * is empty.
 * @throws the classes of `road-error.ts`, and the signal's reason
 */
export async function openRoad(
  settings: RoadSettings,
  signal: AbortSignal,
  memory: RoadMemory = new RoadMemory(),
  overrides: RoadOverrides = {},
): Promise<Road> {
  signal.throwIfAborted();
  try {
    const machine = await (overrides.machineNames ?? readMachineNames)();
    memory.arriveIn(machine);
    return await new RoadOpening(settings, machine, memory, signal).open();
  } catch (failure) {
    memory.forget();
    throw failure;
  }
}

class RoadOpening {
  readonly #settings: RoadSettings;
  readonly #machine: MachineNames;
  readonly #memory: RoadMemory;
  readonly #signal: AbortSignal;

  constructor(
    settings: RoadSettings,
    machine: MachineNames,
    memory: RoadMemory,
    signal: AbortSignal,
  ) {
    this.#settings = settings;
    this.#machine = machine;
    this.#memory = memory;
    this.#signal = signal;
  }

  open(): Promise<Road> {
    const { proxy } = this.#settings;
    if (proxy.kind === 'none') return this.#direct();
    if (proxy.kind === 'manual') return this.#through(proxy, proxy.credentials, () => true);
    return this.#byPAC(proxy.url, proxy.credentials);
  }

  async #direct(): Promise<Road> {
    const { host, port } = this.#settings.gateway;
    const { addresses, by } = await this.#find(host);
    const socket = await connectTo(addresses, port, this.#signal);
    return { socket, address: socket.remoteAddress ?? null, namesBy: by, proxy: null };
  }

  /** @param mayShow says by the proxy's address whether it may be told the credentials */
  async #through(
    proxy: { readonly host: string; readonly port: number },
    given: ProxyCredentials | null,
    mayShow: (address: string) => boolean,
  ): Promise<Road> {
    const { host, port } = this.#settings.gateway;
    const at = { host: proxy.host, port: proxy.port };
    const first = await this.#connectToProxy(at);
    const address = first.remoteAddress ?? '';
    const credentials = given !== null && !mayShow(address) ? 'withheld' : given;
    let waiting: Socket | null = first;
    const { socket, authentication } = await connectThrough(
      {
        proxy: at,
        target: authorityOf(host, port),
        credentials,
        connect: async (signal) => {
          const connected = waiting ?? (await connectTo([address], at.port, signal));
          waiting = null;
          return connected;
        },
      },
      this.#signal,
    );
    const isAddress = net.isIP(host) !== 0;
    return {
      socket,
      address: isAddress ? host : null,
      namesBy: isAddress ? 'given' : 'proxy',
      proxy: { ...at, authentication },
    };
  }

  async #connectToProxy({ host, port }: { readonly host: string; readonly port: number }) {
    try {
      const { addresses } = await this.#find(host);
      return await connectTo(addresses, port, this.#signal);
    } catch (cause) {
      if (NAME_FAILURES.some((kind) => cause instanceof kind)) {
        throw new ProxyNameUnknown(host, { cause });
      }
      if (CONNECT_FAILURES.some((kind) => cause instanceof kind)) {
        throw new ProxyUnreachable(authorityOf(host, port), { cause });
      }
      throw cause;
    }
  }

  /** Takes the directions of the PAC file in their order; the first one that leads somewhere counts. */
  async #byPAC(url: string, credentials: ProxyCredentials | null): Promise<Road> {
    const directions = await directionsOf(url, this.#settings.gateway, this.#memory, {
      find: (host) => this.#find(host),
      signal: this.#signal,
    });
    let failure: unknown;
    for (const direction of directions) {
      try {
        if (direction.kind === 'direct') return await this.#direct();
        return await this.#through(direction, credentials, (address) =>
          mayShowCredentials(url, direction.host, address),
        );
      } catch (fault) {
        if (this.#signal.aborted) throw fault;
        failure ??= fault;
        const isDeadEnd = DEAD_ENDS.some((kind) => fault instanceof kind);
        if (direction.kind === 'proxy' && !isDeadEnd) throw fault;
      }
    }
    throw failure;
  }

  async #find(host: string): Promise<FoundAddresses> {
    const kept = this.#memory.name(host);
    if (kept !== null) return kept;
    const found = await findAddresses(host, this.#machine, this.#signal);
    this.#memory.keepName(host, found);
    return found;
  }
}
