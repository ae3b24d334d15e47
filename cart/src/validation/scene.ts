/**
 * What the steps of one validation are given, and what they learn for those after them. A part that is null was not learned:
 * the step that should have is the one that failed.
 */
import type { Finding, ValidationStep } from '@chaperone/domain/validation/finding.ts';
import type { GatewayStatus } from '@chaperone/protocol/commissioning/service.ts';
import type { KernelInterface } from '../device/kernel-network/kernel-network.ts';
import type { CartIdentity } from '../licence/licence.ts';
import type { RoadMemory, RoadSettings } from '../road/road.ts';
import type { Facts, Outcome } from './outcome.ts';
import type { GatewayLine } from './gateway-line.ts';
import type { Look } from './look.ts';

/** What a network service of the machine (NetworkManager) knows of an interface beyond the kernel. */
export interface LinkSight {
  readonly name: string;
  /** Why it is not up, where the service says so. */
  readonly failure: 'login-refused' | 'address-in-use' | 'address-not-given' | null;
  readonly ssid: string | null;
  readonly signalPercent: number | null;
  readonly method: 'dhcp' | 'static' | null;
  /** The fixed one that was set; null: none. */
  readonly address: string | null;
}

export interface ValidationOptions {
  /** The road that the tunnel takes. */
  readonly road: RoadSettings;
  /** Null: the cart is not enrolled. */
  readonly identity: CartIdentity | null;
  /** SHA-256 of the root, or its beginning, as on the licence, for a cart that is not enrolled; lower-case hexadecimal. Null: none is known. */
  readonly rootFingerprint: string | null;
  /** How long an unused connection is watched; 0 leaves the idle step out. */
  readonly idleSeconds: number;
  /** What a network service knows; the kernel alone is asked where it is absent. */
  readonly links?: (signal: AbortSignal) => Promise<readonly LinkSight[]>;
  /** Of one measurement of throughput, milliseconds. */
  readonly measureMs?: number;
  /** Is told the cart's own address on the connection on which somebody showed a certificate, before that is judged. */
  readonly onShown?: (localAddress: string | null) => void;
  readonly utcMs?: () => number;
  readonly monotonicMs?: () => number;
}

export interface Scene {
  readonly options: Omit<ValidationOptions, 'utcMs' | 'monotonicMs' | 'measureMs'> & {
    readonly measureMs: number;
    readonly utcMs: () => number;
    readonly monotonicMs: () => number;
  };
  /** Names and PAC file, asked for once in a validation. */
  readonly memory: RoadMemory;
  /** The interface that leads to the gateway, and what a network service says of it. */
  interface: KernelInterface | null;
  sight: LinkSight | null;
  /** The cart's own address. */
  source: string | null;
  /** Addresses of the gateway, where the cart has to find them itself. */
  addresses: readonly string[];
  /** The first of them that answered. */
  address: string | null;
  /** What TLS showed. */
  look: Look | null;
  /** The connection with the cart's certificate, over which the gateway is asked. */
  line: GatewayLine | null;
  status: GatewayStatus | null;
  /** The gateway's clock less the cart's, and the round trip that it was asked with, milliseconds. */
  skewMs: number | null;
}

/** One step: what it needs to have passed, how long it may take, and how it is taken. */
export interface Step {
  readonly name: ValidationStep;
  /** Those without which it says nothing. */
  readonly needs: readonly ValidationStep[];
  readonly limitMs: number;
  /** What it is called when the road is lost in the middle of it, or its time is over. */
  readonly otherwise: Finding;
  /**
   * Takes the step. When its time is over the signal is aborted. It may throw what the network makes of a connection.
   */
  take(scene: Scene, signal: AbortSignal): Promise<Outcome>;
}

/** Said in the place of looking at the network, by the three steps that look at it. */
export const ON_THIS_MACHINE: Outcome = {
  result: 'left-out',
  said: 'The gateway is on this machine: no network is between.',
};

/** Tells whether no network is between the cart and the gateway, as in a demo. */
export function isOnThisMachine({ options }: Scene): boolean {
  const { gateway, proxy } = options.road;
  return proxy.kind === 'none' && /^(?:127\.|localhost$)/.test(gateway.host);
}

/** Facts that most sentences need: from where, to where. */
export function ends(scene: Scene): Facts {
  const { gateway } = scene.options.road;
  return {
    source: scene.source,
    address: scene.address ?? scene.addresses[0] ?? gateway.host,
    port: gateway.port,
    serverName: gateway.serverName,
    gateway: `${gateway.host}:${gateway.port}`,
    hardwareAddress: scene.interface?.hardwareAddress ?? null,
  };
}
