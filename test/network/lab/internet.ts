/**
 * The world outside of the hospitals: one namespace with the real gateway in it, at a public address, and a cable to each
 * hospital's router.
 *
 * The gateway listens on loopback, as a demo must; the kernel turns what comes to its public address there. It answers no ping.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startDaemon } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import type { GatewayHere } from './gateway-here.ts';
import { Namespace } from './namespace.ts';

export const GATEWAY = { name: 'gateway.example.org', address: '198.51.100.9', port: 443 } as const;
/** A server of the same root with another name. */
export const MISNAMED = '198.51.100.10';
/** A gateway of an earlier version. */
export const OLD = '198.51.100.11';
/** What the gateway's certificate names: a demo has no other. */
export const SERVER_NAME = 'localhost';

export class Internet {
  readonly namespace: Namespace;
  readonly gateway: GatewayHere;
  readonly #daemon: Daemon;
  readonly #directory: string;
  #cables = 0;
  /** The first is for those that do not get as far as measuring. */
  #carts = 1;

  private constructor(namespace: Namespace, daemon: Daemon, directory: string) {
    this.namespace = namespace;
    this.gateway = JSON.parse(lineOf(daemon.printed()) ?? '') as GatewayHere;
    this.#daemon = daemon;
    this.#directory = directory;
  }

  /** Starts it. @param ownCarts how many are enrolled for `nextCart` */
  static async start(ownCarts: number): Promise<Internet> {
    const namespace = await Namespace.make('internet');
    const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-lab-'));
    const script = path.join(import.meta.dirname, 'gateway-here.ts');
    const args = [script, directory, String(ownCarts + 1)];
    try {
      const daemon = await startDaemon(
        'ip',
        namespace.argumentsFor(process.execPath, args),
        (printed) => lineOf(printed) !== undefined,
      );
      const internet = new Internet(namespace, daemon, directory);
      await internet.#open();
      return internet;
    } catch (fault) {
      await namespace.close();
      await rm(directory, { recursive: true, force: true });
      throw fault;
    }
  }

  async #open(): Promise<void> {
    const { edgePort, misnamedPort, oldPort } = this.gateway;
    await this.namespace.run('sh', [
      '-c',
      `set -e
ip address add ${GATEWAY.address}/32 dev lo
ip address add ${MISNAMED}/32 dev lo
ip address add ${OLD}/32 dev lo
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.route_localnet=1 net.ipv4.conf.default.route_localnet=1
nft -f - <<'END'
table ip edge {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    ip daddr ${GATEWAY.address} tcp dport ${GATEWAY.port} dnat to 127.0.0.1:${edgePort}
    ip daddr ${MISNAMED} tcp dport ${GATEWAY.port} dnat to 127.0.0.1:${misnamedPort}
    ip daddr ${OLD} tcp dport ${GATEWAY.port} dnat to 127.0.0.1:${oldPort}
  }
  chain input {
    type filter hook input priority filter;
    icmp type echo-request drop
  }
}
END`,
    ]);
  }

  /** A number of its own for the next hospital: names and addresses are made of it. */
  nextHospital(): number {
    this.#cables += 1;
    return this.#cables;
  }

  /** The data directory of an enrolled cart that several validations use at the same time. */
  get sharedCart(): string {
    const [first] = this.gateway.carts;
    if (first === undefined) throw new Error('No cart was enrolled.');
    return first;
  }

  /** The data directory of an enrolled cart that nobody else uses: a gateway lets each measure by itself. */
  nextCart(): string {
    const cart = this.gateway.carts[this.#carts];
    if (cart === undefined) throw new Error('More carts are needed than were enrolled.');
    this.#carts += 1;
    return cart;
  }

  async close(): Promise<void> {
    await this.#daemon.stop();
    await this.namespace.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

function lineOf(printed: string): string | undefined {
  return printed.split('\n').find((line) => line.startsWith('{') && line.endsWith('}'));
}
