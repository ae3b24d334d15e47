/**
 * Two rules that the gateway keeps beside its database and not in `domain`, told again as it keeps them: what opens is
 * in the ledger first (`gateway/src/desk`), and a case that is being destroyed takes nothing new
 * (`gateway/src/vault/vault.ts`). The invariants about them judge this telling; the gateway's own tests judge the gateway.
 */
import type { CaseState } from '@chaperone/domain/service-case/service-case.ts';

export interface CaseStanding {
  readonly state: CaseState | undefined;
  readonly hasKey: boolean;
  /** Its destruction has begun, as far as this process knows. */
  readonly isClosed: boolean;
}

/** Tells whether anything new may be made for a case. */
export function takesNew({ state, hasKey, isClosed }: CaseStanding): boolean {
  return state === 'open' && hasKey && !isClosed;
}

/** What these rules need of a ledger. */
export interface Ledger {
  /** Durable when `done` hears null. */
  appendThen(entries: readonly string[], done: (fault: Error | null) => void): void;
  appendLater(entries: readonly string[]): void;
}

/** Does something once its entries are in the ledger; with a fault when they cannot be. */
export function recordFirst(
  ledger: Ledger,
  entries: readonly string[],
  act: (fault: Error | null) => void,
): void {
  ledger.appendThen(entries, act);
}
