/**
 * Installs missing Debian packages, when this may be done without asking anybody.
 *
 * As root, or with a sudo that asks for no password, it installs; otherwise it says what a person has to install.
 * It removes and upgrades nothing.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { DebianPackage } from '../debian-packages.ts';

/** Another apt may hold dpkg's lock; apt itself waits this long for it. */
const DPKG_LOCK_TIMEOUT_S = 900;
/** `apt-get update` does not wait for the lock of its lists, so we ask again this often. */
const UPDATE_ATTEMPTS_MAX = 20;
const UPDATE_PAUSE_MS = 15_000;
const LISTS = '/var/lib/apt/lists';

/** Nothing was installed; the message says what a person has to do. */
export class PackagesMissing extends Error {
  override readonly name = 'PackagesMissing';
}

/** Lists those packages that dpkg does not know as installed; all of them where there is no dpkg. */
export function missingPackages(wanted: readonly DebianPackage[]): readonly DebianPackage[] {
  const names = wanted.map((item) => item.name);
  // oxlint-disable-next-line no-template-curly-in-string -- the placeholders are dpkg's
  const format = '${Package} ${db:Status-Status}\n';
  const answer = spawnSync('dpkg-query', ['-W', '-f', format, ...names], { encoding: 'utf8' });
  const installed = new Set((answer.stdout ?? '').split('\n'));
  return wanted.filter((item) => !installed.has(`${item.name} installed`));
}

/**
 * Installs packages, showing what apt says.
 *
 * @throws PackagesMissing when apt is not there, may not be used, or did not bring them all
 */
export async function installPackages(missing: readonly DebianPackage[]): Promise<void> {
  const prefix = privilege();
  if (prefix === undefined) throw new PackagesMissing(requestFor(missing));
  const install = ['install', '-y', '--no-install-recommends', ...missing.map(({ name }) => name)];
  if (!haveLists()) await update(prefix);
  if (!(await aptGet(prefix, install))) {
    // The lists may be older than the packages on the mirror.
    await update(prefix);
    await aptGet(prefix, install);
  }
  const left = missingPackages(missing);
  if (left.length > 0) throw new PackagesMissing(requestFor(left));
}

/** Says what to install, and why. */
function requestFor(missing: readonly DebianPackage[]): string {
  const width = Math.max(...missing.map(({ name }) => name.length));
  const rows = missing.map(({ name, why }) => `  ${name.padEnd(width)}  ${why}`);
  const command = `sudo apt-get install --no-install-recommends ${missing.map(({ name }) => name).join(' ')}`;
  return `These Debian packages are missing:\n\n${rows.join('\n')}\n\nPlease install them:\n\n  ${command}\n`;
}

/** What has to stand before apt-get; undefined when we may not use it. */
function privilege(): readonly string[] | undefined {
  if (spawnSync('apt-get', ['--version']).status !== 0) return undefined;
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined;
}

function haveLists(): boolean {
  try {
    return readdirSync(LISTS).some((name) => name.includes('_Packages'));
  } catch {
    return false;
  }
}

async function update(prefix: readonly string[]): Promise<void> {
  for (let attempt = 1; attempt <= UPDATE_ATTEMPTS_MAX; attempt += 1) {
    if (await aptGet(prefix, ['update'])) return;
    console.log('apt-get update did not succeed; another apt may be at work. Trying again …');
    await pause(UPDATE_PAUSE_MS);
  }
}

function aptGet(prefix: readonly string[], args: readonly string[]): Promise<boolean> {
  const [program = 'env', ...rest] = [
    ...prefix,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    // Installed services (PostgreSQL) are not to start by themselves; the tests start their own.
    'RUNLEVEL=1',
    'apt-get',
    '-q',
    '-o',
    `DPkg::Lock::Timeout=${DPKG_LOCK_TIMEOUT_S}`,
    ...args,
  ];
  return new Promise((resolve) => {
    const child = spawn(program, rest, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', () => resolve(false));
    child.once('close', (code) => resolve(code === 0));
  });
}
