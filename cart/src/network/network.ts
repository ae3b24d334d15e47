/**
 * The network of the cart: what it is, and a new profile for one interface with a way back (decision 0018).
 *
 * Order is what makes the way back hold. That something is tried is on the disk before anything is touched; what is tried lies in
 * NetworkManager's memory only and hides the last good profile, whose file stays as it is. So a power cut at any moment comes up
 * with the last good one, without this program's help. Only when link, address and gateway were there in time (or without the
 * gateway, where a person chose that) the new profile is written over the good one, in one rename: that is the moment which
 * decides. Whatever comes after it is tidying up.
 *
 * Taking back is tried until NetworkManager has done it. Every step may be done twice.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import {
  CHANGE_LIMIT_MS,
  NO_CHANGE,
  NetworkChangeUnderWay,
  begin,
  fail,
  isUnderWay,
  keep,
  note,
  prove,
  resume,
  returned,
} from '@chaperone/domain/network/network-change.ts';
import type { ChangeProof, NetworkChange } from '@chaperone/domain/network/network-change.ts';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';
import { admitProfile } from '@chaperone/domain/network/network-rule.ts';
import {
  ProfileNotActivated,
  admitAuthorities,
  profileId,
  profileUuid,
} from '../device/network-manager/network-manager.ts';
import type {
  NetworkInterface,
  NetworkManager,
} from '../device/network-manager/network-manager.ts';
import type { Log } from '../platform/log.ts';
import { NetworkChangeUndone } from './change-undone.ts';
import type { SettingsBefore } from './change-undone.ts';
import { ChangeFile } from './change-file.ts';
import type { BegunChange } from './change-file.ts';
import { tryProfile } from './trial.ts';

export { NetworkChangeUndone } from './change-undone.ts';
export { shownChange } from './shown-change.ts';
export type { ShownChange } from './shown-change.ts';

/** Between two tries to take a profile back. Milliseconds. */
const RETURN_PAUSE_MS = 3000;
/** Time for the last good profile to come up before the change counts as taken back. It goes on by itself after that. */
const RETURN_WAIT_MS = 20_000;

export class NetworkInterfaceUnknown extends DomainError {
  readonly code = 'NETWORK_INTERFACE_UNKNOWN';
}

export interface NetworkOptions {
  readonly networkManager: NetworkManager;
  readonly dataDirectory: string;
  /** Whether a router answers on the link of an interface: rejects with what is in the way, by its `code`. */
  readonly checkRouter: (
    interfaceName: string,
    router: string,
    signal: AbortSignal,
  ) => Promise<void>;
  /** Whether the gateway is reached over an interface as it is now: rejects with what is in the way, by its `code`. */
  readonly checkGateway: (interfaceName: string, signal: AbortSignal) => Promise<void>;
  readonly clock: { monotonicMs(): number };
  /** Takes facts for the journal; a cart that is not enrolled yet has none. */
  readonly record?: (fact: JournalFact) => Promise<void>;
  readonly log: Log;
  /** Milliseconds; default one minute. */
  readonly limitMs?: number;
}

/** An interface with the profile that the cart holds for it, secrets left out. */
export interface HeldInterface extends NetworkInterface {
  /** Null: none of the cart's, or one that somebody else wrote over. */
  readonly profile: NetworkProfile | null;
}

