/** What every feature of the desk is given by the composition root. */
import type { RandomBytes } from '@chaperone/domain/id/id.ts';
import type { Ledger } from '../../ledger/contract.ts';
import type { Clock } from '../../platform/clock/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Vault } from '../../vault/contract.ts';

/** Something worth knowing for who runs the gateway; never PHI. */
export interface DeskLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface DeskContext {
  readonly database: Database;
  readonly ledger: Ledger;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: DeskLog;
}
