/** Keeps why something was done: in plain at the desk, as a salted commitment for the ledger. */
import type { Commitment } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { commitTo } from '../platform/commitment.ts';
import type { DeskContext } from '../platform/desk-context.ts';
import type { AdministrationTables } from './tables.ts';

/** Who does something: an account at a workstation, or an account of the gateway's machine, which has none. */
export interface Actor {
  readonly by: string;
  readonly workstationId: string | null;
}

export interface Reasoned extends Actor {
  readonly act: string;
  readonly target: string;
  readonly reason: string;
}

export type ReasonContext = Pick<DeskContext, 'database' | 'clock' | 'randomBytes'>;

/** Writes a reason down and gives the commitment that belongs into the ledger. @throws what the database throws */
export async function keepReason(
  { database, clock, randomBytes }: ReasonContext,
  { act, target, by, workstationId, reason }: Reasoned,
): Promise<Commitment> {
  const { commitment, salt } = commitTo(reason, randomBytes);
  await database
    .db<AdministrationTables>()
    .insertInto('desk_administration_act')
    .values({
      act,
      target,
      done_by: by,
      workstation: workstationId,
      reason,
      salt,
      done_at: clock.utcMs(),
    })
    .execute();
  return commitment;
}
