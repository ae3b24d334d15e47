/**
 * Test support: a real S3-compatible store of the test process's own: OpenStack Swift with its S3 interface, from
 * Debian's packages. Four small servers on free ports of 127.0.0.1, their files in a temporary directory; they die
 * with the process, also when that is killed.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectS3 } from '../record-store/s3-connection.ts';
import type { S3Settings } from '../record-store/s3-connection.ts';

const KEEPERS = ['account', 'container', 'object'] as const;
const START_MS_MAX = 30_000;
const ACCESS_KEY = 'test:tester';
const SECRET_KEY = 'only-for-tests';

export interface SwiftServer {
  readonly port: number;
  /** Makes a bucket of a new name. @param terms `versions`: it keeps what is replaced and removed */
  newBucket(terms?: { readonly versions: boolean }): Promise<S3Settings>;
  /** Files of stored content on the disks of all buckets. */
  contentFiles(): readonly string[];
  stop(): Promise<void>;
}

/** Starts one; takes a few seconds. @throws Error naming the packages when they are not installed */
export async function startSwift(): Promise<SwiftServer> {
  if (!existsSync('/usr/bin/swift-proxy-server')) {
    throw new Error(
      'The tests of S3 stores need Swift: apt-get install swift-proxy swift-account swift-container swift-object',
    );
  }
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-swift-'));
  const ports = await freePorts(KEEPERS.length + 1);
  const children: ChildProcess[] = [];
  try {
    writeConfiguration(directory, ports);
    for (const name of [...KEEPERS, 'proxy']) children.push(startOne(directory, name));
    for (const port of ports) await listening(port, children);
  } catch (fault) {
    for (const child of children) child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
    throw fault;
  }
  const port = ports.at(-1) ?? 0;
  let buckets = 0;
  return {
    port,
    newBucket: async (terms = { versions: false }) => {
      buckets += 1;
      const settings: S3Settings = {
        endpoint: `http://127.0.0.1:${port}`,
        region: 'us-east-1',
        bucket: `records-${buckets}`,
        prefix: 'vault/',
        addressing: 'path',
        accessKeyId: ACCESS_KEY,
        secretKey: SECRET_KEY,
      };
      await makeBucket(settings, terms.versions);
      return settings;
    },
    contentFiles: () =>
      readdirSync(path.join(directory, 'devices'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.data'))
        .map((entry) => path.join(entry.parentPath, entry.name)),
    stop: async () => {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function makeBucket(settings: S3Settings, versions: boolean): Promise<void> {
  const connection = await connectS3(settings);
  const bucket = { Bucket: settings.bucket };
  try {
    await connection.ask(
      async (client, { CreateBucketCommand }) => await client.send(new CreateBucketCommand(bucket)),
    );
    if (!versions) return;
    const enabled = { ...bucket, VersioningConfiguration: { Status: 'Enabled' } as const };
    await connection.ask(
      async (client, { PutBucketVersioningCommand }) =>
        await client.send(new PutBucketVersioningCommand(enabled)),
    );
  } finally {
    connection.close();
  }
}

function startOne(directory: string, name: string): ChildProcess {
  // It ends when this process does, however that ends.
  const child = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', `/usr/bin/swift-${name}-server`],
      path.join(directory, `${name}-server.conf`),
    ],
    { stdio: ['ignore', 'ignore', 'ignore'] },
  );
  child.unref();
  return child;
}

function writeConfiguration(directory: string, ports: readonly number[]): void {
  mkdirSync(path.join(directory, 'devices', 'd1'), { recursive: true });
  const write = (name: string, lines: readonly string[]): void =>
    writeFileSync(path.join(directory, name), [...lines, ''].join('\n'));
  write('swift.conf', [
    ...['[swift-hash]', 'swift_hash_path_suffix = chaperone', 'swift_hash_path_prefix = test'],
    ...['[storage-policy:0]', 'name = one', 'default = yes'],
  ]);
  const common = (port: number): readonly string[] => [
    ...['[DEFAULT]', 'bind_ip = 127.0.0.1', `bind_port = ${port}`, `user = ${userInfo().username}`],
    ...[`swift_dir = ${directory}`, 'workers = 0', 'log_level = ERROR', 'disable_fallocate = true'],
  ];
  for (const [at, name] of KEEPERS.entries()) {
    const port = ports[at] ?? 0;
    makeRing(directory, name, port);
    write(`${name}-server.conf`, [
      ...common(port),
      ...[`devices = ${path.join(directory, 'devices')}`, 'mount_check = false'],
      ...['[pipeline:main]', `pipeline = ${name}-server`],
      ...[`[app:${name}-server]`, `use = egg:swift#${name}`],
    ]);
  }
  const filters = [
    ...[
      'catch_errors',
      'gatekeeper',
      'cache',
      'listing_formats',
      's3api',
      'tempauth',
      'copy',
      'slo',
      'dlo',
    ],
    ...['versioned_writes', 'symlink'],
  ];
  const settings: Readonly<Record<string, readonly string[]>> = {
    // The interface asks for a memcached; this one is never there, and nothing is remembered.
    cache: ['memcache_servers = 127.0.0.1:1'],
    s3api: ['location = us-east-1', 's3_acl = false'],
    tempauth: [`user_${ACCESS_KEY.replace(':', '_')} = ${SECRET_KEY} .admin`],
    versioned_writes: ['allow_versioned_writes = true', 'allow_object_versioning = true'],
  };
  write('proxy-server.conf', [
    ...common(ports.at(-1) ?? 0),
    ...['[pipeline:main]', `pipeline = ${filters.join(' ')} proxy-server`],
    ...['[app:proxy-server]', 'use = egg:swift#proxy', 'account_autocreate = true'],
    // A machine under load answers late, which is no fault of the store.
    ...['conn_timeout = 20', 'node_timeout = 60', 'recoverable_node_timeout = 60'],
    'error_suppression_limit = 1000',
    ...filters.flatMap((name) => [
      `[filter:${name}]`,
      `use = egg:swift#${name === 'cache' ? 'memcache' : name}`,
      ...(settings[name] ?? []),
    ]),
  ]);
}

function makeRing(directory: string, name: string, port: number): void {
  const builder = path.join(directory, `${name}.builder`);
  const device = ['--region', '1', '--zone', '1', '--ip', '127.0.0.1', '--device', 'd1'];
  for (const args of [
    ['create', '2', '1', '0'],
    ['add', ...device, '--port', String(port), '--weight', '1'],
    ['rebalance'],
  ]) {
    const { status, stderr, stdout } = spawnSync('swift-ring-builder', [builder, ...args], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`swift-ring-builder ${name}: ${stdout}${stderr}`);
  }
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  for (const server of servers) server.close();
  return ports;
}

async function listening(port: number, children: readonly ChildProcess[]): Promise<void> {
  for (const begun = Date.now(); Date.now() - begun < START_MS_MAX;) {
    if (children.some((child) => child.exitCode !== null)) break;
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await delay(100);
    } finally {
      socket.destroy();
    }
  }
  throw new Error('Swift did not start.');
}
