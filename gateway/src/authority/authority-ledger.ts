/**
 * What the authority needs of the ledger and of the log, handed in by the composition root.
 */
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';

export interface AuthorityLedger {
  /**
   * Appends a fact durably. The authority waits for it before it lets a licence or a certificate out; a revocation takes
   * effect first and is appended until it succeeds.
   */
  append(fact: LedgerFact): Promise<unknown>;
}

/** Told of faults that nobody is waiting for, for the log. Must not throw. */
export type FaultReport = (fault: unknown) => void;
