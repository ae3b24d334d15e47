/**
 * The cart's Wi-Fi adapters: which networks they hear, and what they can (decision 0019).
 *
 * It asks NetworkManager by `nmcli` and the kernel's wireless part by `iw`; it changes nothing. No adapter has verified it:
 * `docs/hardware.md` says what was tried against what.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { isInterfaceName } from '@chaperone/domain/network/interface-name.ts';
import type { BandAbilities, WiFiAbilities } from '@chaperone/domain/network/wifi-abilities.ts';
import { readPhy } from './iw-phy.ts';
import { runProgram } from './run-program.ts';
import type { Run } from './run-program.ts';
import { JOINED_FIELDS, SCAN_FIELDS, readJoined, readScan } from './wifi-scan.ts';
import type { WiFiNetwork } from './wifi-scan.ts';

export type { WiFiNetwork } from './wifi-scan.ts';

/** Thrown when an interface is not there, is no Wi-Fi adapter, or is switched off. */
export class WiFiAdapterAway extends DomainError {
  readonly code = 'WIFI_ADAPTER_AWAY';
}

/** Thrown when NetworkManager gave no list of networks. */
export class WiFiScanFailed extends DomainError {
  readonly code = 'WIFI_SCAN_FAILED';
}

export interface WiFiAdapterOptions {
  /** Default `nmcli`. */
  readonly nmcli?: string;
  /** Default `iw`. */
  readonly iw?: string;
  /** In place of the system bus's own address. */
  readonly busAddress?: string;
}

/** nmcli itself waits 15 s for a new scan, then lists what is known. */
const SCAN_TIMEOUT_MS = 25_000;
const QUESTION_TIMEOUT_MS = 10_000;
/** nmcli(1), "EXIT STATUS": connection, device or access point does not exist. */
const EXIT_NOT_THERE = 10;

export class WiFiAdapters {
  readonly #nmcli: string;
  readonly #iw: string;
  readonly #busAddress: string | null;

  constructor({ nmcli = 'nmcli', iw = 'iw', busAddress }: WiFiAdapterOptions = {}) {
    this.#nmcli = nmcli;
    this.#iw = iw;
    this.#busAddress = busAddress ?? null;
  }

  /**
   * Listens for the networks in the air; takes some seconds.
   * @throws WiFiAdapterAway, WiFiScanFailed, and the signal's reason
   */
  async scan(name: string, signal?: AbortSignal): Promise<readonly WiFiNetwork[]> {
    const list = ['--fields', SCAN_FIELDS, 'device', 'wifi', 'list', 'ifname', named(name)];
    return readScan(await this.#list(name, [...list, '--rescan', 'yes'], signal));
  }

  async #list(name: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
    const run = await this.#ask(args, SCAN_TIMEOUT_MS, signal);
    if (run.exitCode === 0) return run.text;
    if (run.exitCode === EXIT_NOT_THERE) throw away(name);
    throw new WiFiScanFailed(
      'NetworkManager gave no list of networks. Wait some seconds and scan again.',
    );
  }

  /**
   * Says how strong the network is that an adapter is in, 0 to 100; null when it is in none. Nothing is scanned for it.
   * @throws WiFiAdapterAway, WiFiScanFailed, and the signal's reason
   */
  async joinedPercent(name: string, signal?: AbortSignal): Promise<number | null> {
    const list = ['--fields', JOINED_FIELDS, 'device', 'wifi', 'list', 'ifname', named(name)];
    return readJoined(await this.#list(name, [...list, '--rescan', 'no'], signal));
  }

  /**
   * Says what an adapter can; what nobody tells counts as not there.
   * @throws WiFiAdapterAway, and the signal's reason
   */
  async abilities(name: string, signal?: AbortSignal): Promise<WiFiAbilities> {
    const shown = ['--mode', 'multiline', '--fields', 'WIFI-PROPERTIES'];
    const args = [...shown, 'device', 'show', named(name)];
    const [properties, phy] = await Promise.all([
      this.#ask(args, QUESTION_TIMEOUT_MS, signal),
      this.#phy(name, signal),
    ]);
    const has = readProperties(properties.text);
    if (properties.exitCode !== 0 || !has('WPA', 'WPA2', 'WEP', 'CCMP')) throw away(name);
    const told = readPhy(phy);
    const isTold = told.band24 !== null || told.band5 !== null;
    return {
      band24: isTold ? told.band24 : has('2GHZ')?.yes === true ? UNTOLD : null,
      band5: isTold ? told.band5 : has('5GHZ')?.yes === true ? UNTOLD : null,
      hasWPA2: has('WPA2')?.yes === true,
      hasCCMP: has('CCMP')?.yes === true && told.hasCCMP !== false,
    };
  }

  /** Empty: `iw` is not installed, or knows nothing of it. */
  async #phy(name: string, signal: AbortSignal | undefined): Promise<string> {
    const limits = { timeoutMs: QUESTION_TIMEOUT_MS, signal };
    const { text } = await runProgram(this.#iw, ['dev', name, 'info'], limits);
    const index = /^\s*wiphy (\d{1,4})$/m.exec(text)?.[1];
    if (index === undefined) return '';
    return (await runProgram(this.#iw, ['phy', `phy#${index}`, 'info'], limits)).text;
  }

  #ask(args: readonly string[], timeoutMs: number, signal?: AbortSignal): Promise<Run> {
    const limits = { timeoutMs, signal, busAddress: this.#busAddress };
    return runProgram(this.#nmcli, ['--terse', '--colors', 'no', ...args], limits);
  }
}

/** A band of which only its being there is known. */
const UNTOLD: BandAbilities = {
  hasCCK: false,
  hasOFDM: false,
  htMCSMax: null,
  vhtMCSMax: null,
  streams: 1,
  channels: [],
};

/** Reads `WIFI-PROPERTIES.CCMP:yes`; the answer is undefined when none of the names is there. */
function readProperties(
  text: string,
): (...names: readonly string[]) => { readonly yes: boolean } | undefined {
  const found = new Map<string, boolean>();
  for (const [, name = '', value] of text.matchAll(/^WIFI-PROPERTIES\.([A-Z0-9-]+):(\w+)$/gm))
    found.set(name, value === 'yes');
  return (...names) => {
    const name = names.find((each) => found.has(each));
    return name === undefined ? undefined : { yes: found.get(name) === true };
  };
}

function named(name: string): string {
  if (!isInterfaceName(name)) throw away('this name');
  return name;
}

function away(name: string): WiFiAdapterAway {
  return new WiFiAdapterAway(
    `There is no Wi-Fi adapter ${name} that is switched on. Look at the list of interfaces.`,
  );
}
