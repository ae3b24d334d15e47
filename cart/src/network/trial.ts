/**
 * One profile being tried: it is brought up, and looked at until what it has to show is there, or the time is over: link,
 * address and gateway; or link, address and router, where a person chose that.
 *
 * It lies in NetworkManager's memory and comes up by nobody else's doing, so that a refused sign-in is not tried again and
 * again: that locks accounts.
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { LOGIN_FAILURES } from '@chaperone/domain/network/login-failure.ts';
import type { ChangeFailure } from '@chaperone/domain/network/network-change.ts';
import { hasSignIn } from '@chaperone/domain/network/network-profile.ts';
import type { NetworkProfile } from '@chaperone/domain/network/network-profile.ts';
import {
  ProfileNotActivated,
  profileId,
  profileUuid,
} from '../device/network-manager/network-manager.ts';
import type {
  NetworkInterface,
  NetworkManager,
} from '../device/network-manager/network-manager.ts';
import type { Log } from '../platform/log.ts';
import type { BegunChange } from './change-file.ts';

/** Between two looks. Milliseconds. */
const LOOK_PAUSE_MS = 1000;
/** What is kept of the time to ask what a profile that does not come up waits for. Milliseconds. */
const ASKING_MS = 1000;

export interface TrialOptions {
  readonly networkManager: NetworkManager;
  readonly checkRouter: (
    interfaceName: string,
    router: string,
    signal: AbortSignal,
  ) => Promise<void>;
  readonly checkGateway: (interfaceName: string, signal: AbortSignal) => Promise<void>;
  /** What is left of the time. Milliseconds; 0 when it is over. */
  readonly leftMs: () => number;
  /** Is told what is in the way at each look, as a code. */
  readonly onTrouble: (code: string) => void;
  readonly log: Log;
  /** Ends it. */
  readonly withdrawn: AbortSignal;
}

/** Tries a profile. @returns null when it is proven, or why it was not */
export async function tryProfile(
  options: TrialOptions,
  begun: BegunChange,
  profile: NetworkProfile,
): Promise<ChangeFailure | null> {
  const trial = new Trial(options, begun, profile);
  try {
    await trial.place();
  } catch (fault) {
    if (options.withdrawn.aborted) return 'WITHDRAWN';
    options.log.warn({ fault }, 'network: the new profile was not taken');
    options.onTrouble(codeOf(fault));
    return 'NOT_APPLIED';
  }
  return await trial.look();
}

class Trial {
  readonly #options: TrialOptions;
  readonly #begun: BegunChange;
  readonly #profile: NetworkProfile;
  /** Ends when it is withdrawn, or its time is over. */
  readonly #signal: AbortSignal;
  /** The profile before may be in force under the same UUID: only our own activation is one. */
  #isActivated = false;

  constructor(options: TrialOptions, begun: BegunChange, profile: NetworkProfile) {
    this.#options = options;
    this.#begun = begun;
    this.#profile = profile;
    const limit = AbortSignal.timeout(Math.ceil(options.leftMs()));
    this.#signal = AbortSignal.any([options.withdrawn, limit]);
  }

