/** What a cart's journal says of parts of its screen that an operator let be seen. The technician's reason is not in it: it is a peer's text. */
import type { GrantId, SessionId } from '../id/id.ts';
import type { CoverReason } from '../mask/unmask.ts';

interface UnmaskSubject {
  readonly sessionId: SessionId;
  readonly grantId: GrantId;
  /** `layout/mask` as the cart's template names them, or `whole-screen`. */
  readonly mask: string;
}

export type UnmaskJournalFact =
  /** The technician asks. */
  | ({ readonly kind: 'unmask-asked'; readonly minutes: number } & UnmaskSubject)
  /** The operator lets it be seen, for so long at most. */
  | ({ readonly kind: 'unmasked'; readonly minutes: number } & UnmaskSubject)
  | ({ readonly kind: 'unmask-refused'; readonly why: CoverReason } & UnmaskSubject)
  | ({ readonly kind: 'masked-again'; readonly why: CoverReason } & UnmaskSubject);
