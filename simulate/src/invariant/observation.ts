/** What can be seen of a schedule from outside; the invariants judge each of these. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { CaseId, TechnicianId, TransferId } from '@chaperone/domain/id/id.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import type { TransferState } from '@chaperone/domain/transfer/transfer.ts';

export type Observation =
  /** The cart's session is another now. */
  | { readonly is: 'taken'; readonly previous: SessionState; readonly state: SessionState }
  /** The cart's clock has had its say. */
  | { readonly is: 'ticked'; readonly state: SessionState }
  /** Somebody has looked at the cart's screen. */
  | { readonly is: 'looked'; readonly state: SessionState }
  /** Something passes between technician and cart. `by` is who really asked; null for a liar. */
  | {
      readonly is: 'admitted';
      readonly grantId: string;
      readonly activity: Activity;
      readonly by: TechnicianId | null;
    }
  /** End was touched or sent, or Pause was touched, and the cart has answered. `streams` still flow. */
  | { readonly is: 'end-touched'; readonly state: SessionState; readonly streams: number }
  | { readonly is: 'pause-touched'; readonly state: SessionState; readonly streams: number }
  /** Somebody at the cart said that the clinic needs it, and the cart has answered. `streams` still flow. */
  | { readonly is: 'interlock-raised'; readonly state: SessionState; readonly streams: number }
  /** The desk does something for which the ledger needs an entry. */
  | {
      readonly is: 'desk-acted';
      readonly entry: string;
      readonly caseId: CaseId;
      readonly isDecision?: boolean;
    }
  /** Something new lies in the vault. */
  | { readonly is: 'stored'; readonly caseId: CaseId; readonly what: string }
  /** The rules let a case be resolved. */
  | { readonly is: 'resolving-allowed'; readonly caseId: CaseId; readonly inUse: boolean }
  /** The destruction of a case was reported done; what a search of all places finds of it. */
  | { readonly is: 'certified'; readonly caseId: CaseId; readonly remains: readonly string[] }
  | {
      readonly is: 'moved';
      readonly transfer: TransferId;
      readonly from: TransferState;
      readonly to: TransferState;
      readonly content: string;
    }
  /** A file stands under its final name. */
  | {
      readonly is: 'placed';
      readonly where: 'vault' | 'inbox';
      readonly transfer: TransferId;
      readonly content: string;
    }
  | { readonly is: 'licence-served'; readonly key: string }
  /** At the end, with everything repaired and all the time it needs. */
  | {
      readonly is: 'healed';
      readonly state: SessionState;
      readonly unfinished: readonly CaseId[];
      readonly readable: readonly CaseId[];
    };
