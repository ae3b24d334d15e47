/**
 * A long road that loses packets, inside a network namespace of its own: rate, delay, queue and loss in each direction, and the
 * congestion control of whoever sends. Needs root.
 *
 * The kernel's own TCP runs at both ends; only the packets go through a program (`packet-road.py`), because not every kernel has
 * netem. Two ends in one namespace see each other under addresses that belong to nobody there, so that nothing takes the short way
 * over loopback. The congestion control is that of the route: it holds for those who dial and for those who are dialled.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startDaemon } from '@chaperone/test/network/lab/daemon.ts';
import type { Daemon } from '@chaperone/test/network/lab/daemon.ts';
import { Namespace } from '@chaperone/test/network/lab/namespace.ts';
import type { RoadPlan } from '../link/lane.ts';

export interface LossyPlan extends RoadPlan {
  /** The share of packets that are lost by chance. */
  readonly loss: number;
  readonly seed: number;
}
export type CongestionControl = 'bbr' | 'cubic';

/** Whoever dials this comes to what listens on loopback, over the road. A demo dials nothing but loopback by its name. */
export const FAR_END = 'localhost';
const FAR_ADDRESS = '10.77.0.4';
const PYTHON = '/usr/bin/python3';
const DEVICE = 'road';
const HOSTS = 'hosts';

export class PacketRoad implements AsyncDisposable {
  readonly #namespace: Namespace;
  readonly #wire: Daemon;
  readonly #folder: string;

  private constructor(namespace: Namespace, wire: Daemon, folder: string) {
    this.#namespace = namespace;
    this.#wire = wire;
    this.#folder = folder;
  }

  /** Lays it. */
  static async lay(plan: LossyPlan): Promise<PacketRoad> {
    const namespace = await Namespace.make('road');
    const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-road-'));
    try {
      await writeFile(path.join(folder, HOSTS), `${FAR_ADDRESS} ${FAR_END}\n`);
      await namespace.ip(['tuntap', 'add', 'dev', DEVICE, 'mode', 'tun']);
      const script = path.join(import.meta.dirname, 'packet-road.py');
      const args = namespace.argumentsFor(PYTHON, [script, DEVICE, JSON.stringify(plan)]);
      const wire = await startDaemon('ip', args, (printed) => printed.includes('ready'));
      const road = new PacketRoad(namespace, wire, folder);
      await namespace.run('sh', ['-c', SET_UP]);
      return road;
    } catch (fault) {
      await namespace.close();
      await rm(folder, { recursive: true, force: true });
      throw fault;
    }
  }

  /** For starting a program at both of its ends: `ip` with these arguments becomes that program. */
  argumentsFor(program: string, args: readonly string[]): string[] {
    const command = 'mount --bind "$1" /etc/hosts && shift && exec "$@"';
    const hosts = path.join(this.#folder, HOSTS);
    return this.#namespace.argumentsFor('sh', ['-c', command, 'sh', hosts, program, ...args]);
  }

  /** How what is sent from now on finds its speed; connections that stand keep theirs. */
  async setCongestionControl(name: CongestionControl): Promise<void> {
    for (const [to, from] of [
      [FAR_ADDRESS, '10.77.0.1'],
      ['10.77.0.2', '10.77.0.3'],
    ] as const) {
      const via = ['dev', DEVICE, 'src', from, 'congctl', name];
      await this.#namespace.ip(['route', 'replace', `${to}/32`, ...via]);
    }
  }

  /** The congestion controls of the connections that stand over the road. */
  async seenCongestionControls(): Promise<ReadonlySet<string>> {
    const listed = await this.#namespace.run('ss', ['-Htin', 'dst', '10.77.0.0/24']);
    return new Set(listed.match(/\b(?:bbr|cubic|reno)\b/g));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#wire.stop();
    await this.#namespace.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Tells which of them this kernel has. */
export async function knownCongestionControls(): Promise<readonly string[]> {
  const listed = await readFile('/proc/sys/net/ipv4/tcp_available_congestion_control', 'utf8');
  return listed.trim().split(' ');
}

const SET_UP = `set -e
ip address add 10.77.0.1/32 dev ${DEVICE}
ip address add 10.77.0.3/32 dev ${DEVICE}
ip link set ${DEVICE} mtu 1500 txqueuelen 1000 up
sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.${DEVICE}.rp_filter=0
sysctl -qw net.ipv4.conf.all.route_localnet=1 net.ipv4.conf.${DEVICE}.route_localnet=1
nft -f - <<'RULES'
table ip road {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    ip daddr 10.77.0.3 dnat to 127.0.0.1
  }
}
RULES`;
