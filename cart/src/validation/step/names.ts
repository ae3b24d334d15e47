/**
 * Do the name servers answer, over UDP and over TCP, and do they say where the gateway is? A name that is kept back by a filter is
 * told from one that does not exist:
 *
 * - the server says so itself (RFC 8914: blocked, censored, filtered, prohibited);
 * - the answer is an address where nothing can be (0.0.0.0/8, 127.0.0.0/8), or a private one at which another server answers;
 * - "there is none" comes without a zone that says so (RFC 2308 §2.1), while it comes with one for a made-up neighbour of the name.
 */
import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { askNameServer, readMachineNames } from '../../road/road.ts';
import type { Asked, MachineNames, NameServer } from '../../road/road.ts';
import { takeLook } from '../look.ts';
import { failed, passed, warned } from '../outcome.ts';
import type { Facts } from '../outcome.ts';
import { isPinned, namesOf } from '../pinned.ts';
import { ends } from '../scene.ts';
import type { Scene, Step } from '../scene.ts';

/** RFC 8914 §4.16–4.19. */
const EXTENDED_NAMES: Readonly<Record<number, string>> = {
  15: 'blocked',
  16: 'censored',
  17: 'filtered',
  18: 'prohibited',
};
const NOWHERE = /^(?:0|127)\./;
const PRIVATE =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.)/;

/** What a server says in the end. */
type Word = Extract<Asked, { readonly is: 'found' | 'missing' | 'empty' | 'refused' }>;
interface Heard {
  readonly server: NameServer;
  readonly udp: Asked;
  readonly tcp: Asked;
  /** Over whichever transport; null: none. */
  readonly word: Word | null;
}

export const namesStep: Step = {
  name: 'names',
  needs: ['route'],
  limitMs: 12_000,
  otherwise: 'NAME_SERVERS_SILENT',
  async take(scene, signal) {
    const { road } = scene.options;
    const sought = nameToFind(scene);
    const isGateway = sought === road.gateway.host;
    const machine = await readMachineNames();
    const name = wholeName(sought, machine);
    const given = { ...ends(scene), name, servers: null };
    if (isIP(name) !== 0) {
      if (isGateway) scene.addresses = [name];
      return passed({ ...given, by: 'given' }, 'No name has to be found: {name} is an address.');
    }
    const local = machine.hosts.get(sought.toLowerCase()) ?? [];
    if (local.length > 0) {
      if (isGateway) scene.addresses = local;
      return passed({ ...given, by: 'local', addresses: local.join(', ') });
    }
    const heard = await Promise.all(machine.servers.map((server) => ask(server, name, signal)));
    // As a resolver does: the first one that answers has the word.
    const first = heard.find(({ word }) => word !== null) ?? heard[0];
    if (first === undefined) return failed('NAME_SERVERS_MISSING', given);
    const { word, server, udp, tcp } = first;
    const seen: Facts = {
      ...given,
      servers: machine.servers.map(({ address }) => address).join(', '),
      server: server.address,
      udp: spoken(udp),
      tcp: spoken(tcp),
      answer: word === null ? null : answerOf(word),
    };
    if (word === null) return failed('NAME_SERVERS_SILENT', seen);
    const denied = await judge(scene, server, name, word, signal);
    if (denied !== null) {
      if (denied.finding === 'NAME_MISSING' && !isGateway && road.proxy.kind === 'manual') {
        const { host, port } = road.proxy;
        return {
          result: 'handed-on',
          to: 'proxy',
          outcome: failed('PROXY_NAME_UNKNOWN', { ...seen, host, port }),
          said: 'The name servers answer, and do not know the name of the proxy, {name}.',
          seen,
        };
      }
      return failed(denied.finding, { ...seen, answer: denied.answer });
    }
    const addresses = word.is === 'found' ? word.addresses : [];
    if (isGateway) scene.addresses = addresses;
    const found = { ...seen, addresses: addresses.join(', ') };
    return spoken(udp) === 'answered'
      ? passed({ ...found, by: 'udp' })
      : warned('NAMES_OVER_TCP_ONLY', { ...found, by: 'tcp' });
  },
};

/** What the cart has to look up by itself: a proxy looks for the gateway in its place. */
function nameToFind({ options }: Scene): string {
  const { gateway, proxy } = options.road;
  if (proxy.kind === 'manual') return proxy.host;
  if (proxy.kind === 'pac' && URL.canParse(proxy.url)) return new URL(proxy.url).hostname;
  return gateway.host;
}

