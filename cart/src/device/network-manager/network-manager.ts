/**
 * NetworkManager on the cart, asked through its own command `nmcli` (decision 0018).
 *
 * This part asks and sets; it decides nothing. Whether a profile may be used is the rule of `domain/src/network`, and how one
 * is tried with a way back is `cart/src/network`.
 */
import { isInterfaceName } from '@chaperone/domain/network/interface-name.ts';
import type { InterfaceKind } from '@chaperone/domain/network/network-profile.ts';
import { EXIT_TIMED_OUT, findingOf, waitedFor } from './activation.ts';
import { ProfileNotActivated, ProfileNotTaken } from './network-manager-error.ts';
import { watchLogin } from '../network-login/network-login.ts';
import { nmcli, readMultiline, readTabular } from './nmcli.ts';
import type { NmcliFailure, NmcliOptions } from './nmcli.ts';
import { ProfileStore, profileUuid } from './profile-store.ts';

export { profileId } from './keyfile.ts';
export type { ReadKeyfile } from './keyfile.ts';
export { admitAuthorities } from './authorities.ts';
export {
  NetworkManagerAway,
  NetworkManagerRefused,
  NetworkManagerSilent,
  ProfileNotActivated,
  ProfileNotTaken,
} from './network-manager-error.ts';
export { ProfileStore, profileUuid } from './profile-store.ts';
export type { ActivationFinding } from './network-manager-error.ts';

/** A cart has two or three. */
const INTERFACES_MAX = 16;

/** Milliseconds that `nmcli` has to say that its own waiting was for nothing. */
const ANSWER_AFTER_WAIT_MS = 5000;

/** `up` is set up and has an address; `connecting` is being set up; `down` is not; `off`: NetworkManager leaves it alone. */
export type InterfaceState = 'up' | 'connecting' | 'down' | 'off';

export interface NetworkInterface {
  readonly name: string;
  readonly kind: InterfaceKind;
  /** Six pairs of upper-case hexadecimal digits with colons. */
  readonly hardwareAddress: string;
  readonly state: InterfaceState;
  /** Whether there is a cable with something at its other end, or an access point; null: not known. */
  readonly hasLink: boolean | null;
  /** Of the link, Mbit/s; null without a link and where the adapter does not tell. */
  readonly speed: number | null;
  readonly address: string | null;
  readonly prefixLength: number | null;
  readonly router: string | null;
  /** In the order in which they are asked. */
  readonly nameServers: readonly string[];
  /** The profile in force, by the names of NetworkManager; null: none. */
  readonly activeProfile: { readonly id: string; readonly uuid: string } | null;
}

export interface NetworkManagerOptions {
  /** Default `nmcli`. */
  readonly program?: string;
  /** In place of the system bus's own address, such as `unix:path=/run/dbus/system_bus_socket`; default DBUS_SYSTEM_BUS_ADDRESS. */
  readonly busAddress?: string;
  /** Default `/etc/NetworkManager/system-connections`. */
  readonly profilesDirectory?: string;
  /** Default `/run/NetworkManager/system-connections`. */
  readonly runtimeDirectory?: string;
}

const SHOWN = [
  'GENERAL.DEVICE',
  'GENERAL.TYPE',
  'GENERAL.HWADDR',
  'GENERAL.STATE',
  'GENERAL.CONNECTION',
  'GENERAL.CON-UUID',
  'CAPABILITIES.SPEED',
  'WIRED-PROPERTIES.CARRIER',
  'IP4',
].join(',');

export class NetworkManager {
  readonly #nmcli: NmcliOptions;

  /** The files of the cart's own profiles; `reload` after a change of them. */
  readonly profiles: ProfileStore;

  constructor({
    program = 'nmcli',
    busAddress,
    profilesDirectory = '/etc/NetworkManager/system-connections',
    runtimeDirectory = '/run/NetworkManager/system-connections',
  }: NetworkManagerOptions = {}) {
    const inherited = process.env['DBUS_SYSTEM_BUS_ADDRESS'];
    this.#nmcli = { program, busAddress: busAddress ?? inherited ?? null };
    this.profiles = new ProfileStore({ profilesDirectory, runtimeDirectory });
  }

  /**
   * Has all profiles read anew. What is in force stays as it is until something is activated; what is in force without a
   * profile any more ends.
   * @throws NetworkManagerAway, NetworkManagerSilent, NetworkManagerRefused
   */
  async reload(signal?: AbortSignal): Promise<void> {
    await nmcli(this.#nmcli, ['connection', 'reload'], { signal });
  }

  /**
   * Makes sure that NetworkManager holds the cart's profile of an interface under this id, as it was written last.
   * @throws ProfileNotTaken, and what asking throws
   */
  async expectProfile(interfaceName: string, id: string, signal?: AbortSignal): Promise<void> {
    const uuid = profileUuid(interfaceName);
    const args = ['--get-values', 'connection.id', 'connection', 'show', 'uuid', uuid];
    const held = await nmcli(this.#nmcli, ['--escape', 'no', ...args], {
      signal,
      expected: () => '',
    });
    if (held.trimEnd() !== id) throw new ProfileNotTaken();
  }

