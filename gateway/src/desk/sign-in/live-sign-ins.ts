/**
 * Sign-ins that a cookie still opens: not idle for too long, not older than a shift, at a workstation that is licensed,
 * of an account that is in force. Whatever fails one of these is found as if it were not there.
 */
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import { stageMsMax, stageOf } from './half-stage.ts';
import type { HalfStage } from './half-stage.ts';
import { NotSignedIn, SignInRefused } from './sign-in-error.ts';
import { SignInStore } from './sign-in-store.ts';
import type { BegunSignIn, HeldSignIn, KeptSignIn } from './sign-in-store.ts';

/** Whoever works longer than a shift signs in again (NIST SP 800-63B: at most 12 hours). */
const ABSOLUTE_MS = 12 * 60 * 60_000;
/** The idle limit is renewed at most this often, to spare the disk. */
const TOUCH_EVERY_MS = 20_000;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export interface LiveSignInsOptions {
  readonly isWorkstationLicensed: (workstation: string) => Promise<boolean>;
  readonly idleMs: number;
}

type Context = Pick<DeskContext, 'database' | 'clock' | 'randomBytes'>;

export class LiveSignIns {
  readonly store: SignInStore;
  readonly #context: Context;
  readonly #options: LiveSignInsOptions;

  constructor(context: Context, options: LiveSignInsOptions) {
    this.#context = context;
    this.#options = options;
    this.store = new SignInStore(context.database, context.randomBytes);
  }

  /** Begins a half sign-in for somebody whom the directory knows; those that are over go. */
  async begin(
    who: Pick<HeldSignIn, 'directoryLogin' | 'name' | 'directoryRoles' | 'workstation'>,
  ): Promise<BegunSignIn> {
    const nowMs = this.#context.clock.utcMs();
    const { usedSinceUtcMs, begunSinceUtcMs } = this.limits();
    await this.store.endOlder(usedSinceUtcMs, begunSinceUtcMs);
    const times = { begunUtcMs: nowMs, usedUtcMs: nowMs, confirmedUtcMs: null };
    const rest = { state: 'half', technicianId: null, factor: null } as const;
    return await this.store.begin({ ...who, ...rest, ...times });
  }

  /**
   * Puts another sign-in of an account, with another cookie, in the place of a half one.
   * @param passwordHash with which a password was compared to pass the half one to the account; null where that was before
   * @throws NotSignedIn when it was used or ended already; SignInRefused when the account has another password since
   */
  async goOn(
    half: HeldSignIn,
    change: Partial<KeptSignIn> & { readonly technicianId: TechnicianId },
    passwordHash: string | null,
  ): Promise<BegunSignIn> {
    const nowMs = this.#context.clock.utcMs();
    const next = { ...half, ...change, begunUtcMs: nowMs, usedUtcMs: nowMs };
    const begun = await this.store.goOn(half, next, passwordHash);
    if (begun === 'over') throw new NotSignedIn();
    if (begun !== 'outdated') return begun;
    throw passwordHash === null ? new NotSignedIn() : new SignInRefused();
  }

  /** @throws NotSignedIn unless the cookie is of a half sign-in that has come exactly this far */
  async half(token: string | undefined, stage: HalfStage): Promise<HeldSignIn> {
    const half = await this.anyHalf(token);
    if (half === null || stageOf(half) !== stage) throw new NotSignedIn();
    return half;
  }

  async anyHalf(token: string | undefined): Promise<HeldSignIn | null> {
    const held = await this.#find(token);
    return held?.state === 'half' && (await this.#isInForce(held, stageMsMax(held))) ? held : null;
  }

  /** @param isUse renews the idle limit */
  async full(token: string | undefined, isUse: boolean): Promise<HeldSignIn | null> {
    const held = await this.#find(token);
    if (held?.state !== 'full' || held.roles.length === 0) return null;
    if (!(await this.#isInForce(held, this.#options.idleMs))) return null;
    const nowMs = this.#context.clock.utcMs();
    if (isUse && nowMs - held.usedUtcMs >= TOUCH_EVERY_MS)
      await this.store.touch(held.tokenHash, nowMs);
    return held;
  }

  /** What is older than these is over. */
  limits(): { readonly usedSinceUtcMs: number; readonly begunSinceUtcMs: number } {
    const nowMs = this.#context.clock.utcMs();
    return {
      usedSinceUtcMs: nowMs - this.#options.idleMs,
      begunSinceUtcMs: nowMs - ABSOLUTE_MS,
    };
  }

  async #find(token: string | undefined): Promise<HeldSignIn | null> {
    return token === undefined || !TOKEN.test(token) ? null : await this.store.find(token);
  }

  async #isInForce(held: HeldSignIn, idleMs: number): Promise<boolean> {
    const nowMs = this.#context.clock.utcMs();
    if (nowMs - held.usedUtcMs > idleMs || nowMs - held.begunUtcMs > ABSOLUTE_MS) {
      await this.store.end(held.tokenHash);
      return false;
    }
    if (held.isDisabled) return false;
    return await this.#options.isWorkstationLicensed(held.workstation);
  }
}
