/**
 * A hospital: a cart's namespace, a router with firewall, address translation and name server, and a cable to the Internet.
 *
 * ```
 *  cart eth0 ───── lan router wan ───── (hop) ───── Internet
 *  10.20.n.10      10.20.n.1            MTU 1400
 * ```
 *
 * What is broken in it is given as small pieces: rules of nftables, other name servers, commands on the cart or the router.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LinkSight } from '@chaperone/cart/validation/validation.ts';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { validationStep } from '@chaperone/protocol/commissioning/validation.ts';
import type { ValidationStepReport } from '@chaperone/protocol/commissioning/validation.ts';
import { startDaemon } from './daemon.ts';
import type { Daemon } from './daemon.ts';
import { startDnsmasq } from './dnsmasq.ts';
import { GATEWAY, SERVER_NAME } from './internet.ts';
import type { Internet } from './internet.ts';
import { Namespace, layCable } from './namespace.ts';
import type { StrangerHere } from './stranger-here.ts';
import { startUnbound } from './unbound.ts';
import type { ValidationHere } from './validate-here.ts';

/** Addresses inside, of hospital n. */
export interface Place {
  readonly cart: string;
  readonly router: string;
}

export interface HospitalPlan {
  /** Rules of nftables on the router, in a chain `forward` or `input`, or before translation (`prerouting`). */
  readonly forward?: (place: Place) => string;
  readonly input?: (place: Place) => string;
  readonly prerouting?: (place: Place) => string;
  /** Shell commands on the router and on the cart, at the end of setting up. */
  readonly onRouter?: (place: Place) => string;
  readonly onCart?: (place: Place) => string;
  /** Arguments of dnsmasq in the place of the gateway's own address; null: no name server runs. */
  readonly names?: ((place: Place) => readonly string[]) | null;
  /** The cart's resolv.conf in the place of the router's address. */
  readonly resolv?: (place: Place) => string;
  /** Lines of unbound's configuration; it takes the place of dnsmasq. */
  readonly unbound?: (place: Place) => string;
  /** A hop with a smaller MTU whose routers' word of it is lost. */
  readonly hasNarrowHop?: boolean;
  /** Who answers on the router in the gateway's place. */
  readonly stranger?: Pick<StrangerHere, 'kind' | 'key' | 'certificates'>;
  /** A proxy or whatever else runs on the router. */
  readonly service?: (router: Namespace, place: Place) => Promise<Daemon>;
}

/** How a cart is set up there; the rest is as it should be. */
export interface CartPlan {
  readonly host?: string;
  readonly serverName?: string;
  readonly proxy?: (place: Place) => ProxySettings;
  /** A data directory; null: not enrolled; absent: the next enrolled one. */
  readonly cart?: string | null;
  readonly rootFingerprint?: string | null;
  readonly idleSeconds?: number;
  readonly measureMs?: number;
  readonly clockAheadMs?: number;
  readonly sights?: readonly LinkSight[];
  /** Files in place of those that the driver of eth0 shows below `/sys/class/net/eth0`: no real cable or radio is here. */
  readonly driver?: Readonly<Record<string, string>>;
}

const STRANGER_PORT = 9443;
const COMMAND_TIMEOUT_MS = 30_000;
const VALIDATION_TIMEOUT_MS = 120_000;

export class Hospital {
  readonly place: Place;
  readonly #internet: Internet;
  readonly #cart: Namespace;
  readonly #all: Namespace[];
  readonly #daemons: Daemon[] = [];
  readonly #directory: string;

  private constructor(internet: Internet, place: Place, all: Namespace[], directory: string) {
    this.#internet = internet;
    this.place = place;
    this.#cart = all[0] as Namespace;
    this.#all = all;
    this.#directory = directory;
  }

