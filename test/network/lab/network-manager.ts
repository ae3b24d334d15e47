/**
 * A real NetworkManager for one namespace, with a bus and directories of its own: what it knows of the machine is that
 * namespace, and what it writes is in a directory of the test.
 *
 * | directory | stands for | survives a power cut |
 * |---|---|---|
 * | `disk/profiles` | `/etc/NetworkManager/system-connections` | yes |
 * | `disk/state` | `/var/lib/NetworkManager` | yes |
 * | `run` | `/run/NetworkManager` | no |
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startDaemon } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import type { Namespace } from './namespace.ts';
import { startOwnBus } from './own-bus.ts';
import type { OwnBus } from './own-bus.ts';

const run = promisify(execFile);

export class NetworkManagerLab {
  readonly namespace: Namespace;
  readonly directory: string;
  readonly #bus: OwnBus;
  #daemon: Daemon | null = null;

  private constructor(namespace: Namespace, directory: string, bus: OwnBus) {
    this.namespace = namespace;
    this.directory = directory;
    this.#bus = bus;
  }

  /** Starts bus and NetworkManager. */
  static async start(namespace: Namespace): Promise<NetworkManagerLab> {
    const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-network-manager-'));
    for (const each of ['disk/profiles', 'disk/state', 'run'])
      await mkdir(path.join(directory, each), { recursive: true, mode: 0o700 });
    await writeFile(path.join(directory, 'NetworkManager.conf'), configuration(directory));
    const bus = await startOwnBus(directory);
    const lab = new NetworkManagerLab(namespace, directory, bus);
    try {
      await lab.begin();
    } catch (fault) {
      await lab.close();
      throw fault;
    }
    return lab;
  }

  get busAddress(): string {
    return this.#bus.address;
  }
  /** As `/etc/NetworkManager/system-connections` is to this NetworkManager. */
  get profilesDirectory(): string {
    return path.join(this.directory, 'disk/profiles');
  }
  /** As `/run/NetworkManager/system-connections`. */
  get runtimeDirectory(): string {
    return path.join(this.directory, 'run/system-connections');
  }
  /** As `/etc/resolv.conf`: what this NetworkManager says of name servers. Replaced whole at each change. */
  get resolvFile(): string {
    return path.join(this.directory, 'run/resolv.conf');
  }

  /** What it printed since its last start. */
  log(): string {
    return this.#daemon?.printed() ?? '';
  }

  /** Runs `nmcli` as a person would. */
  async nmcli(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('nmcli', [...args], {
      timeout: 60_000,
      env: {
        PATH: process.env['PATH'],
        LC_ALL: 'C.UTF-8',
        DBUS_SYSTEM_BUS_ADDRESS: this.busAddress,
      },
    });
    return stdout;
  }

  /** Starts NetworkManager with what is there. */
  async begin(): Promise<void> {
    const script = path.join(this.directory, 'start.sh');
    await writeFile(script, startScript(this.directory));
    const args = this.namespace.argumentsFor('unshare', ['--mount', 'sh', script]);
    const isReady = async (): Promise<boolean> =>
      await this.nmcli('--terse', 'general', 'status').then(
        () => true,
        () => false,
      );
    const env = { DBUS_SYSTEM_BUS_ADDRESS: this.busAddress };
    this.#daemon = await startDaemon('ip', args, isReady, env);
  }

  /** Stops NetworkManager alone; what it set up in the kernel stays. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#daemon?.stop(signal);
    this.#daemon = null;
  }

  /**
   * Cuts the power: NetworkManager is killed, and what was in memory (runtime directory, addresses, routes) is gone.
   * `begin` is then the start of the machine.
   * @param interfaces those that lose what was set up
   */
  async cutPower(interfaces: readonly string[]): Promise<void> {
    await this.end('SIGKILL');
    await rm(path.join(this.directory, 'run'), { recursive: true, force: true });
    await mkdir(path.join(this.directory, 'run'), { mode: 0o700 });
    for (const name of interfaces) {
      await this.namespace.ip(['address', 'flush', 'dev', name]);
      await this.namespace.ip(['link', 'set', name, 'down']);
    }
  }

  async close(): Promise<void> {
    await this.end('SIGKILL');
    await this.#bus.daemon.stop('SIGKILL');
    await rm(this.directory, { recursive: true, force: true });
  }
}

function configuration(directory: string): string {
  return `[main]
plugins=keyfile
dhcp=internal
dns=default
rc-manager=unmanaged
no-auto-default=*
auth-polkit=false

[keyfile]
path=${path.join(directory, 'disk/profiles')}

[connectivity]
enabled=false

[logging]
level=INFO
`;
}

/** The mounts are of its own mount namespace. `/sys` is read-only: without udev every interface is managed then. */
function startScript(directory: string): string {
  const inDirectory = (name: string): string => `'${path.join(directory, name)}'`;
  return `set -e
mount --make-rprivate /
mount -t tmpfs none /run
mount -o remount,ro,bind /sys || mount -o remount,ro /sys
mkdir -p /var/lib/NetworkManager /run/NetworkManager
mount --bind ${inDirectory('disk/state')} /var/lib/NetworkManager
mount --bind ${inDirectory('run')} /run/NetworkManager
exec NetworkManager --debug --config=${inDirectory('NetworkManager.conf')} --config-dir=${inDirectory('none')} --state-file=${inDirectory('disk/state/NetworkManager.state')} --pid-file=${inDirectory('run/pid')}
`;
}
