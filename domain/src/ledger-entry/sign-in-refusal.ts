/** What the ledger keeps of refused sign-ins: one entry each, or in a flood of them how many there were. */
import type { TechnicianId } from '../id/id.ts';

interface Refused {
  /** `second-factor` only where it was too fast; what was compared there has an entry of its own. */
  readonly step: 'directory' | 'gateway' | 'second-factor';
  /** Null for those without a licensed workstation, and when too many are refused at once to be told apart. */
  readonly workstationId: string | null;
  /**
   * The account that was tried: that of the login or the name which was typed, else that of whoever passed the first gate.
   * Null where there is none. What was typed is not kept, not even as a commitment: it may be a password in the wrong field.
   */
  readonly technicianId: TechnicianId | null;
  readonly code: string;
}

export type SignInRefusalFact =
  | (Refused & { readonly kind: 'sign-in-refused' })
  /** Refusals of one kind that came faster than they are written one by one, and all that were too fast to be judged. */
  | (Refused & { readonly kind: 'sign-ins-refused'; readonly count: number });