  /** Builds it. */
  static async build(internet: Internet, plan: HospitalPlan = {}): Promise<Hospital> {
    const n = internet.nextHospital();
    const place = { cart: `10.20.${n}.10`, router: `10.20.${n}.1` };
    const cart = await Namespace.make('cart');
    const router = await Namespace.make('router');
    const hop = plan.hasNarrowHop === true ? await Namespace.make('hop') : null;
    const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-hospital-'));
    const all = [cart, router, ...(hop === null ? [] : [hop])];
    const hospital = new Hospital(internet, place, all, directory);
    try {
      await layCable({ in: cart, name: 'eth0' }, { in: router, name: 'lan' });
      await hospital.#layOutside(n, router, hop);
      await router.run('sh', ['-c', routerScript(plan, place)]);
      await hospital.#serve(router, plan);
      await writeFile(
        path.join(directory, 'resolv.conf'),
        plan.resolv?.(place) ?? `nameserver ${place.router}\n`,
      );
      await cart.run('sh', ['-c', cartScript(plan, place)]);
      return hospital;
    } catch (fault) {
      await hospital.close();
      throw fault;
    }
  }

  /** The cart's own network. */
  get cart(): Namespace {
    return this.#cart;
  }

  /** Where its firewall is. */
  get router(): Namespace {
    return this.#all[1] as Namespace;
  }

