/**
 * Do the name servers answer, over UDP and over TCP, and do they say where the gateway is? A name that is kept back by a filter is
 * told from one that does not exist:
 *
 * - the server says so itself (RFC 8914: blocked, censored, filtered, prohibited);
 * - the answer is addresses where nothing can be (0.0.0.0/8, 127.0.0.0/8), or private ones at which another server answers;
 * - "there is none" comes without a zone that says so (RFC 2308 §2.1), while it comes with one for a made-up neighbour of the name.
 *
 * Which names are asked for, and what an answer is worth, is the road's own rule: what it finds is not blamed here.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  askNameServer,
  isPrivateAddress,
  leadsNowhere,
  planLookup,
  readMachineNames,
} from '../../road/road.ts';
import type { Asked, NameServer } from '../../road/road.ts';
import { takeLook } from '../look.ts';
import { failed, passed, warned } from '../outcome.ts';
import type { Facts, Outcome } from '../outcome.ts';
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
    const plan = planLookup(sought, machine);
    const given = { ...ends(scene), name: sought, servers: null };
    if (plan.is === 'known') {
      if (isGateway) scene.addresses = plan.addresses;
      return plan.by === 'given'
        ? passed({ ...given, by: 'given' }, 'No name has to be found: {name} is an address.')
        : passed({ ...given, by: 'local', addresses: plan.addresses.join(', ') });
    }
    const servers = machine.servers.map(({ address }) => address).join(', ');
    if (plan.is === 'missing')
      return notThere(scene, { ...given, servers, answer: plan.why ?? 'reserved by RFC 6761' });
    if (machine.servers.length === 0) return failed('NAME_SERVERS_MISSING', given);
    const { name, heard, missing } = await askInTurn(machine.servers, plan.candidates, signal);
    const { word, server, udp, tcp } = heard;
    const seen: Facts = {
      ...given,
      name,
      servers,
      server: server.address,
      udp: spoken(udp),
      tcp: spoken(tcp),
      answer: word === null ? null : answerOf(word),
    };
    if (word === null) return failed('NAME_SERVERS_SILENT', seen);
    if (word.is === 'missing' || word.is === 'empty') {
      // A filter may keep back any of the names that this one can stand for.
      for (const each of missing) {
        const denied = await judgeDenial(each, signal);
        if (denied.finding === 'NAME_FILTERED')
          return failed('NAME_FILTERED', {
            ...seen,
            name: each.name,
            server: each.server.address,
            answer: denied.answer,
          });
      }
      return notThere(scene, seen);
    }
    if (word.is === 'refused') {
      const { finding, answer } = await judgeDenial({ name, server, word }, signal);
      return failed(finding, { ...seen, answer });
    }
    const kept = await keptBack(scene, isGateway, word.addresses, signal);
    if (kept !== null) return failed('NAME_FILTERED', { ...seen, answer: kept });
    const { addresses } = word;
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

/** What is in the answers to one name after the other, up to the first that is there, or that nobody can say anything of. */
interface InTurn {
  readonly name: string;
  readonly heard: Heard;
  /** Those that are not there, with who says so. */
  readonly missing: readonly DeniedName[];
}

async function askInTurn(
  servers: readonly NameServer[],
  candidates: readonly string[],
  signal: AbortSignal,
): Promise<InTurn> {
  const missing: DeniedName[] = [];
  let first: Omit<InTurn, 'missing'> | null = null;
  for (const name of candidates) {
    const all = await Promise.all(servers.map((server) => ask(server, name, signal)));
    const heard = whoSettles(all);
    const { word, server } = heard;
    if (word?.is !== 'missing' && word?.is !== 'empty') return { name, heard, missing };
    missing.push({ name, server, word });
    first ??= { name, heard };
  }
  assert.ok(first !== null, 'a name stands for itself at least');
  return { ...first, missing };
}

/** As the road does: who refuses or is silent leaves the word to the next one. */
function whoSettles(all: readonly Heard[]): Heard {
  const settled = all.find(({ word }) => word !== null && word.is !== 'refused');
  const heard = settled ?? all.find(({ word }) => word !== null) ?? all[0];
  assert.ok(heard !== undefined, 'there is a name server');
  return heard;
}

/** Says that a name does not exist: of a proxy, that is the next step's. */
function notThere({ options }: Scene, seen: Facts): Outcome {
  const { proxy } = options.road;
  if (proxy.kind !== 'manual') return failed('NAME_MISSING', seen);
  const { host, port } = proxy;
  return {
    result: 'handed-on',
    to: 'proxy',
    outcome: failed('PROXY_NAME_UNKNOWN', { ...seen, host, port }),
    said: 'The name servers answer, and do not know the name of the proxy, {name}.',
    seen,
  };
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

interface DeniedName {
  readonly name: string;
  readonly server: NameServer;
  readonly word: Exclude<Word, { readonly is: 'found' }>;
}

interface Denied {
  readonly finding: 'NAME_FILTERED' | 'NAME_MISSING' | 'NAME_SERVERS_REFUSE';
  readonly answer: string;
}

async function judgeDenial(
  { name, server, word }: DeniedName,
  signal: AbortSignal,
): Promise<Denied> {
  const answer = answerOf(word);
  const { zone, extended } = word.denial;
  const filtered = EXTENDED_NAMES[extended ?? 0];
  if (filtered !== undefined) return { finding: 'NAME_FILTERED', answer: `${answer}, ${filtered}` };
  if (word.is === 'refused') return { finding: 'NAME_SERVERS_REFUSE', answer };
  const isSingledOut = !coversName(zone, name) && (await isNeighbourDenied(server, name, signal));
  return isSingledOut
    ? { finding: 'NAME_FILTERED', answer: `${answer} without a zone that says so` }
    : { finding: 'NAME_MISSING', answer };
}

/** Says to where an answer leads in the place of the gateway or the proxy; null: it is one that the road takes. */
async function keptBack(
  scene: Scene,
  isGateway: boolean,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  if (leadsNowhere(addresses)) return addresses[0] ?? null;
  return isGateway ? await strangerAt(scene, addresses, signal) : null;
}

/** Names who answers at a private address in the gateway's place; null where nobody else does. */
async function strangerAt(
  { options, memory }: Scene,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  const { road, identity } = options;
  const [first] = addresses;
  const isLookedAt = road.proxy.kind === 'none' && identity !== null;
  if (!isLookedAt || first === undefined || !addresses.every(isPrivateAddress)) return null;
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
