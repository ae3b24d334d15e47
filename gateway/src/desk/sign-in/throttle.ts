/**
 * Slows down guessing at the gates: by account, by workstation, and widely by address.
 *
 * | what is counted | tries at once | then | keeps from |
 * |---|---|---|---|
 * | an account at a workstation where it came in lately | few | one in a while | guessing at that workstation |
 * | an account at all other workstations together | few | one in a while | guessing from anywhere, with any number of machines |
 * | a workstation | a shift's mistypings | one each 3 s | trying many accounts |
 * | an address, licensed workstations | very many | 5 a second | a flood |
 * | an address, whatever else | a shift's mistypings | one each 3 s | a flood without a licence |
 *
 * Choosing a password costs as much as guessing one, and counts by account and workstation in the same way.
 *
 * So whoever guesses elsewhere cannot lock an owner out of the own workstation, and one machine behind a shared address is
 * stopped by its own count long before it reaches that of the address. Nothing is locked for ever; what is counted is what
 * was typed, so that an account that does not exist is slowed like any other.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import type { Place } from '../platform/slow-hash.ts';
import { SignInThrottled } from './sign-in-error.ts';
import type { SignInTables } from './tables.ts';

export type GateStep = 'directory' | 'gateway' | 'new-password' | 'second-factor';

const KEYS_REMEMBERED_MAX = 10_000;
/** Somebody who comes in at a workstation is known there for this long: holidays included. */
const FAMILIAR_MS = 90 * 86_400_000;
const PASSWORD_TRIES = { burst: 5, perSecond: 1 / 30 } as const;
/** Three codes of a million count at a time: at this pace some 0.2 % a day, for one who has both passwords already. */
const FACTOR_TRIES = { burst: 5, perSecond: 1 / 120 } as const;
const WORKSTATION_TRIES = { burst: 20, perSecond: 1 / 3 } as const;
const ADDRESS_TRIES = { burst: 200, perSecond: 5 } as const;

/** From where somebody tries. */
export interface Attempt {
  readonly address: string;
}

export interface Try extends Attempt {
  readonly step: GateStep;
  /** What was typed: a login, an account's name; at the third gate, whose it is. */
  readonly name: string;
  readonly workstation: string;
}

export class SignInThrottle {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #passwords: RateLimit;
  readonly #factors: RateLimit;
  readonly #workstations: RateLimit;
  readonly #addresses: RateLimit;
  readonly #strangers: RateLimit;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    const limit = (tries: { readonly burst: number; readonly perSecond: number }): RateLimit =>
      new RateLimit({ ...tries, keysMax: KEYS_REMEMBERED_MAX, now: () => clock.monotonicMs() });
    this.#passwords = limit(PASSWORD_TRIES);
    this.#factors = limit(FACTOR_TRIES);
    this.#workstations = limit(WORKSTATION_TRIES);
    this.#addresses = limit(ADDRESS_TRIES);
    this.#strangers = limit(WORKSTATION_TRIES);
  }

  /** Uses up a try of who has no licensed workstation. @throws SignInThrottled */
  takeStranger(address: string): void {
    take(this.#strangers, address, WORKSTATION_TRIES);
  }

  /**
   * Uses up one try. What it returns is called when the try was rightful: it gives it back, and the workstation is familiar.
   * @throws SignInThrottled
   */
  async take(tried: Try): Promise<() => Promise<void>> {
    const { step, workstation, address } = tried;
    const subject = subjectOf(tried);
    const isFamiliar = await this.#isFamiliar(subject, workstation);
    const [limit, pace] =
      step === 'second-factor' ? [this.#factors, FACTOR_TRIES] : [this.#passwords, PASSWORD_TRIES];
    const account = isFamiliar ? `${subject} ${workstation}` : subject;
    // From the narrowest to the widest: who is stopped by the own count takes nothing from others.
    take(this.#workstations, workstation, WORKSTATION_TRIES);
    take(limit, account, pace);
    take(this.#addresses, address, ADDRESS_TRIES);
    return async () => {
      this.#workstations.giveBack(workstation);
      limit.giveBack(account);
      this.#addresses.giveBack(address);
      await this.#remember(subject, workstation);
    };
  }

  /** Where who tries waits for the slow hash: before all strangers at a workstation where they came in lately. */
  async placeOf(tried: Try): Promise<Place> {
    const { workstation } = tried;
    return { isKnown: await this.#isFamiliar(subjectOf(tried), workstation), asker: workstation };
  }

  async #isFamiliar(subject: string, workstation: string): Promise<boolean> {
    const found = await this.#database
      .db<SignInTables>()
      .selectFrom('desk_familiar_workstation')
      .select('seen_at')
      .where('subject', '=', subject)
      .where('workstation', '=', workstation)
      .executeTakeFirst();
    return found !== undefined && found.seen_at > this.#clock.utcMs() - FAMILIAR_MS;
  }

  async #remember(subject: string, workstation: string): Promise<void> {
    const seen_at = this.#clock.utcMs();
    await this.#database
      .db<SignInTables>()
      .insertInto('desk_familiar_workstation')
      .values({ subject, workstation, seen_at })
      .onConflict((conflict) =>
        conflict.columns(['subject', 'workstation']).doUpdateSet({ seen_at }),
      )
      .execute();
  }
}

function take(limit: RateLimit, key: string, { perSecond }: { readonly perSecond: number }): void {
  if (!limit.take(key)) throw new SignInThrottled(Math.ceil(1 / perSecond));
}

/** Of one length, whatever was typed. */
function subjectOf({ step, name }: Try): string {
  return createHash('sha256').update(`${step}\n${name}`).digest('base64url');
}
