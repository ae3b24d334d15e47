/**
 * The smallest hospital: a cart with a real NetworkManager, one cable, and a machine at its other end that gives addresses and
 * answers on TCP 53, which stands for the gateway here.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NetworkManager } from '@chaperone/cart/device/network-manager/network-manager.ts';
import { Network } from '@chaperone/cart/network/network.ts';
import type { NetworkOptions } from '@chaperone/cart/network/network.ts';
import { systemClock } from '@chaperone/cart/platform/clock.ts';
import { openLog } from '@chaperone/cart/platform/log.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import type { Daemon } from './daemon.ts';
import { startDnsmasq } from './dnsmasq.ts';
import { Namespace, layCable } from './namespace.ts';
import { NetworkManagerLab } from './network-manager.ts';

export class GatewayNotReached extends DomainError {
  readonly code = 'PORT_DROPPED';
}

export class RouterNotReached extends DomainError {
  readonly code = 'ROUTER_SILENT';
}

export class OneCable {
  readonly cart: Namespace;
  readonly hospital: Namespace;
  readonly lab: NetworkManagerLab;
  readonly dataDirectory: string;
  readonly networkManager: NetworkManager;
  readonly facts: JournalFact[] = [];
  dhcp: Daemon | null = null;

  private constructor(
    cart: Namespace,
    hospital: Namespace,
    lab: NetworkManagerLab,
    dataDirectory: string,
  ) {
    this.cart = cart;
    this.hospital = hospital;
    this.lab = lab;
    this.dataDirectory = dataDirectory;
    this.networkManager = new NetworkManager(lab);
  }

  static async lay(): Promise<OneCable> {
    const cart = await Namespace.make('cart');
    const hospital = await Namespace.make('hospital');
    await layCable({ in: cart, name: 'eth0' }, { in: hospital, name: 'port1' });
    for (const address of ['192.0.2.1/24', '198.51.100.1/24'])
      await hospital.ip(['address', 'add', address, 'dev', 'port1']);
    await hospital.ip(['link', 'set', 'port1', 'up']);
    const lab = await NetworkManagerLab.start(cart);
    const directory = await mkdtemp(path.join(tmpdir(), 'chaperone-cart-network-'));
    const cable = new OneCable(cart, hospital, lab, directory);
    await cable.serve();
    return cable;
  }

  /** Starts the DHCP server, with itself as router and name server. */
  async serve(): Promise<void> {
    this.dhcp = await startDnsmasq({
      in: this.hospital,
      interface: 'port1',
      range: ['192.0.2.100', '192.0.2.150'],
      router: '192.0.2.1',
      nameServers: ['192.0.2.1'],
    });
  }

  async plug(state: 'up' | 'down'): Promise<void> {
    await this.hospital.ip(['link', 'set', 'port1', state]);
  }

  network(options: Partial<NetworkOptions> = {}): Network {
    return new Network({
      networkManager: this.networkManager,
      dataDirectory: this.dataDirectory,
      checkRouter: async (name, router) => await this.#reachRouter(name, router),
      checkGateway: async (_name, signal) => await this.reachGateway(signal),
      clock: systemClock(),
      record: async (fact) => void this.facts.push(fact),
      log: openLog('silent'),
      ...options,
    });
  }

  /** Connects from the cart's network to the machine beyond the router. @throws GatewayNotReached */
  async reachGateway(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    try {
      await this.cart.run('timeout', ['2', 'bash', '-c', '</dev/tcp/192.0.2.1/53']);
    } catch (cause) {
      throw new GatewayNotReached('The gateway does not answer.', { cause });
    }
  }

  /** Asks by ARP from the cart's network. @throws RouterNotReached */
  async #reachRouter(name: string, router: string): Promise<void> {
    const script = path.join(import.meta.dirname, 'router-here.ts');
    const said = await this.cart.run(process.execPath, [script, router, name]);
    if (said !== 'there\n') throw new RouterNotReached('The router does not answer.');
  }

  /** Waits until the cart has an address that fits. */
  async untilAddress(pattern: RegExp): Promise<void> {
    for (let tries = 0; tries < 400; tries += 1) {
      const [shown] = await this.networkManager.interfaces().catch(() => []);
      if (shown?.state === 'up' && pattern.test(shown.address ?? '')) return;
    }
    throw new Error(`no such address: ${await this.cart.ip(['-brief', 'address'])}`);
  }

  async close(): Promise<void> {
    await this.dhcp?.stop();
    await this.lab.close();
    await this.cart.close();
    await this.hospital.close();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }
}
