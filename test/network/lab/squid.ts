/** A hospital's proxy: a real Squid in a namespace, that lets CONNECT through to port 443 as its packaged configuration does. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startDaemon } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import type { Namespace } from './namespace.ts';

const run = promisify(execFile);
/** Where Debian puts Squid's programs for passwords. */
const PROGRAMS = '/usr/lib/squid';
const REALM = 'Hospital proxy';
const OPENSSL_TIMEOUT_MS = 10_000;
/** Debian's Squid gives up root and becomes this; it does not write where only root may. */
const SQUID_ACCOUNT = 'proxy';

export interface SquidPlan {
  readonly address: string;
  readonly port: number;
  /** Asked with every CONNECT; absent: nobody is asked. */
  readonly authentication?: 'basic' | 'digest' | 'both';
  /** Who may pass when it asks. */
  readonly account?: { readonly name: string; readonly password: string };
  /** Ports to which it connects, in the place of 443. */
  readonly ports?: readonly number[];
  /** Further lines of squid.conf(5) before the rules: `dns_nameservers 10.0.0.1`, `hosts_file /file`, `connect_timeout 2 seconds`. */
  readonly lines?: string;
  /** Rules that come before all others: `http_access deny all`. */
  readonly rules?: string;
}

export interface Squid extends Daemon {
  /** What it wrote about those who came: a line each, with status, method and target. */
  log(): Promise<string>;
}

/** Starts it in a namespace, or on this machine when there is none. */
export async function startSquid(namespace: Namespace | null, plan: SquidPlan): Promise<Squid> {
  const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-squid-'));
  await chmod(directory, 0o755);
  const logFile = path.join(directory, 'access.log');
  const configuration = `
http_port ${plan.address}:${plan.port}
pid_filename none
cache deny all
cache_mem 8 MB
access_log stdio:${logFile}
cache_log /dev/null
pinger_enable off
coredump_dir ${directory}
shutdown_lifetime 0 seconds
${plan.lines ?? ''}
${await authenticationLines(directory, plan)}
acl tunnel_ports port ${(plan.ports ?? [443]).join(' ')}
acl CONNECT method CONNECT
${plan.rules ?? ''}
http_access deny CONNECT !tunnel_ports
${plan.authentication === undefined ? 'http_access allow all' : 'http_access allow known'}
http_access deny all
`;
  const file = path.join(directory, 'squid.conf');
  await writeFile(file, configuration);
  await writeFile(logFile, '');
  await run('chown', ['-R', SQUID_ACCOUNT, directory], { timeout: OPENSSL_TIMEOUT_MS });
  const command = ['squid', '-N', '-d', '1', '-f', file] as const;
  const [program, ...args] =
    namespace === null
      ? command
      : (['ip', ...namespace.argumentsFor(command[0], command.slice(1))] as const);
  const daemon = await startDaemon(program ?? 'squid', args, (printed) =>
    /Accepting HTTP Socket connections/.test(printed),
  );
  return {
    ...daemon,
    log: async () => await readFile(logFile, 'utf8'),
    stop: async (signal?: NodeJS.Signals) => {
      await daemon.stop(signal);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function authenticationLines(directory: string, plan: SquidPlan): Promise<string> {
  const { authentication, account } = plan;
  if (authentication === undefined) return '';
  if (account === undefined) throw new Error('Somebody must be known to a proxy that asks.');
  const { name, password } = account;
  const digestFile = path.join(directory, 'digest');
  const ha1 = createHash('md5').update(`${name}:${REALM}:${password}`).digest('hex');
  await writeFile(digestFile, `${name}:${REALM}:${ha1}\n`);
  const basicFile = path.join(directory, 'basic');
  const { stdout } = await run('openssl', ['passwd', '-apr1', password], {
    timeout: OPENSSL_TIMEOUT_MS,
  });
  await writeFile(basicFile, `${name}:${stdout}`);
  const digest = `auth_param digest program ${PROGRAMS}/digest_file_auth -c ${digestFile}
auth_param digest realm ${REALM}
auth_param digest children 2`;
  const basic = `auth_param basic program ${PROGRAMS}/basic_ncsa_auth ${basicFile}
auth_param basic realm ${REALM}
auth_param basic children 2`;
  return [
    ...(authentication === 'basic' ? [] : [digest]),
    ...(authentication === 'digest' ? [] : [basic]),
    'acl known proxy_auth REQUIRED',
  ].join('\n');
}
