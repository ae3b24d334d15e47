/** What a cart's journal says of a second technician who watches a session. */
import type { GrantId, SessionId, TechnicianId, WorkstationId } from '../id/id.ts';
import type { WatchEndReason } from '../watching/watching.ts';

interface WatchSubject {
  readonly sessionId: SessionId;
  /** Of the session that is watched. */
  readonly grantId: GrantId;
  readonly technicianId: TechnicianId;
  readonly workstationId: WorkstationId;
}

export type WatchJournalFact =
  /** The operator is asked. */
  | ({ readonly kind: 'watch-asked' } & WatchSubject)
  /** The operator lets them watch: written before anything is shown. */
  | ({ readonly kind: 'watch-granted'; readonly watchGrantId: GrantId } & WatchSubject)
  | ({ readonly kind: 'watch-refused'; readonly why: WatchEndReason } & WatchSubject)
  | ({
      readonly kind: 'watch-ended';
      readonly watchGrantId: GrantId;
      readonly why: WatchEndReason;
    } & WatchSubject);
