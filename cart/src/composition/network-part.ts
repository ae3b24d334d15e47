/**
 * The network as commissioning sees it: NetworkManager, Wi-Fi adapters, and whether the gateway is reached, by the same steps as
 * a validation takes.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { BY_OTHER_INTERFACE } from '@chaperone/domain/network/network-change.ts';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';
import { NetworkProfileRefused } from '@chaperone/domain/network/refused-setting.ts';
import { abilitiesLine, adapterRefusals } from '@chaperone/domain/network/wifi-abilities.ts';
import type { Finding } from '@chaperone/domain/validation/finding.ts';
import type { NetworkInterface } from '@chaperone/protocol/panel-api/engineer.ts';
import type { NetworkPart } from '../commissioning/commissioning.ts';
import type { CartConfiguration } from '../configuration/configuration.ts';
import { answersARP, readInterfaces } from '../device/kernel-network/kernel-network.ts';
import { NetworkManager, profileUuid } from '../device/network-manager/network-manager.ts';
import type { NetworkManagerOptions } from '../device/network-manager/network-manager.ts';
import { WiFiAdapters } from '../device/wifi-adapter/wifi-adapter.ts';
import { Network, shownChange } from '../network/network.ts';
import type { HeldInterface } from '../network/network.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { readSiteSettings, roadSettings } from '../site/site.ts';
import { validate } from '../validation/validation.ts';
import { gatewaySought } from './gateway-sought.ts';

export interface NetworkSurroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly record: (facts: readonly JournalFact[]) => Promise<void>;
  /** Where NetworkManager is, if not where it is on Debian. */
  readonly networkManager?: NetworkManagerOptions;
}

export interface OpenNetwork {
  readonly part: NetworkPart;
  /** Takes back what is being tried. */
  close(): Promise<void>;
}

/** The gateway was not reached, by the finding of the step that says why. */
export class GatewayNotReached extends DomainError {
  readonly code: Finding;
  constructor(finding: Finding) {
    super('The gateway is not reached.');
    this.code = finding;
  }
}

/** The router of a profile is not on the link, by the finding that a validation has for it. */
export class RouterNotReached extends DomainError {
  readonly code: Finding = 'ROUTER_SILENT';
}

/** The gateway was reached, and the packets went over another interface than the one that is tried. */
export class GatewayByOtherInterface extends DomainError {
  readonly code = BY_OTHER_INTERFACE;
}

/** A developer's own machine is not set up by a demo that runs on it. */
export class NetworkFixedInDemo extends DomainError {
  readonly code = 'NETWORK_FIXED_IN_DEMO';
  constructor() {
    super('In the demo the network of this machine stays as it is.');
  }
}

/** Opens the network, and brings what a restart cut off to its end meanwhile. */
export function openNetwork(
  configuration: CartConfiguration,
  { clock, log, record, networkManager: places = {} }: NetworkSurroundings,
): OpenNetwork {
  const adapters = new WiFiAdapters(places);
  const network = new Network({
    networkManager: new NetworkManager(places),
    dataDirectory: configuration.dataDirectory,
    checkRouter: reachRouter,
    checkGateway: (name, signal) => reachGateway(configuration, clock, name, signal),
    clock,
    record: (fact) => record([fact]),
    log,
    limitMs: configuration.network.changeLimitMs,
  });
  if (!configuration.demo) {
    network.recover().catch((fault: unknown) => {
      log.error({ fault }, 'network: what was tried before the restart is not taken back');
    });
  }
  const part: NetworkPart = {
    interfaces: async () => {
      const interfaces = await network.interfaces().catch((fault: unknown) => {
        // Nothing is wrong with a demo whose machine has no NetworkManager: it would be left alone anyway.
        throw configuration.demo && fault instanceof DomainError ? new NetworkFixedInDemo() : fault;
      });
      return await Promise.all(interfaces.map((each) => shown(each, adapters)));
    },
    admit: async (name, profile) => {
      if (configuration.demo) throw new NetworkFixedInDemo();
      await network.admit(name, profile);
      await admitAdapter(name, profile, adapters);
    },
    apply: async (name, profile, proof) => {
      if (configuration.demo) throw new NetworkFixedInDemo();
      await network.setUp(name, profile, proof);
    },
    withdraw: () => network.withdraw(),
    scan: async (name) => ({ networks: [...(await adapters.scan(name))] }),
    change: () => shownChange(network.change, network.leftMs),
    onChange: (listener) => network.onChange(() => listener()),
  };
  return { part, close: () => network.close() };
}

