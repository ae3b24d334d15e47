/**
 * Test support: a real Active Directory domain of the test's own, by Samba.
 *
 * Samba's ports are fixed, so each controller has a loopback address of its own. The domain is provisioned once per
 * test process and copied for each controller, which takes a moment instead of seconds. Needs root (port 636 and
 * the domain's files) and Debian's packages, which the error names.
 */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { randomInt } from 'node:crypto';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SAMBA = '/usr/sbin/samba';
/** Debian's own: Samba's bindings belong to it. */
const PYTHON = '/usr/bin/python3';
const LDAPS_PORT = 636;
const START_MS = 30_000;
export const PASSWORD = 'Correct-Horse-7';
export const DOMAIN_NAME = 'DC=corp,DC=test';
export const groupName = (name: string): string => `CN=${name},OU=Service,${DOMAIN_NAME}`;

export interface SambaController extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Changes the domain as its administrator would, by `samba-tool`. */
  administer(...args: readonly string[]): Promise<void>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
}

export interface SambaDomain extends AsyncDisposable {
  /** The authority of the controllers' certificates, PEM. */
  readonly authorities: string;
  startController(): Promise<SambaController>;
}

/** Provisions a domain with people for every case; about ten seconds. */
export async function provisionDomain(): Promise<SambaDomain> {
  if (!existsSync(SAMBA) || process.getuid?.() !== 0) {
    throw new Error(
      'The directory tests need root and a real domain: ' +
        'apt-get install samba samba-ad-provision samba-dsdb-modules samba-vfs-modules python3-samba',
    );
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-domain-'));
  const template = path.join(folder, 'template');
  const running = new Set<SambaController>();
  await mkdir(template);
  await run('samba-tool', [
    ...['domain', 'provision', `--targetdir=${template}`, '--realm=CORP.TEST', '--domain=CORP'],
    ...['--host-name=dc', '--host-ip=127.0.0.1', `--adminpass=${PASSWORD}`],
    ...['--dns-backend=NONE', '--server-role=dc', '-q'],
  ]);
  await writeSettings(template, '127.0.0.1');
  const seed = path.join(import.meta.dirname, 'seed-domain.py');
  await run(PYTHON, [seed, template, PASSWORD]);
  const ca = path.join(folder, 'ca');
  await makeAuthority(ca);
  return {
    authorities: await readFile(path.join(ca, 'ca.crt'), 'utf8'),
    async startController() {
      const host = `127.${randomInt(64, 127)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
      const place = path.join(folder, host);
      await cp(template, place, { recursive: true });
      await certify(ca, place, host);
      await writeSettings(place, host);
      const controller = await start(place, host);
      running.add(controller);
      return controller;
    },
    async [Symbol.asyncDispose]() {
      for (const controller of running) await controller.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(place: string, host: string): Promise<SambaController> {
  const settings = path.join(place, 'etc/smb.conf');
  const options = ['-s', settings, '-F', '--no-process-group', '-M', 'single'];
  const child = spawn(SAMBA, options, { stdio: 'ignore', detached: true });
  const kill = async (): Promise<void> => await end(child);
  for (let waited = 0; !(await answers(host)); waited += 50) {
    if (child.exitCode !== null || waited > START_MS) {
      await kill();
      throw new Error(`Samba did not come up on ${host}; see ${place}/log.`);
    }
    await pause(50);
  }
  return {
    host,
    port: LDAPS_PORT,
    async administer(...args) {
      await run('samba-tool', [...args, '-H', path.join(place, 'private/sam.ldb'), '-s', settings]);
    },
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

async function answers(host: string): Promise<boolean> {
  const socket = net.connect(LDAPS_PORT, host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  // It has children of its own; the group is theirs alone.
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}

async function makeAuthority(place: string): Promise<void> {
  await mkdir(place);
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-days', '30', '-subj', '/CN=Test Domain Root', '-keyout', path.join(place, 'ca.key')],
    ...['-out', path.join(place, 'ca.crt'), '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  ]);
}

async function certify(ca: string, place: string, host: string): Promise<void> {
  const request = path.join(place, 'dc.csr');
  const names = path.join(place, 'dc.ext');
  await writeFile(names, `subjectAltName=IP:${host}\nextendedKeyUsage=serverAuth\n`);
  await run('openssl', [
    ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-subj', '/CN=dc.corp.test', '-keyout', path.join(place, 'dc.key'), '-out', request],
  ]);
  await run('openssl', [
    ...['x509', '-req', '-in', request, '-CA', path.join(ca, 'ca.crt'), '-days', '30'],
    ...['-CAkey', path.join(ca, 'ca.key'), '-CAcreateserial', '-extfile', names],
    ...['-out', path.join(place, 'dc.crt')],
  ]);
}

async function writeSettings(place: string, host: string): Promise<void> {
  for (const name of ['etc', 'run', 'log']) {
    await mkdir(path.join(place, name), { recursive: true });
  }
  const settings = `[global]
 workgroup = CORP
 realm = CORP.TEST
 netbios name = DC
 server role = active directory domain controller
 server services = ldap, cldap, kdc
 interfaces = ${host}/8
 bind interfaces only = yes
 private dir = ${place}/private
 lock directory = ${place}/run
 state directory = ${place}/state
 cache directory = ${place}/run
 pid directory = ${place}/run
 ncalrpc dir = ${place}/run/ncalrpc
 binddns dir = ${place}/bind-dns
 log file = ${place}/log/samba.log
 tls enabled = yes
 tls keyfile = ${place}/dc.key
 tls certfile = ${place}/dc.crt
 tls cafile =
 ldap server require strong auth = yes
 disable netbios = yes
`;
  await writeFile(path.join(place, 'etc/smb.conf'), settings);
}
