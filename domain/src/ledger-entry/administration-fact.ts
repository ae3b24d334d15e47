/**
 * What the ledger keeps of the administration: who did what to whom or what, from where, and why. The reason is a salted
 * commitment; in plain it is at the desk only.
 */
import type { CaseId, SessionId } from '../id/id.ts';
import type { Commitment } from './commitment.ts';

export const ADMINISTRATION_ACTS = [
  'add-account',
  'disable-account',
  'enable-account',
  'change-roles',
  'reset-factor',
  'recover-account',
  'give-administrator',
  'issue-licence',
  'renew-licence',
  'retire-licence',
  'retire-workstation',
  'retire-cart',
  'retire-authority',
  'end-sign-in',
] as const;
export type AdministrationActName = (typeof ADMINISTRATION_ACTS)[number];

/**
 * Who did it: an account's id at a workstation, or an account of the gateway's machine, which has none. A legal hold that
 * a start carried out has none, either: whoever approved it was at one before.
 */
interface Actor {
  readonly by: string;
  readonly workstationId: string | null;
}

interface Reasoned extends Actor {
  readonly reasonCommitment: Commitment | null;
}

export type AdministrationFact =
  | (Reasoned & {
      readonly kind: 'administration-act';
      readonly act: AdministrationActName;
      /** An id: of an account, a licence, a workstation, a sign-in; a cart's serial; a chain of the authority. */
      readonly target: string;
      /** The account's own roles from now on, where the act is about them; null allows whatever the directory says. */
      readonly roles?: readonly string[] | null;
    })
  | (Reasoned & { readonly kind: 'session-end-ordered'; readonly sessionId: SessionId })
  | (Reasoned & {
      readonly kind: 'proposal-made' | 'proposal-declined';
      readonly proposalId: string;
      readonly act: string;
      readonly target: string;
    })
  | (Actor & {
      readonly kind: 'proposal-approved';
      readonly proposalId: string;
      readonly act: string;
      readonly target: string;
      /** Who proposed it: never the same person. */
      readonly proposedBy: string;
    })
  | {
      readonly kind: 'proposal-done' | 'proposal-expired' | 'proposal-failed';
      readonly proposalId: string;
      readonly act: string;
      readonly target: string;
      /** Why it failed. */
      readonly code: string | null;
    }
  | (Actor & {
      readonly kind: 'legal-hold-proposed' | 'legal-hold-set' | 'legal-hold-lifted';
      readonly caseId: CaseId;
      readonly proposalId: string;
    });
