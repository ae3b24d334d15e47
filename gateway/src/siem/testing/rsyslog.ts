/**
 * Test support: Debian's rsyslog as a collector, with its own authority: syslog over TLS on a free port, each message as it came on
 * a line of a file. It wants the gateway's certificate unless told otherwise.
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readSyslog } from './syslog-reader.ts';
import type { ReadSyslog } from './syslog-reader.ts';

const RSYSLOGD = '/usr/sbin/rsyslogd';
const PEER = 'gateway.example';

export interface CollectorFiles {
  readonly authorities: string;
  readonly certificate: string;
  readonly key: string;
}

export class Rsyslog implements AsyncDisposable {
  readonly directory: string;
  readonly files: CollectorFiles;
  /** Stays the same when it is started again. */
  readonly port: number;
  readonly #authMode: 'anon' | 'x509/name';
  #program: ChildProcess | null = null;

  private constructor(directory: string, port: number, authMode: 'anon' | 'x509/name') {
    this.directory = directory;
    this.port = port;
    this.#authMode = authMode;
    this.files = {
      authorities: path.join(directory, 'ca.pem'),
      certificate: path.join(directory, 'client.pem'),
      key: path.join(directory, 'client.key'),
    };
  }

  /** Makes an authority and certificates, and a place to collect; it does not run yet. */
  static async make(authMode: 'anon' | 'x509/name' = 'x509/name'): Promise<Rsyslog> {
    if (!existsSync(RSYSLOGD)) throw new Error('apt-get install rsyslog rsyslog-openssl');
    const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-rsyslog-'));
    mkdirSync(path.join(directory, 'work'));
    makeCertificates(directory);
    return new Rsyslog(directory, await freePort(), authMode);
  }

  async start(): Promise<void> {
    const config = path.join(this.directory, 'rsyslog.conf');
    writeFileSync(config, this.#configuration());
    rmSync(path.join(this.directory, 'pid'), { force: true });
    const program = spawn(RSYSLOGD, ['-n', '-f', config, '-i', path.join(this.directory, 'pid')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#program = program;
    let said = '';
    program.stderr?.on('data', (part: Buffer) => (said += part.toString()));
    program.stdout?.resume();
    for (let tries = 0; tries < 500; tries += 1) {
      if (program.exitCode !== null) throw new Error(`rsyslogd ended: ${said}`);
      if (await listens(this.port)) return;
      await delay(20);
    }
    throw new Error(`rsyslogd does not listen: ${said}`);
  }

  /** Ends it; SIGKILL leaves it no time for anything. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const program = this.#program;
    this.#program = null;
    if (program === null || program.exitCode !== null || program.signalCode !== null) return;
    const ended = once(program, 'exit');
    program.kill(signal);
    await ended;
  }

  /** Stops it where it stands, as a machine that hangs. */
  freeze(isFrozen: boolean): void {
    this.#program?.kill(isFrozen ? 'SIGSTOP' : 'SIGCONT');
  }

  /** What it has collected so far: every line is a whole message. */
  messages(): readonly ReadSyslog[] {
    const file = path.join(this.directory, 'collected.log');
    if (!existsSync(file)) return [];
    // A last line without its end is being written.
    return readFileSync(file, 'utf8').split('\n').slice(0, -1).map(readSyslog);
  }

  /** The indices of the entries that it has, without repetitions, in their order. */
  indices(): readonly number[] {
    const all = this.messages().map(({ structured }) =>
      Number(structured['ledger@32473']?.['index']),
    );
    return [...new Set(all)].toSorted((a, b) => a - b);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.freeze(false);
    await this.stop('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }

  #configuration(): string {
    const at = (name: string): string => path.join(this.directory, name);
    const peers = this.#authMode === 'anon' ? '' : ` permittedPeer=["${PEER}"]`;
    return `
global(workDirectory="${at('work')}" maxMessageSize="64k"
  parser.escapeControlCharactersOnReceive="off"
  defaultNetstreamDriver="ossl" defaultNetstreamDriverCAFile="${at('ca.pem')}"
  defaultNetstreamDriverCertFile="${at('server.pem')}" defaultNetstreamDriverKeyFile="${at('server.key')}")
module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="${this.#authMode}"${peers})
template(name="asItCame" type="string" string="%rawmsg%\\n")
ruleset(name="collect") {
  action(type="omfile" file="${at('collected.log')}" template="asItCame" flushOnTXEnd="on")
}
input(type="imtcp" address="127.0.0.1" port="${this.port}" ruleset="collect")
`;
  }
}

function makeCertificates(directory: string): void {
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const key = (name: string): readonly string[] => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    `${name}.key`,
  ];
  openssl('req', '-x509', ...key('ca'), '-out', 'ca.pem', '-subj', '/CN=collectors', '-days', '30');
  for (const [name, subject] of [
    ['server', 'localhost'],
    ['client', PEER],
  ] as const) {
    openssl('req', ...key(name), '-out', `${name}.csr`, '-subj', `/CN=${subject}`);
    writeFileSync(path.join(directory, `${name}.ext`), `subjectAltName=DNS:${subject}\n`);
    openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-days', '30'],
      ...['-CAcreateserial', '-extfile', `${name}.ext`, '-out', `${name}.pem`],
    );
    chmodSync(path.join(directory, `${name}.key`), 0o600);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
