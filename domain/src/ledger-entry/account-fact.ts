/** What the ledger keeps of somebody's own account: what its owner did, at which workstation. */
import type { TechnicianId } from '../id/id.ts';

export type AccountFact =
  | {
      readonly kind: 'sign-in-confirmed' | 'password-changed';
      readonly technicianId: TechnicianId;
      readonly workstationId: string;
    }
  | {
      readonly kind: 'confirmation-refused';
      readonly technicianId: TechnicianId;
      readonly workstationId: string;
      readonly code: string;
    }
  /** Somebody who is signed in asked for what their roles do not allow, or for a case that they may not know. */
  | {
      readonly kind: 'access-refused';
      readonly technicianId: TechnicianId;
      readonly workstationId: string;
      /** Method and path as the route table has it, without ids. */
      readonly route: string;
      readonly code: string;
    };
