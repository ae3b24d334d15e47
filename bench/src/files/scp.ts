/**
 * scp to an ssh server of this bench's own: throw-away keys, a high port on loopback, nobody's rights.
 *
 * Where no sshd is installed it is taken out of Debian's package without being installed: installing it would start a
 * server for everybody on port 22.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const INSTALLED = '/usr/sbin/sshd';
/** What sshd needs beside what every Debian has. */
const PACKAGES = ['openssh-server', 'libwrap0'];
/** Debian's account without rights; sshd started by root needs an account of its own, which only its package makes. */
const NOBODY = { name: 'nobody', uid: 65_534, gid: 65_534 } as const;
const READY_TRIES = 100;
const READY_EVERY_MS = 50;

export class ScpMissing extends Error {
  override readonly name = 'ScpMissing';
}

export interface Scp extends AsyncDisposable {
  /** Copies a file to the server's side. @returns milliseconds of the whole command */
  copy(file: string): Promise<number>;
  /** Where the copy lies. */
  readonly target: string;
}

/** Starts the server. @throws ScpMissing */
export async function startScp(): Promise<Scp> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-scp-'));
  try {
    return await startIn(folder);
  } catch (fault) {
    await rm(folder, { recursive: true, force: true });
    throw fault;
  }
}

async function startIn(folder: string): Promise<Scp> {
  const { sshd, libraries } = await findSshd(folder);
  const { uid, username } = userInfo();
  const account = uid === 0 ? NOBODY : { name: username, uid, gid: process.getgid?.() ?? uid };
  const [hostKey, ownKey] = [path.join(folder, 'host-key'), path.join(folder, 'own-key')];
  for (const key of [hostKey, ownKey]) {
    await call('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  }
  const arrival = path.join(folder, 'arrival');
  await mkdir(arrival);
  await chown(arrival, account.uid, account.gid);
  await chown(hostKey, account.uid, account.gid);
  await chmod(folder, 0o755);
  const port = await freePort();
  const configuration = path.join(folder, 'sshd.conf');
  await writeFile(
    configuration,
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${ownKey}.pub`,
      'AuthenticationMethods publickey',
      'StrictModes no',
      // Without it sshd takes an account without a password for a locked one.
      'UsePAM yes',
      'PidFile none',
      'Subsystem sftp internal-sftp',
      '',
    ].join('\n'),
  );
  const server = spawn(sshd, ['-D', '-e', '-f', configuration], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LD_LIBRARY_PATH: libraries },
    cwd: '/',
    ...(uid === 0 ? { uid: account.uid, gid: account.gid } : {}),
  });
  let complaint = '';
  server.once('error', (fault) => (complaint += fault.message));
  server.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const target = path.join(arrival, 'copy');
  const copy = async (file: string): Promise<number> => {
    const began = performance.now();
    const quiet = ['UserKnownHostsFile=/dev/null', 'StrictHostKeyChecking=no', 'LogLevel=ERROR'];
    const options = [...quiet, 'IdentitiesOnly=yes'].flatMap((option) => ['-o', option]);
    const to = `${account.name}@127.0.0.1:${target}`;
    await call('scp', [
      '-q',
      '-F',
      '/dev/null',
      ...options,
      '-i',
      ownKey,
      '-P',
      `${port}`,
      file,
      to,
    ]);
    return performance.now() - began;
  };
  try {
    for (let tries = 0; !complaint.includes('Server listening'); tries += 1) {
      if (server.exitCode !== null || server.pid === undefined || tries > READY_TRIES)
        throw new ScpMissing(complaint);
      await pause(READY_EVERY_MS);
    }
    await copy(configuration);
  } catch (fault) {
    await end(server);
    throw new ScpMissing(`scp does not work here: ${complaint}`, { cause: fault });
  }
  return {
    copy,
    target,
    async [Symbol.asyncDispose]() {
      await end(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function findSshd(folder: string): Promise<{ sshd: string; libraries: string }> {
  if (existsSync(INSTALLED)) return { sshd: INSTALLED, libraries: '' };
  const root = path.join(folder, 'debian');
  await mkdir(root);
  try {
    await call('apt-get', ['download', '-q', ...PACKAGES], root);
    for (const each of await readdir(root)) await call('dpkg-deb', ['-x', each, root], root);
  } catch (cause) {
    throw new ScpMissing('there is no sshd, and its package cannot be had', { cause });
  }
  const library = path.join(root, 'usr/lib');
  const libraries = (await readdir(library)).map((each) => path.join(library, each)).join(':');
  return { sshd: path.join(root, 'usr/sbin/sshd'), libraries };
}

async function end(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  server.kill();
  await once(server, 'exit');
}

async function call(program: string, args: readonly string[], cwd?: string): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], ...(cwd && { cwd }) });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  child.once('error', (fault) => (complaint += fault.message));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new ScpMissing(`${program}: ${complaint.trim()}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
