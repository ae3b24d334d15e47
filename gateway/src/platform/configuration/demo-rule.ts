/**
 * The wall between demo and production: neither can be half of the other.
 *
 * A demo knows its people by a file and scans nothing; so it stands on loopback only, and one production
 * setting is enough to refuse it. Without demo mode, nothing of a demo is accepted.
 */
import { isLoopbackHost, isLoopbackName } from '../network/loopback.ts';
import type { Configuration } from './configuration-schema.ts';
import { posturePolicyOf } from './section-posture.ts';

export interface Conflict {
  /** The field, for example `edge.listen.host`. */
  readonly path: string;
  readonly reason: string;
}

/** Lists every setting that does not fit `demo`; none means that the configuration is of one kind. */
export function demoConflicts(configuration: Configuration): readonly Conflict[] {
  return configuration.demo ? productionSettings(configuration) : demoSettings(configuration);
}

/** Tells whether the third gate is closed: always, but in a demo that does not ask for it. */
export function isSecondFactorRequired({ demo, signIn }: Configuration): boolean {
  return (signIn.secondFactor ?? (demo ? 'off-demo' : 'required')) === 'required';
}

/** Names what of a gateway is demo only, for its banner and its ledger. */
export function demoParts(configuration: Configuration): readonly string[] {
  if (!configuration.demo) return [];
  const parts = ['directory', 'antivirus'];
  if (configuration.console.tls === 'off') parts.push('workstation-certificate');
  if (!isSecondFactorRequired(configuration)) parts.push('second-factor');
  if (posturePolicyOf(configuration.demo, configuration.posture) === null) parts.push('posture');
  return parts;
}

function demoSettings({
  directory,
  antivirus,
  console,
  signIn,
  posture,
}: Configuration): readonly Conflict[] {
  const conflicts: Conflict[] = [];
  const only = 'is possible with "demo": true only';
  if (directory.kind === 'demo') {
    conflicts.push({ path: 'directory.kind', reason: `the demo directory ${only}` });
  }
  if (antivirus.kind === 'none-demo') {
    conflicts.push({ path: 'antivirus.kind', reason: `to scan nothing ${only}` });
  }
  if (signIn.secondFactor === 'off-demo') {
    conflicts.push({ path: 'signIn.secondFactor', reason: `to ask for no second factor ${only}` });
  }
  if (posture?.kind === 'off-demo') {
    conflicts.push({ path: 'posture.kind', reason: `to ask for no posture ${only}` });
  }
  if (console.tls === 'off') {
    conflicts.push({ path: 'console.tls', reason: `a console without TLS ${only}` });
  }
  return conflicts;
}

function productionSettings(configuration: Configuration): readonly Conflict[] {
  const { edge, console, database, directory, antivirus, portal, vault } = configuration;
  const conflicts: Conflict[] = [];
  const refuse = (path: string, what: string): void => {
    conflicts.push({ path, reason: `${what} is a production setting, which "demo": true refuses` });
  };
  const listeners = [
    ['edge.listen.host', edge.listen.host],
    ['console.listen.host', console.listen.host],
    ...(portal === undefined ? [] : [['portal.listen.host', portal.listen.host] as const]),
  ] as const;
  for (const [path, host] of listeners) {
    if (!isLoopbackHost(host)) refuse(path, `a listener beyond loopback (${host})`);
  }
  const names = [
    ['edge.gatewayNames', edge.gatewayNames],
    ['console.names', console.names],
    ...(portal === undefined ? [] : [['portal.names', portal.names] as const]),
  ] as const;
  for (const [path, list] of names) {
    for (const [index, name] of list.entries()) {
      if (!isLoopbackName(name))
        refuse(`${path}[${index}]`, `a name beyond this machine (${name})`);
    }
  }
  if (database.url !== 'sqlite' && !isLoopbackHost(hostOf(database.url))) {
    refuse('database.url', 'a database on another machine');
  }
  if (vault.records.kind === 's3' && !isLoopbackHost(hostOf(vault.records.endpoint))) {
    refuse('vault.records.endpoint', 'a store of records on another machine');
  }
  // Later kinds are production kinds: what is not made for a demo is refused in one.
  if (directory.kind !== 'demo') refuse('directory.kind', 'a real directory');
  if (antivirus.kind !== 'none-demo') refuse('antivirus.kind', 'a virus scanner');
  return conflicts;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : '';
}
