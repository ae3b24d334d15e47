/** Who there is: two technicians at licensed workstations, and what their keys have signed. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type {
  CaseId,
  GrantId,
  RequestId,
  SessionId,
  TechnicianId,
  WorkstationId,
} from '@chaperone/domain/id/id.ts';
import type { Ghost } from '../ghost/ghost.ts';
import type { Connection } from '../world/network.ts';
import type { Statement } from './statement.ts';

export interface Technician {
  readonly id: TechnicianId;
  readonly workstation: WorkstationId;
  readonly keyThumbprint: string;
}

export const TECHNICIANS: readonly [Technician, Technician] = [
  technician('ada', 1),
  technician('bo', 2),
];

function technician(name: string, number: number): Technician {
  return {
    id: `tech-${name}` as TechnicianId,
    workstation: `wrks-${number}` as WorkstationId,
    keyThumbprint: `key-${number}`,
  };
}

/** Signs with the keys that never leave the workstations; the ghost remembers what was signed. */
export class Workstations {
  readonly #ghost: Ghost;
  readonly signed: Statement[] = [];

  constructor(ghost: Ghost) {
    this.#ghost = ghost;
  }

  sign(
    { id, workstation, keyThumbprint }: Technician,
    caseId: CaseId,
    connection: Connection,
    activities: readonly Activity[],
    grant: GrantId | null,
  ): Statement {
    const statement: Statement = {
      id: `rqst-${this.signed.length + 1}` as RequestId,
      technician: id,
      workstation,
      keyThumbprint,
      caseId,
      session: connection.session as SessionId,
      challenge: connection.challenge,
      purpose: grant === null ? 'request' : 'resume',
      grant,
      activities,
    };
    this.signed.push(statement);
    this.#ghost.signed.set(statement.id, statement);
    return statement;
  }
}
