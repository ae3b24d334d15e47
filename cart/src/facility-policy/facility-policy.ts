/**
 * The policy of this cart's facility, as the agent holds to it against any gateway. Decision 0039.
 *
 * Outside a session it is judged by the cart's clock whenever something is to begin. With a session it is taken once, together with
 * the instant of the monotonic clock at which the session is over by it: a clock that is set meanwhile changes nothing. A policy that
 * comes meanwhile counts at once, by the time that the session's beginning and the monotonic clock tell. New ones are asked for beside each session, and when the button was refused for want of one, as
 * for later terms of a licence; or root brings one in a file. What a session asks here is `SessionPolicy`.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { Instant } from '@chaperone/domain/clock/instant.ts';
import {
  admitActivities,
  admitFile,
  admitSession,
  admitTechnician,
  FacilityClosed,
  FacilityPolicyNotInForce,
  mayListFile,
  mayUseTemplates,
  mustDeIdentify,
  sessionClosesUtcMs,
} from '@chaperone/domain/facility-policy/facility-policy.ts';
import type {
  Asking,
  FileDirection,
  PolicyStanding,
} from '@chaperone/domain/facility-policy/facility-policy.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import type { JournalFact } from '@chaperone/domain/journal-entry/journal-entry.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import {
  FACILITY_POLICY_RECEIPT_TYP,
  facilityKeyFingerprint,
  readFacilityKey,
  readPolicy,
} from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import { ApproverPins } from './approver-pins.ts';
import {
  FacilityKeyMismatch,
  FacilityKeyNotSet,
  FacilityPolicyNotKept,
} from './facility-policy-error.ts';
import {
  admitNew,
  chosenOf,
  floorOf,
  keptOf,
  loadHeld,
  receiptOf,
  standingOfHeld,
  withoutReplaced,
} from './held-policies.ts';
import type { Held, HeldPolicies } from './held-policies.ts';
import { askForPolicy, sendPolicyReceipt } from './policy-exchange.ts';
import type { PolicyRoad } from './policy-exchange.ts';
import { removeKey, removePolicies, writeKey, writePolicies } from './policy-file.ts';

export * from './facility-policy-error.ts';
export type { PolicyRoad } from './policy-exchange.ts';

export interface FacilityPolicyOptions {
  readonly directory: string;
  readonly serial: CartSerial;
  readonly now: () => Instant;
  /** Keeps facts before they take effect. @throws JournalUnwritable */
  readonly record: (facts: readonly JournalFact[]) => Promise<unknown>;
  /** Gives null where nobody can sign: on a cart that is not enrolled. */
  readonly sign: (typ: string, claims: object) => Promise<string | null>;
  /** How the gateway is reached. */
  readonly road: (signal: AbortSignal) => Promise<PolicyRoad>;
  /** Whether the cart may dial for it now. */
  readonly mayDial: () => boolean;
  /** Told why asking the gateway failed; nobody waits for it. */
  readonly onFailure: (fault: unknown) => void;
}

/** What people are told of it. */
export interface ShownPolicy {
  readonly facility: string | null;
  readonly version: number | null;
  readonly validUntilUtcMs: number | null;
  /** A later one that waits for its day. */
  readonly waitingVersion: number | null;
  readonly trouble: string | null;
  readonly fingerprint: string | null;
}

interface Hold {
  /** When the session began, by both clocks. */
  readonly begun: Instant;
  readonly standing: PolicyStanding;
  /** Null: by no rule of the policy. */
  readonly closesMonotonicMs: number | null;
}

const ASK_PAUSE_MS = 60_000;

