/**
 * What this machine knows of names: its name servers, the domains that short names are looked for in, and its hosts file.
 *
 * Read anew for each question: a network that was set up a moment ago is the one that counts.
 */
import { isIP, isIPv4 } from 'node:net';
import { readSmallText } from '../../platform/small-input.ts';
import type { NameServer } from './name-server.ts';

export interface MachineNames {
  readonly servers: readonly NameServer[];
  readonly searchDomains: readonly string[];
  /** IPv4 addresses by name, in lower case. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
}

const NAME_PORT = 53;
/** As resolv.conf(5) has it. */
const SERVERS_MAX = 3;
const SEARCH_DOMAINS_MAX = 6;
const RESOLV_CONF_BYTES_MAX = 64 * 1024;
/** Some machines keep block lists of megabytes here; the first of them will do. */
const HOSTS_BYTES_MAX = 1024 * 1024;

/** Reads both files; one that is not there is empty. */
export async function readMachineNames(): Promise<MachineNames> {
  const [configuration, hosts] = await Promise.all([
    readText('/etc/resolv.conf', RESOLV_CONF_BYTES_MAX),
    readText('/etc/hosts', HOSTS_BYTES_MAX),
  ]);
  return { ...parseResolvConf(configuration), hosts: parseHosts(hosts) };
}

/** @see resolv.conf(5) */
export function parseResolvConf(text: string): Pick<MachineNames, 'servers' | 'searchDomains'> {
  const servers: NameServer[] = [];
  let searchDomains: readonly string[] = [];
  for (const line of linesOf(text, /[#;]/)) {
    const [keyword, ...words] = line;
    const [first = ''] = words;
    const address = first.replace(/%.*$/, '');
    if (keyword === 'nameserver' && isIP(address) !== 0) {
      servers.push({ address: first, port: NAME_PORT });
    } else if (keyword === 'search' || keyword === 'domain') {
      searchDomains = words
        .map((domain) => domain.replace(/\.$/, ''))
        .filter((domain) => domain !== '')
        .slice(0, SEARCH_DOMAINS_MAX);
    }
  }
  return { servers: servers.slice(0, SERVERS_MAX), searchDomains };
}

/** @see hosts(5) */
export function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const hosts = new Map<string, readonly string[]>();
  for (const [address = '', ...names] of linesOf(text, /#/)) {
    if (!isIPv4(address)) continue;
    for (const name of names) {
      const key = name.toLowerCase();
      hosts.set(key, [...(hosts.get(key) ?? []), address]);
    }
  }
  return hosts;
}

function linesOf(text: string, comment: RegExp): readonly (readonly string[])[] {
  return text
    .split('\n')
    .map((line) => (line.split(comment)[0] ?? '').trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/));
}

async function readText(file: string, bytesMax: number): Promise<string> {
  try {
    return (await readSmallText(file, bytesMax)) ?? '';
  } catch {
    return '';
  }
}