/** A short name belongs to the machine's first domain, as people expect of "proxy". */
function wholeName(name: string, { searchDomains }: MachineNames): string {
  const [domain] = searchDomains;
  return name.includes('.') || domain === undefined ? name : `${name}.${domain}`;
}

async function ask(server: NameServer, name: string, signal: AbortSignal): Promise<Heard> {
  const [udp, tcp] = await Promise.all([
    askNameServer(server, name, 'udp', signal, { asksWhy: true }),
    askNameServer(server, name, 'tcp', signal, { asksWhy: true }),
  ]);
  return { server, udp, tcp, word: wordOf(udp) ?? wordOf(tcp) };
}

function wordOf(asked: Asked): Word | null {
  switch (asked.is) {
    case 'found':
    case 'missing':
    case 'empty':
    case 'refused':
      return asked;
    case 'truncated':
    case 'silent':
    case 'closed':
    case 'broken':
      return null;
  }
}

interface Denied {
  readonly finding: 'NAME_FILTERED' | 'NAME_MISSING' | 'NAME_SERVERS_REFUSE';
  readonly answer: string;
}

async function judge(
  scene: Scene,
  server: NameServer,
  name: string,
  word: Word,
  signal: AbortSignal,
): Promise<Denied | null> {
  const answer = answerOf(word);
  if (word.is === 'found') {
    const nowhere = word.addresses.find((address) => NOWHERE.test(address));
    if (nowhere !== undefined) return { finding: 'NAME_FILTERED', answer: nowhere };
    const other = await strangerAt(scene, name, word.addresses, signal);
    return other === null ? null : { finding: 'NAME_FILTERED', answer: other };
  }
  const { zone, extended } = word.denial;
  const filtered = EXTENDED_NAMES[extended ?? 0];
  if (filtered !== undefined) return { finding: 'NAME_FILTERED', answer: `${answer}, ${filtered}` };
  if (word.is === 'refused') return { finding: 'NAME_SERVERS_REFUSE', answer };
  const isSingledOut = !coversName(zone, name) && (await isNeighbourDenied(server, name, signal));
  return isSingledOut
    ? { finding: 'NAME_FILTERED', answer: `${answer} without a zone that says so` }
    : { finding: 'NAME_MISSING', answer };
}

/** Names who answers at a private address in the gateway's place; null where nobody else does. */
async function strangerAt(
  { options, memory }: Scene,
  name: string,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  const { road, identity } = options;
  const [first] = addresses;
  const isLookedAt = road.proxy.kind === 'none' && name === road.gateway.host && identity !== null;
  if (!isLookedAt || first === undefined || !addresses.every((each) => PRIVATE.test(each)))
    return null;
  const there = { ...road, gateway: { ...road.gateway, host: first } };
  const look = await takeLook({ road: there, memory }, signal).catch(() => null);
  signal.throwIfAborted();
  if (look?.kind !== 'shown') return null;
  const [leaf] = look.chain;
  const isOther =
    !isPinned(leaf, identity.cartRootPem) && leaf.checkHost(road.gateway.serverName) === undefined;
  return isOther ? `${first}, where ${namesOf(leaf)} answers` : null;
}

/** Tells whether a name beside this one, which nobody can have blocked, is denied by a zone. */
async function isNeighbourDenied(
  server: NameServer,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  const [, ...parent] = name.split('.');
  const neighbour = [`chaperone-${randomBytes(6).toString('hex')}`, ...parent].join('.');
  const { word } = await ask(server, neighbour, signal);
  return word?.is === 'missing' && coversName(word.denial.zone, neighbour);
}

function coversName(zone: string | null, name: string): boolean {
  return zone !== null && (zone === '' || `.${name.toLowerCase()}`.endsWith(`.${zone}`));
}

function answerOf(word: Word): string {
  switch (word.is) {
    case 'found':
      return word.addresses.join(', ');
    case 'missing':
      return 'NXDOMAIN';
    case 'empty':
      return 'no addresses';
    case 'refused':
      return word.why;
  }
}

function spoken({ is }: Asked): string {
  return is === 'silent' || is === 'closed' || is === 'broken' ? is : 'answered';
}
