/**
 * What a technician's workstation signs, with an ideal signature: a statement is genuine when it is the very object
 * that was signed. Whoever copies it with other words has no signature.
 */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type {
  CaseId,
  GrantId,
  RequestId,
  SessionId,
  TechnicianId,
  WorkstationId,
} from '@chaperone/domain/id/id.ts';

export interface Statement {
  readonly id: RequestId;
  readonly technician: TechnicianId;
  readonly workstation: WorkstationId;
  readonly keyThumbprint: string;
  readonly caseId: CaseId;
  readonly session: SessionId;
  readonly challenge: string;
  readonly purpose: 'request' | 'resume';
  readonly grant: GrantId | null;
  readonly activities: readonly Activity[];
}