  /** Gives the profile to NetworkManager, which does not bring it up by itself. */
  async place(): Promise<void> {
    const { networkManager } = this.#options;
    const { interface: name, id } = this.#begun;
    await networkManager.profiles.writeTrial(name, this.#profile, id);
    await networkManager.reload(this.#signal);
    await networkManager.expectProfile(name, profileId(name, id), this.#signal);
  }

  /** Looks until everything is there. */
  async look(): Promise<ChangeFailure | null> {
    const { withdrawn, leftMs, onTrouble } = this.#options;
    for (;;) {
      const trouble = await this.#trouble();
      if (withdrawn.aborted) return 'WITHDRAWN';
      if (trouble === null) return null;
      // What the end of the time broke off says nothing of the network.
      if (!this.#signal.aborted) onTrouble(trouble);
      if (trouble !== null && isRefusal(trouble)) return 'LOGIN_REFUSED';
      await pause(LOOK_PAUSE_MS, undefined, { signal: this.#signal }).catch(() => undefined);
      if (withdrawn.aborted) return 'WITHDRAWN';
      if (this.#signal.aborted || leftMs() === 0) return 'TIMED_OUT';
    }
  }

  /** Takes one look. @returns what is in the way, as a code */
  async #trouble(): Promise<string | null> {
    const { networkManager, leftMs, log } = this.#options;
    const { interface: name } = this.#begun;
    try {
      if (!this.#isActivated || (await this.#shown())?.state !== 'up') {
        const waitMs = leftMs() - ASKING_MS;
        const uuid = profileUuid(name);
        await networkManager.activate(name, uuid, waitMs, this.#signal, hasSignIn(this.#profile));
        this.#isActivated = true;
      }
      const shown = await this.#shown();
      const missing = missingOf(shown);
      if (missing !== null) return missing;
      // It may not listen to its signal: the time of a trial is over when it is over.
      await Promise.race([this.#check(shown?.router ?? null), ended(this.#signal)]);
      // Meanwhile this interface may have lost its link.
      return missingOf(await this.#shown());
    } catch (fault) {
      if (!(fault instanceof ProfileNotActivated)) {
        const isExpected = fault instanceof DomainError || this.#signal.aborted;
        if (!isExpected) log.warn({ fault }, 'network: a look at the new profile failed');
        return codeOf(fault);
      }
      // Nothing but the check whether somebody else has it keeps a fixed address from being set up, where there is a link:
      // NetworkManager waits for some seconds before it says that one is gone.
      const isTaken = fault.finding === 'NO_ADDRESS' && this.#profile.ipv4.method === 'static';
      if (isTaken) return (await this.#hasLink()) ? 'ADDRESS_IN_USE' : 'LINK_DOWN';
      const isPassphrase = fault.finding === 'NETWORK_LOGIN_REFUSED' && !hasSignIn(this.#profile);
      return isPassphrase ? 'LOGIN_PASSPHRASE_REFUSED' : fault.finding;
    }
  }

  /** Asks whoever has to answer. A network may have no router: then nobody has to, where the gateway is not asked for. */
  async #check(router: string | null): Promise<void> {
    const { checkGateway, checkRouter } = this.#options;
    const { interface: name, proof } = this.#begun;
    if (proof === 'gateway') return await checkGateway(name, this.#signal);
    if (router !== null) await checkRouter(name, router, this.#signal);
  }

  /** Nobody says so: it counts as there. */
  async #hasLink(): Promise<boolean> {
    const shown = await this.#shown().catch(() => null);
    return shown?.hasLink !== false;
  }

  async #shown(): Promise<NetworkInterface | undefined> {
    const interfaces = await this.#options.networkManager.interfaces(this.#signal);
    return interfaces.find(({ name }) => name === this.#begun.interface);
  }
}

/** Rejects when a signal is aborted. */
async function ended(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  await once(signal, 'abort');
  throw signal.reason;
}

/** Whether a second try would only count against the account. Where nobody answered, somebody may yet. */
function isRefusal(trouble: string): boolean {
  if (trouble === 'NETWORK_LOGIN_REFUSED') return true;
  return Object.hasOwn(LOGIN_FAILURES, trouble) && trouble !== 'LOGIN_NO_ANSWER';
}

function missingOf(shown: NetworkInterface | undefined): string | null {
  if (shown === undefined || shown.hasLink === false) return 'LINK_DOWN';
  return shown.state === 'up' && shown.address !== null ? null : 'NO_ADDRESS';
}

/** The code of an expected failure; what nobody expected has none that means anything to a person. */
function codeOf(fault: unknown): string {
  const code = fault instanceof Error && 'code' in fault ? fault.code : null;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : 'UNEXPECTED';
}