export class Network {
  readonly #options: NetworkOptions;
  readonly #file: ChangeFile;
  readonly #listeners = new Set<(change: NetworkChange) => void>();
  #change: NetworkChange = NO_CHANGE;
  /** From the first look of `apply` until it has begun or was refused. */
  #isBeginning = false;
  #running: Promise<void> = Promise.resolve();
  /** What is on its way to the journal, one after the other. */
  #records: Promise<void> = Promise.resolve();
  /** How the last way back left the interface. */
  #before: SettingsBefore = 'coming';
  /** Ends what is being tried. */
  #trial = new AbortController();
  /** Ends everything that waits. */
  readonly #closing = new AbortController();

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#file = new ChangeFile(options.dataDirectory);
  }

  /** What is being tried, or what became of what was tried last since this program started. */
  get change(): NetworkChange {
    return this.#change;
  }

  /** Milliseconds that are left for what is being tried; null when nothing is. */
  get leftMs(): number | null {
    const change = this.#change;
    if (change.state !== 'trying') return null;
    return Math.max(0, change.untilMs - this.#options.clock.monotonicMs());
  }

  /** Calls back at each change of `change`. @returns what takes the callback away */
  onChange(listener: (change: NetworkChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Settles when nothing is under way, with what became of it. */
  async settled(): Promise<NetworkChange> {
    await this.#running;
    return this.#change;
  }

  /**
   * Lists the interfaces of the cart.
   * @throws NetworkManagerAway, NetworkManagerSilent, NetworkManagerRefused
   */
  async interfaces(signal?: AbortSignal): Promise<readonly HeldInterface[]> {
    const { networkManager } = this.#options;
    const interfaces = await networkManager.interfaces(signal);
    return await Promise.all(
      interfaces.map(async (each) => {
        const held = await networkManager.profiles.readKept(each.name);
        return { ...each, profile: held?.profile ?? null };
      }),
    );
  }

  /**
   * Judges a profile for an interface, and touches nothing.
   * @throws what `apply` throws before it begins
   */
  async admit(interfaceName: string, profile: NetworkProfile): Promise<void> {
    judge(profile);
    if (this.#isBeginning || isUnderWay(this.#change)) throw new NetworkChangeUnderWay();
    await this.#find(interfaceName, profile);
  }

  /**
   * Begins to try a profile on an interface; settles once it has begun. What becomes of it is told by `change`.
   *
   * @param proof what it has to show before it is kept
   * @throws NetworkProfileRefused, NetworkChangeUnderWay, NetworkInterfaceUnknown, and what asking NetworkManager throws: then
   *   nothing was touched
   */
  async apply(
    interfaceName: string,
    profile: NetworkProfile,
    proof: ChangeProof = 'gateway',
  ): Promise<void> {
    judge(profile);
    if (this.#isBeginning || isUnderWay(this.#change)) throw new NetworkChangeUnderWay();
    this.#isBeginning = true;
    try {
      const begun = await this.#begin(interfaceName, profile, proof);
      this.#trial = new AbortController();
      this.#running = this.#run(begun, profile);
    } finally {
      this.#isBeginning = false;
    }
  }

  /**
   * Tries a profile, and settles when it is kept.
   * @throws what `apply` throws, and NetworkChangeUndone
   */
  async setUp(
    interfaceName: string,
    profile: NetworkProfile,
    proof: ChangeProof = 'gateway',
  ): Promise<void> {
    await this.apply(interfaceName, profile, proof);
    const change = await this.settled();
    if (change.state === 'rolled-back' || change.state === 'returning')
      throw new NetworkChangeUndone(change, change.state === 'returning' ? 'coming' : this.#before);
  }

  /** Takes back what is being tried; settles when the last good profile is in force again. */
  async withdraw(): Promise<void> {
    this.#trial.abort();
    await this.#running;
  }

  /**
   * Brings what a restart cut off to its end; call it once, at the start. Settles when it is done, which takes as long as
   * NetworkManager is away: nothing has to wait for it.
   */
  async recover(): Promise<void> {
    const { networkManager, log } = this.#options;
    await networkManager.profiles.prune();
    const begun = await this.#file.read();
    if (begun === 'none') return;
    if (begun === 'damaged') {
      log.warn({}, 'network: what was tried is not known any more; it is taken back');
      this.#running = this.#takeBackUnknown();
    } else {
      const held = await networkManager.profiles.readKept(begun.interface);
      this.#set(resume(begun, held?.changeId ?? null));
      this.#running = this.#change.state === 'keeping' ? this.#tidy(begun) : this.#takeBack(begun);
    }
    await this.#running;
  }

  /** Takes back what is being tried, as far as NetworkManager lets it, and waits for nothing else but what is to be written down. */
  async close(): Promise<void> {
    this.#trial.abort();
    // One try: what is left over is done by `recover`.
    this.#closing.abort();
    await this.#running;
    await this.#records;
  }

  /** @throws NetworkInterfaceUnknown */
  async #find(interfaceName: string, profile: NetworkProfile): Promise<NetworkInterface> {
    const interfaces = await this.#options.networkManager.interfaces();
    const found = interfaces.find(({ name }) => name === interfaceName);
    if (found === undefined || found.kind !== profile.kind || found.state === 'off') {
      const names = interfaces.filter(
        ({ kind, state }) => kind === profile.kind && state !== 'off',
      );
      const listed = names.map(({ name }) => name).join(', ') || 'none';
      throw new NetworkInterfaceUnknown(
        `There is no such ${profile.kind === 'wifi' ? 'Wi-Fi' : 'wired'} interface that NetworkManager sets up. There is: ${listed}.`,
      );
    }
    return found;
  }

  /** Writes down that an interface is being changed. Nothing else is touched before that. */
  async #begin(
    interfaceName: string,
    profile: NetworkProfile,
    proof: ChangeProof,
  ): Promise<BegunChange> {
    const { clock, limitMs = CHANGE_LIMIT_MS } = this.#options;
    const found = await this.#find(interfaceName, profile);
    // One that a restart cut off comes to its end first.
    if ((await this.#file.read()) !== 'none') throw new NetworkChangeUnderWay();
    const active = found.activeProfile?.uuid ?? null;
    const id = randomBytes(8).toString('hex');
    const begun: BegunChange = {
      id,
      interface: interfaceName,
      proof,
      previousUuid: active === profileUuid(interfaceName) ? null : active,
    };
    await this.#file.write(begun);
    this.#record({ kind: 'network-change-begun', interface: interfaceName, proof });
    this.#set(begin(this.#change, begun, clock.monotonicMs(), limitMs));
    return begun;
  }

  async #run(begun: BegunChange, profile: NetworkProfile): Promise<void> {
    const { clock, networkManager, log } = this.#options;
    const failure = await tryProfile(
      {
        ...this.#options,
        leftMs: () => this.leftMs ?? 0,
        onTrouble: (code) => this.#set(note(this.#change, code)),
        withdrawn: this.#trial.signal,
      },
      begun,
      profile,
    );
    if (failure !== null) this.#set(fail(this.#change, failure));
    else this.#set(prove(this.#change, begun.proof, clock.monotonicMs()));
    if (this.#change.state === 'keeping') {
      try {
        await networkManager.profiles.writeKept(begun.interface, profile, begun.id);
      } catch (fault) {
        log.warn({ fault }, 'network: the new profile was not written');
      }
      // An error can come after the rename: the file itself says which profile is the good one.
      const isKept = (await this.#keptId(begun.interface)) === begun.id;
      if (isKept) return await this.#tidy(begun);
      this.#set(fail(this.#change, 'NOT_KEPT'));
    }
    await this.#takeBack(begun);
  }

  /** The new profile is the good one: what was tried goes, and nothing that is in force changes by it. */
  async #tidy(begun: BegunChange): Promise<void> {
    const { networkManager } = this.#options;
    const name = begun.interface;
    const isDone = await this.#untilDone(async () => {
      await networkManager.profiles.removeTrials();
      await networkManager.reload();
      await networkManager.expectProfile(name, profileId(name, null));
      await this.#file.remove();
    });
    if (!isDone) return;
    this.#record({ kind: 'network-changed', interface: name, proof: begun.proof });
    this.#set(keep(this.#change));
  }

  /** Takes away what was tried, and has the one before brought up. */
  async #takeBack(begun: BegunChange): Promise<void> {
    const { networkManager } = this.#options;
    const isDone = await this.#untilDone(async () => {
      await networkManager.profiles.removeTrials();
      await networkManager.reload();
      const held = await networkManager.profiles.readKept(begun.interface);
      const uuid = held === null ? begun.previousUuid : profileUuid(begun.interface);
      this.#before = 'none';
      if (uuid !== null)
        this.#before = (await this.#bringUp(begun.interface, uuid)) ? 'up' : 'down';
      await this.#file.remove();
    });
    const { change } = this;
    if (!isDone || change.state !== 'returning') return;
    const { failure } = change;
    this.#record({ kind: 'network-change-undone', interface: begun.interface, failure });
    this.#set(returned(change));
  }

  /** The same when what was written down cannot be read: whatever the cart holds is brought up. */
  async #takeBackUnknown(): Promise<void> {
    const { networkManager } = this.#options;
    await this.#untilDone(async () => {
      await networkManager.profiles.removeTrials();
      await networkManager.reload();
      for (const { name } of await networkManager.interfaces()) {
        if ((await networkManager.profiles.readKept(name)) === null) continue;
        await this.#bringUp(name, profileUuid(name));
      }
      await this.#file.remove();
    });
  }

  /**
   * Brings the last good profile up. That it does not come up now changes nothing: NetworkManager tries it again by itself.
   * @returns whether it is up
   */
  async #bringUp(name: string, uuid: string): Promise<boolean> {
    try {
      await this.#options.networkManager.activate(name, uuid, RETURN_WAIT_MS);
      return true;
    } catch (fault) {
      if (!(fault instanceof ProfileNotActivated)) throw fault;
      return false;
    }
  }

  /** Does an act again and again until it succeeds once, or the agent stops: then `recover` does it at the next start. */
  async #untilDone(act: () => Promise<void>): Promise<boolean> {
    const { signal } = this.#closing;
    for (;;) {
      try {
        await act();
        return true;
      } catch (fault) {
        this.#options.log.warn({ fault }, 'network: not done yet; it is tried again');
      }
      await pause(RETURN_PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return false;
    }
  }

  async #keptId(interfaceName: string): Promise<string | null> {
    const held = await this.#options.networkManager.profiles.readKept(interfaceName);
    return held?.changeId ?? null;
  }

  #set(change: NetworkChange): void {
    if (change === this.#change) return;
    this.#change = change;
    for (const listener of this.#listeners) listener(change);
  }

  /** What is in force does not wait for a journal; who closes the network does. */
  #record(fact: JournalFact): void {
    const { record, log } = this.#options;
    if (record === undefined) return;
    this.#records = this.#records
      .then(() => record(fact))
      .catch((fault: unknown) => {
        log.warn({ fault, kind: fact.kind }, 'network: the journal does not have it');
      });
  }
}

/** @throws NetworkProfileRefused */
function judge(profile: NetworkProfile): void {
  admitProfile(profile);
  admitAuthorities(profile, Date.now());
}