  /**
   * Brings a profile up on an interface and waits until it has an address, or until a sign-in was refused.
   * @param waitMs rounded down to seconds, one at least
   * @param hasSignIn whether it signs in by 802.1X: then it is heard why that failed
   * @throws ProfileNotActivated, and what asking throws
   */
  async activate(
    interfaceName: string,
    uuid: string,
    waitMs: number,
    signal?: AbortSignal,
    hasSignIn = false,
  ): Promise<void> {
    if (!hasSignIn) return await this.#up(interfaceName, uuid, waitMs, signal);
    const { busAddress } = this.#nmcli;
    const watch = await watchLogin(interfaceName, busAddress === null ? {} : { busAddress });
    const refused = new AbortController();
    void watch.failed.then(() => refused.abort());
    const either = [refused.signal, ...(signal === undefined ? [] : [signal])];
    try {
      await this.#up(interfaceName, uuid, waitMs, AbortSignal.any(either));
    } catch (fault) {
      if (refused.signal.aborted)
        throw new ProfileNotActivated(watch.failure() ?? 'NETWORK_LOGIN_REFUSED');
      const isLogin =
        fault instanceof ProfileNotActivated && fault.finding === 'NETWORK_LOGIN_REFUSED';
      throw isLogin ? new ProfileNotActivated(watch.failure() ?? fault.finding) : fault;
    } finally {
      await watch.stop();
    }
  }

  async #up(
    interfaceName: string,
    uuid: string,
    waitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const wait = String(Math.max(1, Math.floor(waitMs / 1000)));
    const args = ['--wait', wait, 'connection', 'up', 'uuid', uuid, 'ifname', interfaceName];
    const failed = await nmcli(this.#nmcli, args, {
      // It ends by itself after `--wait`.
      timeoutMs: waitMs + ANSWER_AFTER_WAIT_MS,
      signal,
      expected: (failure: NmcliFailure) => failure,
    });
    if (typeof failed === 'string') return;
    if (failed.exitCode !== EXIT_TIMED_OUT) throw new ProfileNotActivated(findingOf(failed));
    const show = ['--get-values', 'GENERAL.STATE', 'device', 'show', interfaceName];
    const state = await nmcli(this.#nmcli, show, { signal, expected: () => '' });
    throw new ProfileNotActivated(waitedFor(state));
  }

  /**
   * Lists the wired and Wi-Fi interfaces of the cart.
   * @throws NetworkManagerAway, NetworkManagerSilent, NetworkManagerRefused
   */
  async interfaces(signal?: AbortSignal): Promise<readonly NetworkInterface[]> {
    const args = ['--terse', '--escape', 'yes', '--fields', 'DEVICE,TYPE', 'device', 'status'];
    const listed = readTabular(await nmcli(this.#nmcli, args, { signal }));
    const names = listed
      .filter(([name = '', type = '']) => KIND_OF[type] !== undefined && isInterfaceName(name))
      .map(([name = '']) => name)
      .slice(0, INTERFACES_MAX);
    // One by one: nmcli gives up on the whole list at a device that it does not know.
    const shown = await Promise.all(names.map((name) => this.#show(name, signal)));
    return shown.filter((each) => each !== null);
  }

  /** Null: it went away meanwhile. */
  async #show(name: string, signal: AbortSignal | undefined): Promise<NetworkInterface | null> {
    const args = ['--terse', '--mode', 'multiline', '--fields', SHOWN, 'device', 'show', name];
    const printed = await nmcli(this.#nmcli, args, { signal, expected: () => null });
    return printed === null ? null : readInterface(printed);
  }
}

/** As NetworkManager names the kinds. */
const KIND_OF: Readonly<Record<string, InterfaceKind | undefined>> = {
  ethernet: 'wired',
  wifi: 'wifi',
};

/** Reads one interface as `nmcli device show` prints it; null when it is of no kind that the cart deals with. */
export function readInterface(printed: string): NetworkInterface | null {
  const values = readMultiline(printed);
  const one = (field: string): string | null => values.get(field)?.[0] ?? null;
  const kind = KIND_OF[one('GENERAL.TYPE') ?? ''];
  const name = one('GENERAL.DEVICE');
  if (kind === undefined || name === null) return null;
  const state = Number.parseInt(one('GENERAL.STATE') ?? '', 10);
  const [, address = null, length = null] =
    /^([\d.]+)\/(\d+)$/.exec(one('IP4.ADDRESS') ?? '') ?? [];
  const id = one('GENERAL.CONNECTION');
  const uuid = one('GENERAL.CON-UUID');
  const hasLink = linkOf(kind, one('WIRED-PROPERTIES.CARRIER'), state);
  return {
    name,
    kind,
    hardwareAddress: one('GENERAL.HWADDR') ?? '',
    state: stateOf(state),
    hasLink,
    speed: hasLink === false ? null : speedOf(one('CAPABILITIES.SPEED')),
    address,
    prefixLength: length === null ? null : Number(length),
    router: one('IP4.GATEWAY'),
    nameServers: values.get('IP4.DNS') ?? [],
    activeProfile: id === null || uuid === null ? null : { id, uuid },
  };
}

/** NMDeviceState of NetworkManager's D-Bus API. */
function stateOf(state: number): InterfaceState {
  if (state === 100) return 'up';
  if (state >= 40 && state < 100) return 'connecting';
  return state <= 10 || Number.isNaN(state) ? 'off' : 'down';
}

function linkOf(kind: InterfaceKind, carrier: string | null, state: number): boolean | null {
  if (kind === 'wired') return carrier === null ? null : carrier === 'on';
  // A radio is associated before it asks for an address (70, IP_CONFIG).
  return state >= 70 && state <= 100;
}

function speedOf(text: string | null): number | null {
  const digits = /^(\d{1,7}) Mb\/s$/.exec(text ?? '')?.[1];
  return digits === undefined || Number(digits) === 0 ? null : Number(digits);
}
