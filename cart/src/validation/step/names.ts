/**
 * Do the name servers answer, over UDP and over TCP, and do they say where the gateway is? A name that is kept back by a filter is
 * told from one that does not exist:
 *
 * - the server says so itself (RFC 8914: blocked, censored, filtered, prohibited);
 * - the answer is an address where nothing can be (0.0.0.0/8, 127.0.0.0/8), or a private one at which another server answers;
 * - "there is none" comes without a zone that says so (RFC 2308 §2.1), while it comes with one for a made-up neighbour of the name.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { readNameServers } from '../../device/kernel-network/kernel-network.ts';
import { takeLook } from '../look.ts';
import type { NameMessage } from '../name-message.ts';
import { askNameServer } from '../name-question.ts';
import type { NameAnswer } from '../name-question.ts';
import { failed, passed, warned } from '../outcome.ts';
import type { Facts } from '../outcome.ts';
import { isPinned, namesOf } from '../pinned.ts';
import { ends } from '../scene.ts';
import type { Scene, Step } from '../scene.ts';

const SERVERS_MAX = 3;
const RESPONSE_NAMES: Readonly<Record<number, string>> = {
  0: 'no addresses',
  1: 'FORMERR',
  2: 'SERVFAIL',
  3: 'NXDOMAIN',
  4: 'NOTIMP',
  5: 'REFUSED',
};
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

interface Asked {
  readonly server: string;
  readonly udp: NameAnswer;
  readonly tcp: NameAnswer;
  /** What it says, over whichever transport. */
  readonly message: NameMessage | null;
}

export const namesStep: Step = {
  name: 'names',
  needs: ['route'],
  limitMs: 12_000,
  otherwise: 'NAME_SERVERS_SILENT',
  async take(scene, signal) {
    const { road, nameServers } = scene.options;
    const name = nameToFind(scene);
    const isGateway = name === road.gateway.host;
    const given = { ...ends(scene), name, servers: null };
    if (isIP(name) !== 0) {
      if (isGateway) scene.addresses = [name];
      return passed({ ...given, by: 'given' }, 'No name has to be found: {name} is an address.');
    }
    const local = await inHostsFile(name);
    if (local.length > 0) {
      if (isGateway) scene.addresses = local;
      return passed({ ...given, by: 'local', addresses: local.join(', ') });
    }
    const servers = (await (nameServers ?? readNameServers)()).slice(0, SERVERS_MAX);
    if (servers.length === 0) return failed('NAME_SERVERS_MISSING', given);
    const asked = await Promise.all(servers.map((server) => ask(server, name, signal)));
    // As a resolver does: the first one that answers has the word.
    const first = asked.find(({ message }) => message !== null) ?? asked[0];
    if (first === undefined) return failed('NAME_SERVERS_MISSING', given);
    const { message } = first;
    const seen: Facts = {
      ...given,
      servers: servers.join(', '),
      server: first.server,
      udp: spoken(first.udp),
      tcp: spoken(first.tcp),
      answer: message === null ? null : answerOf(message),
    };
    if (message === null) return failed('NAME_SERVERS_SILENT', seen);
    const denied = await judge(scene, first.server, name, message, signal);
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
    if (isGateway) scene.addresses = message.addresses;
    const found = { ...seen, addresses: message.addresses.join(', ') };
    return first.udp.kind === 'answered'
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

async function ask(server: string, name: string, signal: AbortSignal): Promise<Asked> {
  const [udp, tcp] = await Promise.all([
    askNameServer(server, name, 'udp', signal),
    askNameServer(server, name, 'tcp', signal),
  ]);
  const spokenBy = [udp, tcp].filter((answer) => answer.kind === 'answered');
  const whole = spokenBy.find(({ message }) => !message.isTruncated) ?? spokenBy[0];
  return { server, udp, tcp, message: whole?.message ?? null };
}

interface Denied {
  readonly finding: 'NAME_FILTERED' | 'NAME_MISSING' | 'NAME_SERVERS_REFUSE';
  readonly answer: string;
}

async function judge(
  scene: Scene,
  server: string,
  name: string,
  message: NameMessage,
  signal: AbortSignal,
): Promise<Denied | null> {
  const answer = answerOf(message);
  const filtered = EXTENDED_NAMES[message.extended ?? 0];
  if (filtered !== undefined && message.addresses.length === 0)
    return { finding: 'NAME_FILTERED', answer: `${answer}, ${filtered}` };
  const nowhere = message.addresses.find((address) => NOWHERE.test(address));
  if (nowhere !== undefined) return { finding: 'NAME_FILTERED', answer: nowhere };
  if (message.addresses.length > 0) {
    const other = await strangerAt(scene, name, message.addresses, signal);
    return other === null ? null : { finding: 'NAME_FILTERED', answer: other };
  }
  if (message.responseCode !== 0 && message.responseCode !== 3)
    return { finding: 'NAME_SERVERS_REFUSE', answer };
  const isSingledOut =
    !coversName(message.zone, name) && (await isNeighbourDenied(server, name, signal));
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
  server: string,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  const [, ...parent] = name.split('.');
  const neighbour = [`chaperone-${randomBytes(6).toString('hex')}`, ...parent].join('.');
  const { message } = await ask(server, neighbour, signal);
  return message !== null && coversName(message.zone, neighbour);
}

function coversName(zone: string | null, name: string): boolean {
  return zone !== null && (zone === '' || `.${name.toLowerCase()}`.endsWith(`.${zone}`));
}

function answerOf({ responseCode, addresses }: NameMessage): string {
  if (addresses.length > 0) return addresses.join(', ');
  return RESPONSE_NAMES[responseCode] ?? `code ${responseCode}`;
}

function spoken(answer: NameAnswer): string {
  return answer.kind;
}

/** @see hosts(5) */
async function inHostsFile(name: string): Promise<readonly string[]> {
  const text = await readFile('/etc/hosts', 'utf8').catch(() => '');
  const found: string[] = [];
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (isIP(address) === 4 && names.includes(name)) found.push(address);
  }
  return found;
}
