/**
 * What is kept between openings of roads, so that the two connections of a session ask name servers and the PAC file's server once.
 *
 * Nothing is kept beyond a failure, beyond a change of the network, or for long: what was right a minute ago may be what is wrong.
 */
import { networkInterfaces } from 'node:os';
import type { FoundAddresses } from './name/find-addresses.ts';
import type { MachineNames } from './name/machine-names.ts';

const NAME_LIFE_MS_MAX = 60_000;
const PAC_LIFE_MS = 5 * 60_000;
/** A hostile PAC file may ask for many names; they are not worth keeping. */
const NAMES_MAX = 32;

interface Kept<Value> {
  readonly value: Value;
  readonly untilMs: number;
}

export class RoadMemory {
  readonly #names = new Map<string, Kept<FoundAddresses>>();
  #pac: (Kept<string> & { readonly url: string }) | null = null;
  #network = '';
  readonly #monotonicMs: () => number;

  constructor(monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
  }

  /** Says which network the cart is in; on another one nothing is remembered. */
  arriveIn(machine: MachineNames): void {
    const network = JSON.stringify([machine.servers, machine.searchDomains, addresses()]);
    if (network !== this.#network) this.forget();
    this.#network = network;
  }

  forget(): void {
    this.#names.clear();
    this.#pac = null;
  }

  name(host: string): FoundAddresses | null {
    return this.#inForce(this.#names.get(host));
  }
  keepName(host: string, value: FoundAddresses): void {
    if (this.#names.size >= NAMES_MAX) this.#names.clear();
    const lifeMs = Math.min(value.lifeMs, NAME_LIFE_MS_MAX);
    this.#names.set(host, { value, untilMs: this.#monotonicMs() + lifeMs });
  }

  pac(url: string): string | null {
    return this.#pac?.url === url ? this.#inForce(this.#pac) : null;
  }
  keepPAC(url: string, value: string): void {
    this.#pac = { url, value, untilMs: this.#monotonicMs() + PAC_LIFE_MS };
  }

  #inForce<Value>(kept: Kept<Value> | undefined): Value | null {
    return kept !== undefined && this.#monotonicMs() < kept.untilMs ? kept.value : null;
  }
}

/** The machine's own addresses: they change with the network. */
function addresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ cidr, address }) => cidr ?? address)
    .toSorted();
}
