/** The request to the hospital's firewall team, in its language: plain text, to be pasted as it is. */
import type { Language } from '@chaperone/domain/notice/notice.ts';
import type { AcceptanceReportClaims, FirewallRule } from './acceptance-report.ts';
import { isLoopback, looksUpNames } from './firewall.ts';
import type { FirewallFacts } from './firewall.ts';
import { FIREWALL_WORDS } from './firewall-words.ts';
import type { FirewallWords } from './firewall-words.ts';
import { isIPv4, subnetOf } from './ipv4.ts';

/** What the request says; what nobody has seen yet is said to be so. */
export interface FirewallRequest {
  readonly model: string;
  readonly serial: string;
  /** Null while nobody has said it. */
  readonly facility: string | null;
  /** Null before the first one is signed, and when it is about settings that are not there any more. */
  readonly report: { readonly id: string; readonly signedUtcMs: number } | null;
  readonly facts: Pick<FirewallFacts, 'network' | 'proxy'> & {
    readonly gateway: Pick<FirewallFacts['gateway'], 'host' | 'port' | 'addresses'>;
  };
  /** Of the root that the cart believes; null before it has a licence. */
  readonly rootFingerprint: string | null;
  readonly rules: readonly FirewallRule[];
}

/** Reads a request out of a signed report. */
export function requestOf(claims: AcceptanceReportClaims): FirewallRequest {
  return {
    ...{ model: claims.model, serial: claims.iss, facility: claims.facility },
    report: { id: claims.jti, signedUtcMs: claims.iat * 1000 },
    facts: claims,
    rootFingerprint: claims.gateway.rootFingerprint,
    rules: claims.firewall,
  };
}

/** Characters of a line; a ticket system wraps what is longer. */
const COLUMNS = 78;
const NAME_COLUMNS = 12;
const FINGERPRINT_DIGITS = 20;

/** Writes the request. */
export function firewallText(request: FirewallRequest, language: Language = 'en'): string {
  const words = FIREWALL_WORDS[language];
  const { facts, rules, report } = request;
  const { gateway, network, proxy } = facts;
  const end = `${gateway.host}:${gateway.port}`;
  const known: (readonly [string, string])[] = [
    [words.device, words.deviceIs(request.model, request.serial)],
    [words.place, request.facility ?? words.fillIn],
    [words.address, addressOf(facts, words)],
    [words.adapter, adapterOf(facts, words)],
    [words.gateway, end],
    [words.report, report === null ? words.notAccepted : `${report.id}, ${minuteOf(report)}`],
  ];
  const noServers = network.nameServers.length === 0;
  const notes = [
    ...(rules.some(({ isOptional }) => isOptional) ? [words.optional] : []),
    ...(isIPv4(network.address) ? [] : [words.addressMissing]),
    ...(report === null ? [words.draft] : []),
    words.opensAll,
    words.forAll,
    ...(looksUpNames(facts) && network.nameServers.every(isLoopback)
      ? [noServers ? words.serversUnknown : words.serversUnseen]
      : []),
    ...(proxy.kind !== 'none' && proxy.host === null ? [words.proxyUnknown] : []),
    ...(proxy.host === null ? [] : [words.proxyLets(end)]),
    words.clock,
  ];
  const fingerprint = request.rootFingerprint?.slice(0, FINGERPRINT_DIGITS) ?? null;
  return [
    words.title,
    '',
    ...known.map(([name, value]) => wrapped(`${name.padEnd(NAME_COLUMNS)}${value}`, NAME_COLUMNS)),
    '',
    words.allow,
    '',
    ...tableOf(rules, words),
    '',
    ...notes.map((note) => wrapped(note)),
    '',
    words.never,
    '',
    ...[...words.neverNeeded, words.noInspection(fingerprint)].map((line) =>
      wrapped(`- ${line}`, 2),
    ),
    ...(report === null ? [] : ['', wrapped(words.signed)]),
    '',
  ].join('\n');
}

function addressOf({ network }: FirewallRequest['facts'], words: FirewallWords): string {
  const { address, prefixLength, method } = network;
  if (!isIPv4(address)) return words.fillIn;
  if (method === 'unknown') return address;
  return words[method](address, subnetOf(address, prefixLength));
}

function adapterOf({ network }: FirewallRequest['facts'], words: FirewallWords): string {
  const isKnown = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i.test(network.hardwareAddress);
  if (!isKnown) return words.fillIn;
  return `${network.hardwareAddress} (${words[network.kind]}, ${network.interface})`;
}

function minuteOf({ signedUtcMs }: NonNullable<FirewallRequest['report']>): string {
  return `${new Date(signedUtcMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function tableOf(rules: readonly FirewallRule[], words: FirewallWords): readonly string[] {
  const rows = [
    words.columns,
    ...rules.map(({ source, destination, protocol, port, purpose, isOptional }) => [
      isIPv4(source.replace(/\/\d+$/, '')) ? source : words.fillIn,
      destination,
      `${protocol} ${port}`,
      words.outbound,
      `${purposeOf(purpose, words)}${isOptional ? ' *' : ''}`,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows.map((row) =>
    row.map((cell, at) => (at === 4 ? cell : cell.padEnd(widths[at] ?? 0))).join('  '),
  );
}

/** A report carries purposes in English; one of another make stays as it is. */
function purposeOf(purpose: string, words: FirewallWords): string {
  for (const [english, said] of Object.entries(words.purposes)) {
    if (purpose.startsWith(english)) return `${said}${purpose.slice(english.length)}`;
  }
  return purpose;
}

/** Breaks a line between words. @param indent of every line but the first */
function wrapped(line: string, indent = 0): string {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    const next = current === '' ? word : `${current} ${word}`;
    if (next.length <= COLUMNS || current.trim() === '') {
      current = next;
      continue;
    }
    lines.push(current);
    current = `${' '.repeat(indent)}${word}`;
  }
  return [...lines, current].join('\n');
}
