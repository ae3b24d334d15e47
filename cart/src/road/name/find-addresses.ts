/**
 * Finds the IPv4 addresses of a name, and says how: an address is taken as it is, the hosts file counts, then the machine's name
 * servers are asked, over UDP and, where that is closed, over TCP.
 *
 * Why not the system's own resolver: it does not say which way it took, does not go to TCP when UDP is silent, and takes
 * half a minute to say that nobody answers.
 */
import { isIP } from 'node:net';
import { firstToArrive } from '../head-start.ts';
import {
  NameFiltered,
  NameMissing,
  NameServersMissing,
  NameServersRefuse,
  NameServersSilent,
} from '../road-error.ts';
import type { MachineNames } from './machine-names.ts';
import { askNameServer } from './name-server.ts';
import type { Asked, NameServer, NameTransport } from './name-server.ts';

export interface FoundAddresses {
  /** In the order in which they are to be tried. */
  readonly addresses: readonly string[];
  readonly by: 'given' | 'local' | NameTransport;
  /** Who answered; null: nobody had to. */
  readonly server: string | null;
  readonly lifeMs: number;
}

/** So long a way may be silent before the next one is tried beside it. */
const HEAD_START_MS = 600;
const FIND_TIMEOUT_MS = 5000;
const LABEL_CHARACTERS_MAX = 63;
const NAME_CHARACTERS_MAX = 253;
/** What no service can have: "this network" and the machine itself (RFC 6890). Filters answer with them. */
const NOWHERE = /^(?:0|127)\./;

/** How a name is looked for, before anybody is asked. */
export type LookupPlan =
  | {
      readonly is: 'known';
      readonly addresses: readonly string[];
      readonly by: 'given' | 'local';
    }
  /** Nobody can know it. `why`: null where it is a name like others. */
  | { readonly is: 'missing'; readonly why: string | null }
  /** Whole names to ask for, in this order, each only after the one before is not there. */
  | { readonly is: 'asked'; readonly candidates: readonly string[] };

/** Says how a name is looked for on this machine. A validation goes by it, too, so that it blames nothing that the road takes. */
export function planLookup(host: string, machine: MachineNames): LookupPlan {
  if (isIP(host) !== 0) return { is: 'known', addresses: [host], by: 'given' };
  const name = host.toLowerCase().replace(/\.$/, '');
  const local = machine.hosts.get(name);
  if (local !== undefined) return { is: 'known', addresses: local, by: 'local' };
  // RFC 6761: these two are never asked for.
  if (/(?:^|\.)localhost$/.test(name))
    return { is: 'known', addresses: ['127.0.0.1'], by: 'local' };
  if (/(?:^|\.)invalid$/.test(name)) return { is: 'missing', why: null };
  if (!isName(name)) return { is: 'missing', why: 'cannot be one' };
  return { is: 'asked', candidates: candidatesOf(name, machine.searchDomains) };
}

/** Tells whether an answer leads to nothing: where one of its addresses can be one, the road tries that. */
export function leadsNowhere(addresses: readonly string[]): boolean {
  return addresses.every((address) => NOWHERE.test(address));
}

/** One server's answer by one transport that settles the matter. */
interface Settled {
  readonly asked: Asked & { readonly is: 'found' | 'missing' | 'empty' };
  readonly by: NameTransport;
  readonly server: NameServer;
}

/**
 * Finds the addresses of a name.
 * @throws NameMissing, NameFiltered, NameServersMissing, NameServersSilent, NameServersRefuse, and the signal's reason
 */
export async function findAddresses(
  host: string,
  machine: MachineNames,
  signal: AbortSignal,
): Promise<FoundAddresses> {
  signal.throwIfAborted();
  const plan = planLookup(host, machine);
  if (plan.is === 'known') return known(plan.addresses, plan.by);
  if (plan.is === 'missing') throw new NameMissing(host, plan.why ?? undefined);
  if (machine.servers.length === 0) throw new NameServersMissing();

  const limit = AbortSignal.any([signal, AbortSignal.timeout(FIND_TIMEOUT_MS)]);
  let isThere = false;
  for (const candidate of plan.candidates) {
    const { asked, by, server } = await settle(candidate, machine.servers, limit, signal);
    if (asked.is === 'empty') isThere = true;
    if (asked.is !== 'found') continue;
    const [first = ''] = asked.addresses;
    if (leadsNowhere(asked.addresses)) throw new NameFiltered(host, first);
    const lifeMs = asked.lifeSeconds * 1000;
    return { addresses: asked.addresses, by, server: server.address, lifeMs };
  }
  throw new NameMissing(host, isThere ? 'has no IPv4 address' : undefined);
}

function known(addresses: readonly string[], by: 'given' | 'local'): FoundAddresses {
  return { addresses, by, server: null, lifeMs: Number.MAX_SAFE_INTEGER };
}

/** A short name is looked for in the machine's domains, as people expect of "proxy"; a name with a dot is whole. */
function candidatesOf(name: string, searchDomains: readonly string[]): readonly string[] {
  if (name.includes('.')) return [name];
  return [...searchDomains.map((domain) => `${name}.${domain}`), name].filter(isName);
}

function isName(name: string): boolean {
  return (
    name.length <= NAME_CHARACTERS_MAX &&
    name.split('.').every((label) => {
      return (
        label.length <= LABEL_CHARACTERS_MAX && /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/.test(label)
      );
    })
  );
}

/** Asks every server by UDP, then every server by TCP, each with a head start; the first that settles the matter counts. */
async function settle(
  name: string,
  servers: readonly NameServer[],
  limit: AbortSignal,
  signal: AbortSignal,
): Promise<Settled> {
  const refusals: string[] = [];
  const way =
    (server: NameServer, transport: NameTransport) =>
    async (stop: AbortSignal): Promise<Settled> => {
      let by = transport;
      let asked = await askNameServer(server, name, by, stop);
      if (asked.is === 'truncated' && by === 'udp') {
        by = 'tcp';
        asked = await askNameServer(server, name, by, stop);
      }
      if (asked.is === 'found' || asked.is === 'missing' || asked.is === 'empty') {
        return { asked, by, server };
      }
      if (asked.is === 'refused') refusals.push(asked.why);
      throw new Error(`the name server is ${asked.is}`);
    };
  const ways = (['udp', 'tcp'] as const).flatMap((by) => servers.map((server) => way(server, by)));
  try {
    return await firstToArrive(ways, HEAD_START_MS, limit);
  } catch (cause) {
    signal.throwIfAborted();
    const [refusal] = refusals;
    if (refusal !== undefined) throw new NameServersRefuse(name, refusal, { cause });
    throw new NameServersSilent(
      servers.map(({ address }) => address),
      { cause },
    );
  }
}
