/** What the ledger keeps of the posture of workstations and of the gateway's own host: codes, never versions or names. */
import type { LackCode } from '../posture/posture.ts';

export type PostureFact =
  | {
      /** Written when what a machine lacks changes, and of the gateway at each start. */
      readonly kind: 'posture-judged';
      readonly subject: 'workstation' | 'gateway';
      /** Null of the gateway. */
      readonly workstationId: string | null;
      readonly lacks: readonly LackCode[];
    }
  | {
      /** A report that was not taken, or a session request of a workstation that is out of date. */
      readonly kind: 'posture-refused';
      readonly workstationId: string;
      readonly what: 'report' | 'session-request';
      readonly code: string;
    };
