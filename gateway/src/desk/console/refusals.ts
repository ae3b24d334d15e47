/**
 * Records that somebody who is signed in asked for what they may not have. Who asks again and again at one place is
 * written down now and then only, so that nobody fills the ledger by asking.
 */
import type { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { RateLimit } from '../../platform/rate-limit/rate-limit.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { Caller } from '../sign-in/sign-in.ts';

/** For one person at one route. */
const RECORDED = { burst: 3, perSecond: 1 / 60 } as const;
const KEYS_MAX = 10_000;

export class Refusals {
  readonly #ledger: DeskContext['ledger'];
  readonly #limit: RateLimit;

  constructor({ ledger, clock }: Pick<DeskContext, 'ledger' | 'clock'>) {
    this.#ledger = ledger;
    this.#limit = new RateLimit({
      ...RECORDED,
      keysMax: KEYS_MAX,
      now: () => clock.monotonicMs(),
    });
  }

  /** Gives what records a refusal of one route, and hands the fault back to be thrown. */
  of(route: string): (caller: Caller, fault: DomainError) => DomainError {
    return ({ id, workstation }, fault) => {
      if (this.#limit.take(`${id} ${route}`)) {
        const about = { technicianId: id, workstationId: workstation, route, code: fault.code };
        this.#ledger.appendLater({ kind: 'access-refused', ...about });
      }
      return fault;
    };
  }
}