/** @throws RouterNotReached when it does not answer on the link of this interface, whatever other interfaces lead to */
async function reachRouter(
  interfaceName: string,
  router: string,
  signal: AbortSignal,
): Promise<void> {
  if (await answersARP(router, interfaceName, signal)) return;
  throw new RouterNotReached(`The router ${router} does not answer on ${interfaceName}.`);
}

/**
 * Takes the steps of a validation until a gateway of ours has shown itself; what comes after that is not the network's affair.
 * @param interfaceName over which the connection has to go: what answers over another one proves nothing of it
 * @throws GatewayNotReached, GatewayByOtherInterface, and the signal's reason
 */
export async function reachGateway(
  configuration: CartConfiguration,
  clock: Clock,
  interfaceName: string,
  signal: AbortSignal,
): Promise<void> {
  const road = roadSettings(configuration, await readSiteSettings(configuration.dataDirectory));
  const { gateway, ...known } = await gatewaySought(configuration, road.gateway);
  const enough = new AbortController();
  let isReached = false;
  let finding: Finding | null = null;
  let ownAddress: string | null = null;
  const options = {
    ...known,
    road: { ...road, gateway },
    idleSeconds: 0,
    onShown: (localAddress: string | null) => (ownAddress = localAddress),
    utcMs: () => clock.utcMs(),
    monotonicMs: () => clock.monotonicMs(),
  };
  try {
    await validate(
      options,
      (report) => {
        if (report.result === 'failed') finding ??= report.finding;
        isReached ||= report.step === 'inspection' && ['passed', 'warned'].includes(report.result);
        if (isReached || finding !== null) enough.abort();
      },
      AbortSignal.any([signal, enough.signal]),
    );
  } catch (fault) {
    if (!enough.signal.aborted) throw fault;
  }
  if (!isReached) throw new GatewayNotReached(finding ?? 'NOT_A_GATEWAY');
  // The kernel gives a connection the address of the interface that leads there.
  const tried = (await readInterfaces()).find(({ name }) => name === interfaceName);
  if (tried?.addresses.some(({ address }) => address === ownAddress) !== true)
    throw new GatewayByOtherInterface('The gateway is reached over another interface.');
}

/** @throws NetworkProfileRefused when the adapter cannot do what the profile asks for */
async function admitAdapter(
  name: string,
  profile: NetworkProfile,
  adapters: WiFiAdapters,
): Promise<void> {
  if (profile.kind !== 'wifi') return;
  const [first, ...others] = adapterRefusals(profile, await adapters.abilities(name));
  if (first !== undefined) throw new NetworkProfileRefused([first, ...others]);
}

/** The cart's own profile, where that is what is in force. */
function inForceOf({ name, activeProfile, profile }: HeldInterface): NetworkProfile | null {
  return activeProfile?.uuid === profileUuid(name) ? profile : null;
}

async function shown(held: HeldInterface, adapters: WiFiAdapters): Promise<NetworkInterface> {
  const inForce = inForceOf(held);
  const isOnAir = held.kind === 'wifi';
  const { name, kind, hardwareAddress, state, speed, address, prefixLength, router } = held;
  return {
    ...{ name, kind, hardwareAddress, state, speed, address, prefixLength, router },
    nameServers: [...held.nameServers],
    ssid: inForce?.kind === 'wifi' ? inForce.ssid : null,
    signalPercent: isOnAir && state === 'up' ? await told(adapters.joinedPercent(name)) : null,
    abilities: isOnAir ? await told(adapters.abilities(name).then(abilitiesLine)) : null,
    profile: inForce,
  };
}

/** What an adapter says; null where it says nothing. */
async function told<Fact>(asked: Promise<Fact>): Promise<Fact | null> {
  try {
    return await asked;
  } catch (fault) {
    if (fault instanceof DomainError) return null;
    throw fault;
  }
}
