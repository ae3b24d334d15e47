/**
 * Lets time pass for the sign-ins of a gateway: what was confirmed just now was confirmed long ago. In its database, because
 * nobody waits for minutes, and a process has no other clock than the machine's.
 */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** @param ms how much older the confirmations are to be */
export function ageConfirmations(gatewayData: string, ms: number): void {
  const database = new DatabaseSync(path.join(gatewayData, 'gateway.db'), { timeout: 5000 });
  try {
    const aged = database
      .prepare(
        'update desk_sign_in set confirmed_at = confirmed_at - ? where confirmed_at is not null',
      )
      .run(ms);
    if (aged.changes === 0) throw new Error('Nobody is signed in.');
  } finally {
    database.close();
  }
}
