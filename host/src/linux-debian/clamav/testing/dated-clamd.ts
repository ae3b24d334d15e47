/**
 * A real clamd with definitions of a chosen date: an own, unsigned container, since none can be downloaded for a test.
 *
 * The container is what `sigtool --build --unsigned` makes: a header of 512 bytes and a packed tar with the signatures.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { askVersion } from '../ask-version.ts';

const HEADER_BYTES = 512;
const BLOCK_BYTES = 512;
/** clamd starts within a second; a machine that is busy takes longer. */
const START_MS_MAX = 60_000;

export interface DatedClamd {
  readonly socket: string;
  readonly pid: number;
  /** Gives it other definitions, as freshclam does, and waits until it has loaded them. */
  renew(files: Readonly<Record<string, Buffer | string>>): Promise<void>;
  close(): Promise<void>;
}

export interface ClamdOptions {
  /** Lines for its clamd.conf. */
  readonly settings?: readonly string[];
  /** Where it lives, so that another can be started in its place; it is left there then. */
  readonly folder?: string;
}

/** The EICAR test file, by its digest and length. */
export const SIGNATURES = '44d88612fea8a8f36de82e1278abb02f:68:Test.EICAR\n';

/** Builds a container as it lies in a database directory. @param builtUtcMs in whole seconds */
export function container(builtUtcMs: number, version = 27_010): Buffer {
  const [, day, month, year, time] = new Date(builtUtcMs).toUTCString().split(' ');
  const clock = time?.slice(0, 5).replace(':', '-') ?? '';
  const header = (md5: string): string =>
    ['ClamAV-VDB', `${day} ${month} ${year} ${clock} +0000`, version, 1, 60, md5, 'X', 'test']
      .concat(Math.floor(builtUtcMs / 1000))
      .join(':');
  const digest = createHash('sha256').update(SIGNATURES).digest('hex');
  // clamd takes the licence first, then the list of what follows, which repeats the header.
  const packed = gzipSync(
    tarOf([
      ['COPYING', 'made for a test\n'],
      ['daily.info', `${header('X')}\ndaily.hdb:${SIGNATURES.length}:${digest}\n`],
      ['daily.hdb', SIGNATURES],
    ]),
  );
  const md5 = createHash('md5').update(packed).digest('hex');
  return Buffer.concat([Buffer.from(header(md5).padEnd(HEADER_BYTES, ' '), 'latin1'), packed]);
}

/** Starts clamd over a database directory. @throws when it does not answer in time */
export async function startClamd(
  files: Readonly<Record<string, Buffer | string>>,
  options: ClamdOptions = {},
): Promise<DatedClamd> {
  const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), 'chaperone-clamd-')));
  const database = path.join(folder, 'db');
  for (const old of await readdir(database).catch(() => [])) await rm(path.join(database, old));
  await mkdir(database, { recursive: true });
  for (const [name, content] of Object.entries(files))
    await writeFile(path.join(database, name), content);
  const socket = path.join(folder, 'clamd.sock');
  const settings = [
    `DatabaseDirectory ${database}`,
    `LocalSocket ${socket}`,
    'Foreground yes',
    'User root',
    'MaxThreads 2',
    ...(options.settings ?? []),
  ];
  const configuration = path.join(folder, 'clamd.conf');
  await writeFile(configuration, settings.join('\n'));
  const child = spawn('/usr/sbin/clamd', ['--config-file', configuration], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'exit');
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    else await rm(socket, { force: true });
  };
  const deadline = performance.now() + START_MS_MAX;
  while ((await askVersion([{ path: socket }])) === null) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await close();
      throw new Error(`clamd does not answer: ${said}`);
    }
    await sleep(50);
  }
  const renew = async (next: Readonly<Record<string, Buffer | string>>): Promise<void> => {
    const before = await askVersion([{ path: socket }]);
    for (const [name, content] of Object.entries(next))
      await writeFile(path.join(database, name), content);
    child.kill('SIGUSR2');
    while ((await askVersion([{ path: socket }])) === before) await sleep(50);
  };
  return { socket, pid: child.pid ?? 0, renew, close };
}

/** POSIX ustar: a header block for each file, its content padded, two empty blocks. */
function tarOf(files: readonly (readonly [string, string])[]): Buffer {
  const blocks: Buffer[] = [];
  for (const [name, content] of files) {
    const header = Buffer.alloc(BLOCK_BYTES);
    const octal = (value: number, length: number): string =>
      `${value.toString(8).padStart(length - 1, '0')}\0`;
    header.write(name, 0);
    header.write(octal(0o644, 8), 100);
    header.write(octal(0, 8), 108);
    header.write(octal(0, 8), 116);
    header.write(octal(content.length, 12), 124);
    header.write(octal(0, 12), 136);
    header.write(' '.repeat(8), 148);
    header.write('0', 156);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const body = Buffer.alloc(Math.ceil(content.length / BLOCK_BYTES) * BLOCK_BYTES);
    body.write(content);
    blocks.push(header, body);
  }
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]);
}
