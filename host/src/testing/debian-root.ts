/**
 * A folder that looks like the root of a Debian machine of a chosen age, with lists that the real apt-get has fetched from
 * an archive beside it. There is no clamd in it; its definitions are a real container.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { container } from '../linux-debian/clamav/testing/dated-clamd.ts';

export interface DebianRootOptions {
  /** Null puts no container there. */
  readonly definitionsUtcMs: number | null;
  /** The date of the security suite; null leaves that suite out. */
  readonly updatesKnownUtcMs: number | null;
  /** Whether a security update of an installed package waits. */
  readonly isPending?: boolean;
  readonly upgradedUtcMs?: number;
  readonly rebootRequiredSinceUtcMs?: number;
}

export interface DebianRoot {
  readonly root: string;
  /** Puts newer definitions there, as freshclam does. */
  putDefinitions(builtUtcMs: number): Promise<void>;
  close(): Promise<void>;
}

const ARCHITECTURE = 'amd64';

/** Makes the folder; the caller closes it. */
export async function makeDebianRoot(options: DebianRootOptions): Promise<DebianRoot> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-debian-'));
  const root = path.join(folder, 'root');
  const put = async (file: string, content: string | Buffer): Promise<string> => {
    const whole = path.join(root, file);
    await mkdir(path.dirname(whole), { recursive: true });
    await writeFile(whole, content);
    return whole;
  };
  const putDefinitions = async (builtUtcMs: number): Promise<void> => {
    await put('var/lib/clamav/daily.cud', container(builtUtcMs));
  };
  await put('etc/os-release', 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n');
  if (options.definitionsUtcMs !== null) await putDefinitions(options.definitionsUtcMs);
  if (options.rebootRequiredSinceUtcMs !== undefined) {
    const file = await put('run/reboot-required', '*** System restart required ***\n');
    const at = options.rebootRequiredSinceUtcMs / 1000;
    await utimes(file, at, at);
  }
  if (options.upgradedUtcMs !== undefined)
    await put('var/log/apt/history.log', upgradeParagraph(options.upgradedUtcMs));
  await put('var/lib/dpkg/status', paragraph('1.0', 'Status: install ok installed'));
  await makeLists(folder, root, options);
  return {
    root,
    putDefinitions,
    close: async () => await rm(folder, { recursive: true, force: true }),
  };
}

/** A run of apt as its history tells it, in local time. */
export function upgradeParagraph(endedUtcMs: number, command = 'apt-get -y dist-upgrade'): string {
  const end = localTime(endedUtcMs);
  return [
    `\nStart-Date: ${end}`,
    `Commandline: ${command}`,
    `Upgrade: thing:${ARCHITECTURE} (0.9, 1.0)`,
    `End-Date: ${end}\n`,
  ].join('\n');
}

async function makeLists(
  folder: string,
  root: string,
  { updatesKnownUtcMs, isPending }: DebianRootOptions,
): Promise<void> {
  const suites: [string, string, number, string][] = [
    ['bookworm', 'Debian', Date.UTC(2023, 5, 10), '1.0'],
  ];
  if (updatesKnownUtcMs !== null) {
    const version = isPending === true ? '1.1' : '1.0';
    suites.push(['bookworm-security', 'Debian-Security', updatesKnownUtcMs, version]);
  }
  const sources: string[] = [];
  for (const [suite, label, dateUtcMs, version] of suites) {
    const dist = path.join(folder, 'archive', 'dists', suite);
    const packages = `main/binary-${ARCHITECTURE}`;
    await mkdir(path.join(dist, packages), { recursive: true });
    const stanza = paragraph(
      version,
      `Filename: pool/thing_${version}.deb\nSize: 1\nSHA256: ${'0'.repeat(64)}`,
    );
    await writeFile(path.join(dist, packages, 'Packages'), stanza);
    await writeFile(path.join(dist, 'Release'), await releaseOf(dist, suite, label, dateUtcMs));
    sources.push(`deb [trusted=yes arch=${ARCHITECTURE}] file:${folder}/archive ${suite} main`);
  }
  for (const each of ['etc/apt', 'var/lib/apt/lists/partial', 'var/cache/apt/archives/partial'])
    await mkdir(path.join(root, each), { recursive: true });
  await writeFile(path.join(root, 'etc/apt/sources.list'), `${sources.join('\n')}\n`);
  const settings = [
    `Dir=${root}`,
    `Dir::State::status=${root}/var/lib/dpkg/status`,
    'APT::Sandbox::User=root',
    // What a machine does after an update is not the affair of this folder.
    'APT::Update::Post-Invoke-Success=',
    'Acquire::Check-Valid-Until=false',
    'Acquire::Check-Date=false',
  ];
  const flags = settings.flatMap((each) => ['-o', each]);
  await promisify(execFile)('/usr/bin/apt-get', [...flags, '--quiet', 'update']);
}

async function releaseOf(
  dist: string,
  suite: string,
  label: string,
  dateUtcMs: number,
): Promise<string> {
  const date = new Date(dateUtcMs).toUTCString().replace('GMT', 'UTC');
  const head = [
    'Origin: Debian',
    `Label: ${label}`,
    `Suite: ${suite.replace('bookworm', 'oldstable')}`,
    `Codename: ${suite}`,
    `Date: ${date}`,
    `Architectures: ${ARCHITECTURE}`,
    'Components: main',
  ];
  const index = `main/binary-${ARCHITECTURE}/Packages`;
  const content = await readFile(path.join(dist, index));
  const digest = createHash('sha256').update(content).digest('hex');
  head.push('SHA256:', ` ${digest} ${content.length} ${index}`);
  return `${head.join('\n')}\n`;
}

function paragraph(version: string, more: string): string {
  return [
    'Package: thing',
    more,
    `Version: ${version}`,
    `Architecture: ${ARCHITECTURE}`,
    'Maintainer: Nobody <nobody@example.org>',
    'Description: made for a test\n',
  ].join('\n');
}

function localTime(utcMs: number): string {
  const at = new Date(utcMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}  ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