export class FacilityPolicyInForce {
  readonly #options: FacilityPolicyOptions;
  readonly #pins: ApproverPins;
  readonly #listeners = new Set<() => void>();
  readonly #stop = new AbortController();
  #held: Held;
  #hold: Hold | null = null;
  #askedMonotonicMs = -Infinity;
  #asking: Promise<void> | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: FacilityPolicyOptions, held: Held) {
    this.#options = options;
    this.#held = held;
    this.#pins = new ApproverPins(options.directory, () => options.now().monotonicMs);
  }

  /** Reads what is kept. What cannot be read admits nothing, and is said. */
  static async open(options: FacilityPolicyOptions): Promise<FacilityPolicyInForce> {
    return new FacilityPolicyInForce(options, await loadHeld(options.directory));
  }

  /** How the cart stands to it: as the session took it, or by the clock. */
  get standing(): PolicyStanding {
    return this.#hold?.standing ?? this.#standingNow();
  }

  get shown(): ShownPolicy | null {
    const held = this.#held;
    if (held === 'none') return null;
    const { standing } = this;
    const trouble = standing.is === 'in-force' || standing.is === 'none' ? null : standing.is;
    const none = { facility: null, version: null, validUntilUtcMs: null, waitingVersion: null };
    if (held === 'key-damaged') return { ...none, trouble, fingerprint: null };
    const chosen = chosenOf(held.policies, this.#options.now().utcMs);
    const { fingerprint } = held;
    if (chosen === null) return { ...none, trouble, fingerprint };
    const { facility, version, validUntilUtcMs } = chosen.policy;
    const waiting = held.policies.at(-1);
    const waitingVersion = waiting === chosen ? null : (waiting?.policy.version ?? null);
    return { facility, version, validUntilUtcMs, waitingVersion, trouble, fingerprint };
  }

  /** Calls back whenever something else is held. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // What a session asks.

  /** Lets a session begin now, or asks the gateway for a later policy and refuses. @throws FacilityPolicyNotInForce, FacilityClosed */
  requireOpen(): void {
    try {
      admitSession(this.#standingNow(), this.#options.now().utcMs);
    } catch (fault) {
      if (fault instanceof FacilityPolicyNotInForce) this.look();
      throw fault;
    }
  }

  /** Takes the policy for a session that begins. */
  beginSession(): void {
    this.#hold = this.#newHold(this.#options.now());
  }

  endSession(): void {
    this.#hold = null;
  }

  /** When the running session is over by the policy, by the monotonic clock; null: by no rule, or no session. */
  get closesMonotonicMs(): number | null {
    return this.#hold?.closesMonotonicMs ?? null;
  }

  /** @throws FacilityPolicyNotInForce, FacilityClosed, TechnicianNotAllowed */
  admitTechnician(asking: Asking, wanted: readonly Activity[]): readonly Activity[] {
    this.#requireNotClosed();
    return admitTechnician(this.standing, asking, wanted);
  }

  /** @throws FacilityPolicyNotInForce, FacilityClosed, ActivityNotAllowed */
  admitActivities(asking: Asking, wanted: readonly Activity[]): void {
    this.#requireNotClosed();
    admitActivities(this.standing, asking, wanted);
  }

  /** @throws FacilityPolicyNotInForce, FacilityClosed, FileTypeNotAllowed */
  admitFile(direction: FileDirection, name: string, head: Uint8Array): void {
    this.#requireNotClosed();
    admitFile(this.standing, direction, name, head);
  }

  mayListFile(name: string): boolean {
    return mayListFile(this.standing, name);
  }

  mustDeIdentify(): boolean {
    return mustDeIdentify(this.standing);
  }

  mayUseTemplates(sha256: string): boolean {
    return mayUseTemplates(this.standing, sha256);
  }

  /** @throws ApproverLocked, ApproverPinNotSet */
  isApproverPin(approverId: string, pin: string): Promise<boolean> {
    return this.#pins.isRight(approverId, pin);
  }

  // What changes it.

  /**
   * Pins the facility's key, in place of the one before. Policies that another key signed are gone.
   * @param fingerprint that a person compared, hexadecimal
   * @throws FacilityKeyMalformed, FacilityKeyMismatch, JournalUnwritable
   */
  setKey(publicKeyPem: string, fingerprint: string): Promise<void> {
    return this.#next(async () => {
      const key = readFacilityKey(publicKeyPem);
      const own = facilityKeyFingerprint(key);
      if (fingerprint.toLowerCase().replaceAll(/[\s:-]/g, '') !== own)
        throw new FacilityKeyMismatch();
      const held = this.#held;
      if (typeof held === 'object' && held.fingerprint === own) return;
      await this.#options.record([{ kind: 'facility-key-pinned', fingerprint: own }]);
      const pem = key.export({ type: 'spki', format: 'pem' }).toString();
      // The key first: beside it, what another key signed admits nothing. Without any key the cart would have no policy.
      await writeKey(this.#options.directory, { publicKey: pem, highestVersion: 0 });
      await removePolicies(this.#options.directory);
      await this.#reload();
    });
  }

  /** Forgets the facility's key: from then on the cart has no facility policy. @throws JournalUnwritable */
  removeKey(): Promise<void> {
    return this.#next(async () => {
      if (this.#held === 'none') return;
      await this.#options.record([{ kind: 'facility-key-removed' }]);
      await removeKey(this.#options.directory);
      await this.#reload();
    });
  }

  /**
   * Takes a policy, from wherever it came.
   * @param jws not trusted
   * @returns its version
   * @throws FacilityKeyNotSet, FacilityPolicyUntrusted, FacilityPolicyMalformed, FacilityPolicySuperseded, FacilityPolicyForOthers,
   *   FacilityPolicyOver, FacilityPolicyNotKept, JournalUnwritable
   */
  install(jws: string): Promise<number> {
    return this.#next(async () => {
      try {
        return await this.#install(jws);
      } catch (fault) {
        if (fault instanceof DomainError && fault.code !== 'JOURNAL_UNWRITABLE')
          await this.#options
            .record([{ kind: 'facility-policy-refused', code: fault.code }])
            .catch(() => undefined);
        throw fault;
      }
    });
  }

  /** Sets an approver's PIN. @param pin checked by `admitPin` */
  async setApproverPin(approverId: string, pin: string): Promise<void> {
    await this.#options.record([{ kind: 'approver-pin-set', approver: approverId }]);
    await this.#pins.set(approverId, pin);
  }

  /**
   * Asks the gateway for a later policy and says which one is held. Nobody has to wait for it.
   * @param isForSession beside a session it is asked once in any case; otherwise not more than once a minute
   */
  look(isForSession = false): void {
    const { now, mayDial, onFailure } = this.#options;
    const sinceMs = now().monotonicMs - this.#askedMonotonicMs;
    const isTooSoon = !isForSession && sinceMs < ASK_PAUSE_MS;
    const held = this.#held;
    if (isTooSoon || this.#asking !== null || this.#stop.signal.aborted) return;
    if (typeof held !== 'object' || !mayDial()) return;
    this.#askedMonotonicMs = now().monotonicMs;
    this.#asking = this.#ask(held)
      .catch((fault: unknown) => {
        if (!this.#stop.signal.aborted) onFailure(fault);
      })
      .finally(() => {
        this.#asking = null;
      });
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the agent stops'));
    await this.#asking;
    await this.#turn;
  }

  async #ask(held: HeldPolicies): Promise<void> {
    const { record, road } = this.#options;
    await record([{ kind: 'facility-policy-asked' }]);
    const opened = await road(this.#stop.signal);
    // What is damaged here, or was not kept, is brought again in the same version.
    const jws = await askForPolicy(Math.max(0, floorOf(held)), opened);
    // Why one is refused is in the journal; the receipt below says what is held all the same.
    if (jws !== null) await this.install(jws).catch(this.#options.onFailure);
    const receipt = await this.#receipt();
    if (receipt !== null) await sendPolicyReceipt(receipt, opened);
  }

  async #install(jws: string): Promise<number> {
    const { directory, serial, now, record } = this.#options;
    const held = this.#held;
    if (typeof held !== 'object') throw new FacilityKeyNotSet();
    const fresh = await readPolicy(jws, held.key);
    const policies = admitNew(held, fresh, serial, now().utcMs);
    const { version } = fresh.policy;
    await record([
      { kind: 'facility-policy-installed', version, sha256: statementDigest(fresh.jws) },
    ]);
    // The version first: whatever happens in between, an older one does not come back.
    const highestVersion = Math.max(version, held.highestVersion);
    try {
      await writeKey(directory, { publicKey: held.publicKeyPem, highestVersion });
      await writePolicies(directory, policies.map(keptOf));
    } catch (fault) {
      throw new FacilityPolicyNotKept(fault);
    } finally {
      await this.#reload();
    }
    return version;
  }

  async #writeHeld(): Promise<void> {
    const held = this.#held;
    if (typeof held === 'object')
      await writePolicies(this.#options.directory, held.policies.map(keptOf));
  }

  async #receipt(): Promise<string | null> {
    const { sign, serial, now } = this.#options;
    const held = this.#held;
    const last = typeof held === 'object' ? held.policies.at(-1) : undefined;
    if (last === undefined || typeof held !== 'object') return null;
    return await sign(FACILITY_POLICY_RECEIPT_TYP, receiptOf(serial, held, last, now().utcMs));
  }

  #standingNow({ utcMs } = this.#options.now()): PolicyStanding {
    const held = this.#held;
    if (typeof held === 'object') {
      // A policy whose day has come replaces the one before for good, whatever the clock says later.
      const policies = withoutReplaced(held.policies, utcMs);
      if (policies.length < held.policies.length) {
        this.#held = { ...held, policies };
        // Off the disk, too: an agent that starts anew under a clock that was set back must not find it.
        void this.#next(() => this.#writeHeld()).catch(this.#options.onFailure);
      }
    }
    return standingOfHeld(this.#held, this.#options.serial, utcMs);
  }

  #newHold(begun: Instant): Hold {
    const { monotonicMs } = this.#options.now();
    const now = { utcMs: begun.utcMs + monotonicMs - begun.monotonicMs, monotonicMs };
    const standing = this.#standingNow(now);
    try {
      const closesUtcMs = sessionClosesUtcMs(standing, now.utcMs);
      const closesMonotonicMs =
        closesUtcMs === null ? null : now.monotonicMs + (closesUtcMs - now.utcMs);
      return { begun, standing, closesMonotonicMs };
    } catch {
      // Not admitted any more: over at once.
      return { begun, standing, closesMonotonicMs: monotonicMs };
    }
  }

  /** @throws FacilityClosed */
  #requireNotClosed(): void {
    const closes = this.closesMonotonicMs;
    if (closes !== null && this.#options.now().monotonicMs >= closes)
      throw new FacilityClosed(null);
  }

  async #reload(): Promise<void> {
    this.#held = await loadHeld(this.#options.directory);
    if (this.#hold !== null) this.#hold = this.#newHold(this.#hold.begun);
    for (const listener of this.#listeners) listener();
  }

  /** One change at a time. */
  #next<T>(does: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(does);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