  /** Validates from the cart. */
  async validate(plan: CartPlan = {}): Promise<readonly ValidationStepReport[]> {
    const settings: ValidationHere = {
      host: plan.host ?? GATEWAY.name,
      port: GATEWAY.port,
      serverName: plan.serverName ?? SERVER_NAME,
      proxy: plan.proxy?.(this.place) ?? { kind: 'none' },
      cart: plan.cart === undefined ? this.#internet.nextCart() : plan.cart,
      rootFingerprint: plan.rootFingerprint ?? null,
      idleSeconds: plan.idleSeconds ?? 0,
      measureMs: plan.measureMs ?? 200,
      clockAheadMs: plan.clockAheadMs ?? 0,
      ...(plan.sights === undefined ? {} : { sights: plan.sights }),
    };
    const script = path.join(import.meta.dirname, 'validate-here.ts');
    const program = [process.execPath, script, JSON.stringify(settings)];
    const [first = '', ...words] =
      plan.driver === undefined ? program : await this.#driven(plan.driver, program);
    const printed = await this.runOnCart(first, words, VALIDATION_TIMEOUT_MS);
    return printed
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => validationStep.parse(JSON.parse(line)));
  }

  /** Runs a program on the cart, with the cart's name servers, and gives what it printed. */
  async runOnCart(
    program: string,
    args: readonly string[],
    timeoutMs = COMMAND_TIMEOUT_MS,
  ): Promise<string> {
    return await this.#cart.run('sh', this.#withNames(program, args), {}, timeoutMs);
  }

  /** Starts a program on the cart, with the cart's name servers, that is stopped with the hospital. */
  async startOnCart(
    program: string,
    args: readonly string[],
    isReady: (printed: string) => boolean,
  ): Promise<Daemon> {
    const whole = this.#cart.argumentsFor('sh', this.#withNames(program, args));
    const daemon = await startDaemon('ip', whole, isReady);
    this.#daemons.push(daemon);
    return daemon;
  }

  /** Puts files before the driver's own, for one program. */
  async #driven(
    files: Readonly<Record<string, string>>,
    program: readonly string[],
  ): Promise<readonly string[]> {
    const shown = path.join(this.#directory, 'driver');
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(shown, name)), { recursive: true });
      await writeFile(path.join(shown, name), `${text}\n`);
    }
    const script = `for each in type address speed duplex operstate carrier; do
  [ -e "$1/$each" ] || cat "/sys/class/net/eth0/$each" >"$1/$each" || true
done
mount --bind "$1" /sys/class/net/eth0 && shift && exec "$@"`;
    return ['sh', '-c', script, 'sh', shown, ...program];
  }

  /** `ip netns exec` gives a mount namespace of its own, so this resolv.conf is the cart's alone. */
  #withNames(program: string, args: readonly string[]): readonly string[] {
    const command = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"';
    return ['-c', command, 'sh', path.join(this.#directory, 'resolv.conf'), program, ...args];
  }

  async #layOutside(n: number, router: Namespace, hop: Namespace | null): Promise<void> {
    const outside = this.#internet.namespace;
    const port = { in: outside, name: `hospital${n}` };
    if (hop === null) {
      await layCable({ in: router, name: 'wan' }, port);
      await outside.run('sh', [
        '-c',
        `ip address add 10.255.${n}.1/30 dev ${port.name} && ip link set ${port.name} up`,
      ]);
    } else {
      await layCable({ in: router, name: 'wan' }, { in: hop, name: 'inner' });
      await layCable({ in: hop, name: 'outer' }, port);
      await hop.run('sh', ['-c', hopScript(n)]);
      await outside.run('sh', [
        '-c',
        `ip address add 10.254.${n}.1/30 dev ${port.name} && ip link set ${port.name} up && ip route add 10.255.${n}.0/30 via 10.254.${n}.2`,
      ]);
    }
    await router.run('sh', [
      '-c',
      `ip address add 10.255.${n}.2/30 dev wan && ip link set wan ${hop === null ? '' : 'mtu 1400'} up && ip route add default via 10.255.${n}.1`,
    ]);
  }

  async #serve(router: Namespace, plan: HospitalPlan): Promise<void> {
    const { place } = this;
    const keep = async (daemon: Promise<Daemon>): Promise<void> => {
      this.#daemons.push(await daemon);
    };
    if (plan.unbound !== undefined)
      await keep(startUnbound(router, place.router, plan.unbound(place)));
    else if (plan.names !== null) {
      const more = plan.names?.(place) ?? [`--address=/${GATEWAY.name}/${GATEWAY.address}`];
      await keep(
        startDnsmasq({
          in: router,
          interface: 'lan',
          range: [place.cart, place.cart],
          router: place.router,
          nameServers: [place.router],
          more: ['--local=/example.org/', ...more],
        }),
      );
    }
    if (plan.stranger !== undefined) {
      const stranger: StrangerHere = {
        ...plan.stranger,
        port: STRANGER_PORT,
        upstream: { host: GATEWAY.address, port: GATEWAY.port },
      };
      const script = path.join(import.meta.dirname, 'stranger-here.ts');
      const args = router.argumentsFor(process.execPath, [script, JSON.stringify(stranger)]);
      await keep(startDaemon('ip', args, (printed) => printed.includes('listening')));
    }
    if (plan.service !== undefined) await keep(plan.service(router, place));
  }

  async close(): Promise<void> {
    for (const daemon of this.#daemons) await daemon.stop('SIGKILL');
    for (const namespace of this.#all) await namespace.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** A stranger takes what is meant for TCP 443 of the gateway, and of the router, at which a name filter may point. */
function routerScript(plan: HospitalPlan, place: Place): string {
  const { stranger } = plan;
  const taken = `tcp dport ${GATEWAY.port} redirect to :${STRANGER_PORT}`;
  // An inspector's own way on does not pass here: it begins on the router.
  const captured = stranger === undefined ? '' : `iifname "lan" ${taken}`;
  const page = stranger?.kind === 'portal' ? 'iifname "lan" tcp dport 80 redirect to :80' : '';
  return `set -e
ip address add ${place.router}/24 dev lan
ip link set lan up
sysctl -qw net.ipv4.ip_forward=1
nft -f - <<'END'
table ip hospital {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    ${plan.prerouting?.(place) ?? ''}
    ${captured}
    ${page}
  }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    oifname "wan" masquerade
  }
  chain forward {
    type filter hook forward priority filter;
    ${plan.forward?.(place) ?? ''}
  }
  chain input {
    type filter hook input priority filter;
    ${plan.input?.(place) ?? ''}
  }
  chain output {
    type filter hook output priority filter;
    ${plan.hasNarrowHop === true ? 'icmp type destination-unreachable drop' : ''}
  }
}
END
${plan.onRouter?.(place) ?? ''}
`;
}

function cartScript(plan: HospitalPlan, place: Place): string {
  return `set -e
ip address add ${place.cart}/24 dev eth0
ip link set eth0 up
ip route add default via ${place.router}
${plan.onCart?.(place) ?? ''}
`;
}

function hopScript(n: number): string {
  return `set -e
ip address add 10.255.${n}.1/30 dev inner
ip link set inner mtu 1400 up
ip address add 10.254.${n}.2/30 dev outer
ip link set outer up
ip route add default via 10.254.${n}.1
sysctl -qw net.ipv4.ip_forward=1
nft -f - <<'END'
table ip hop {
  chain output {
    type filter hook output priority filter;
    icmp type destination-unreachable drop
  }
}
END
`;
}
