/**
 * Test support: a real PostgreSQL of the test process's own, from Debian's package.
 *
 * It listens on a free port of 127.0.0.1, keeps its files in its own temporary directory and dies with the
 * process, also when that is killed. It refuses to run as root, so it gets an unprivileged uid then. Nothing of
 * the product uses this file.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import type { PostgresqlLocation } from '../database-location.ts';

const INSTALLATIONS = '/usr/lib/postgresql';
const ACCOUNT = 'chaperone';
const PASSWORD = 'only-for-tests';
/** The port is free when it is chosen, but another process may be quicker. */
const PORT_ATTEMPTS = 5;
/** `nobody`, where the package made no `postgres` account. */
const UNPRIVILEGED_ID = 65_534;

/** Files in PEM; the server then also offers TLS. */
export interface ServerIdentity {
  readonly certificate: string;
  readonly privateKey: string;
}

export interface PostgresqlServer {
  readonly port: number;
  /** Makes a new, empty database. */
  newDatabase(): Promise<PostgresqlLocation>;
  /** The server's processes that serve clients of a database now. */
  processesOf(url: string): Promise<readonly number[]>;
  stop(): Promise<void>;
}

/** Starts a server; takes about three seconds. @throws Error naming the package when it is not installed */
export async function startPostgresql(identity?: ServerIdentity): Promise<PostgresqlServer> {
  const binaries = findBinaries();
  const account = unprivilegedAccount();
  const directory = mkdtempSync(join(tmpdir(), 'chaperone-postgresql-'));
  const own = (path: string, mode: number): void => {
    chmodSync(path, mode);
    if (account !== undefined) chownSync(path, account.uid, account.gid);
  };
  own(directory, 0o700);
  try {
    initialise(binaries, directory, own, account);
    const tls = identity === undefined ? [] : placeIdentity(directory, identity, own);
    const { child, port } = await startOnFreePort(binaries, directory, tls, account);
    return new RunningServer(directory, child, port);
  } catch (fault) {
    rmSync(directory, { recursive: true, force: true });
    throw fault;
  }
}

class RunningServer implements PostgresqlServer {
  readonly port: number;
  readonly #directory: string;
  readonly #child: ChildProcess;
  #databases = 0;

  constructor(directory: string, child: ChildProcess, port: number) {
    this.#directory = directory;
    this.#child = child;
    this.port = port;
  }

  async newDatabase(): Promise<PostgresqlLocation> {
    this.#databases += 1;
    const name = `test_${this.#databases}`;
    await this.#ask(async (client) => {
      // Files are copied quicker than their pages are logged, as long as nothing is flushed to the disk.
      await client.query(`create database ${name} template template0 strategy file_copy`);
    });
    const url = `postgresql://${ACCOUNT}@127.0.0.1:${this.port}/${name}`;
    return { kind: 'postgresql', url, password: PASSWORD };
  }

  async processesOf(url: string): Promise<readonly number[]> {
    const name = new URL(url).pathname.slice(1);
    const words =
      "select pid from pg_stat_activity where datname = $1 and backend_type = 'client backend'";
    const { rows } = await this.#ask(async (client) => {
      return await client.query<{ readonly pid: number }>(words, [name]);
    });
    return rows.map(({ pid }) => pid);
  }

  async #ask<T>(question: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: this.port,
      user: ACCOUNT,
      password: PASSWORD,
      database: 'postgres',
    });
    await client.connect();
    try {
      return await question(client);
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      // "Immediate": the files are thrown away.
      this.#child.kill('SIGQUIT');
      await ended;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

function findBinaries(): string {
  let versions: string[] = [];
  try {
    versions = readdirSync(INSTALLATIONS);
  } catch {
    // Told below.
  }
  const newest = versions
    .map(Number)
    .filter(Number.isInteger)
    .toSorted((a, b) => b - a)[0];
  if (newest === undefined) {
    throw new Error('The storage tests need PostgreSQL: apt-get install postgresql');
  }
  return join(INSTALLATIONS, String(newest), 'bin');
}

function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith('postgres:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  return { uid: Number(uid ?? UNPRIVILEGED_ID), gid: Number(gid ?? UNPRIVILEGED_ID) };
}

function initialise(
  binaries: string,
  directory: string,
  own: (path: string, mode: number) => void,
  account: Account | undefined,
): void {
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, PASSWORD);
  own(passwordFile, 0o600);
  const options = ['--no-sync', '--encoding=UTF8', '--locale=C.UTF-8', '--auth=scram-sha-256'];
  const result = spawnSync(
    join(binaries, 'initdb'),
    [
      ...options,
      `--username=${ACCOUNT}`,
      `--pwfile=${passwordFile}`,
      `--pgdata=${join(directory, 'data')}`,
    ],
    { cwd: directory, encoding: 'utf8', ...account },
  );
  if (result.status !== 0)
    throw new Error(`initdb failed: ${result.stderr}`, { cause: result.error });
}

function placeIdentity(
  directory: string,
  identity: ServerIdentity,
  own: (path: string, mode: number) => void,
): string[] {
  const certificateFile = join(directory, 'server.crt');
  const keyFile = join(directory, 'server.key');
  writeFileSync(certificateFile, identity.certificate);
  writeFileSync(keyFile, identity.privateKey);
  own(certificateFile, 0o600);
  own(keyFile, 0o600);
  return ['ssl=on', `ssl_cert_file=${certificateFile}`, `ssl_key_file=${keyFile}`];
}

async function startOnFreePort(
  binaries: string,
  directory: string,
  tls: readonly string[],
  account: Account | undefined,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  let output = '';
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt += 1) {
    const port = await freePort();
    const settings = [
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      `unix_socket_directories=${directory}`,
      'fsync=off',
      'full_page_writes=off',
      'shared_buffers=16MB',
      'max_connections=60',
      'lc_messages=C',
      ...tls,
    ].flatMap((setting) => ['-c', setting]);
    const child = spawn(
      'setpriv',
      // The server ends when this process does, however that ends.
      [
        '--pdeathsig',
        'QUIT',
        join(binaries, 'postgres'),
        '-D',
        join(directory, 'data'),
        ...settings,
      ],
      { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'], ...account },
    );
    const started = await isReady(child);
    if (started === true) return { child, port };
    output = started;
  }
  throw new Error(`PostgreSQL did not start: ${output}`);
}

/** Waits for the server's own word. @returns its output when it ended instead */
async function isReady(child: ChildProcess): Promise<true | string> {
  if (child.stderr === null) throw new Error('no standard error');
  const lines: string[] = [];
  const reader = createInterface({ input: child.stderr });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => resolve(lines.join('\n')));
    // Goes on reading afterwards, so that the server never waits for a full pipe.
    reader.on('line', (line) => {
      if (lines.length < 100) lines.push(line);
      if (line.includes('ready to accept connections')) resolve(true);
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
