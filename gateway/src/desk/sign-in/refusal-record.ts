/**
 * Writes refused sign-ins into the ledger, so that whoever guesses can neither fill it nor keep the gateway at its disk.
 *
 * Each is an entry of its own, at once, as long as they are few; in a flood they are counted by gate, workstation, account
 * and code, and every half minute the counts are written. What came too fast to be judged at all is only counted, so that it
 * takes no entry from what was judged. A crash loses the counts of that half minute, not the first refusals.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { SignInRefusalFact } from '@chaperone/domain/ledger-entry/sign-in-refusal.ts';
import type { Ledger } from '../../ledger/contract.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import { SignInBusy } from '../platform/slow-hash.ts';
import { SignInThrottled } from './sign-in-error.ts';

type Refusal = Omit<Extract<SignInRefusalFact, { readonly kind: 'sign-in-refused' }>, 'kind'>;

/** What people mistype in a quarter of an hour is written as it comes. */
const SINGLE = { burst: 30, perSecond: 1 / 30 } as const;
const COUNTS_EVERY_MS = 30_000;
/** Kinds that are told apart in one half minute; more are counted together. */
const KINDS_MAX = 500;

/** What was refused, as far as it is known. */
export interface Refused extends Pick<Refusal, 'step' | 'technicianId'> {
  /** As it was said; not trusted. */
  readonly workstation: string;
}

export class RefusalRecord {
  readonly #ledger: Pick<Ledger, 'appendLater'>;
  readonly #single: RateLimit;
  readonly #counts = new Map<string, { readonly refusal: Refusal; count: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(ledger: Pick<Ledger, 'appendLater'>, clock: Clock) {
    this.#ledger = ledger;
    this.#single = new RateLimit({ ...SINGLE, keysMax: 1, now: () => clock.monotonicMs() });
  }

  /** Notes a refusal; whoever found no room to be judged was not refused. */
  note({ step, workstation, technicianId }: Refused, fault: unknown): void {
    if (fault instanceof SignInBusy) return;
    const code = codeOf(fault);
    const workstationId = /^wrks-[0-9a-z]{26}$/.test(workstation) ? workstation : null;
    const refusal = { step, workstationId, technicianId, code };
    const isSingle = !(fault instanceof SignInThrottled) && this.#single.take('');
    if (isSingle) this.#ledger.appendLater({ kind: 'sign-in-refused', ...refusal });
    else this.#count(refusal);
  }

  /** Writes the counts so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { refusal, count } of this.#counts.values())
      this.#ledger.appendLater({ kind: 'sign-ins-refused', ...refusal, count });
    this.#counts.clear();
  }

  #count(refusal: Refusal): void {
    const own = keyOf(refusal);
    const isRoom = this.#counts.has(own) || this.#counts.size < KINDS_MAX;
    const counted = isRoom ? refusal : { ...refusal, workstationId: null, technicianId: null };
    const key = isRoom ? own : keyOf(counted);
    const held = this.#counts.get(key);
    if (held === undefined) this.#counts.set(key, { refusal: counted, count: 1 });
    else held.count += 1;
    this.#timer ??= setTimeout(() => this.flush(), COUNTS_EVERY_MS).unref();
  }
}

export function codeOf(fault: unknown): string {
  return fault instanceof DomainError ? fault.code : 'INTERNAL_FAULT';
}

function keyOf({ step, workstationId, technicianId, code }: Refusal): string {
  return `${step} ${workstationId} ${technicianId} ${code}`;
}
