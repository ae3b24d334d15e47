/**
 * Opening more of an account, and ending what is open, happen one after the other: each is a transaction that writes the
 * account's row first.
 *
 * A read would not do: on PostgreSQL two such transactions could both go by what they read, and a sign-in would outlive
 * the recovery that ended all others.
 */
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Database, DatabaseView } from '../../platform/database/database.ts';
import type { SignInTables } from './tables.ts';

/**
 * Takes an account's turn until the transaction ends.
 * @param passwordHash only while it is still this one
 * @returns false when the account is disabled, or has another password
 */
export async function takeAccountTurn(
  view: DatabaseView,
  technician: TechnicianId,
  passwordHash: string | null,
): Promise<boolean> {
  const db = view.db<SignInTables>();
  const taken = await db
    .updateTable('desk_account')
    .set(({ ref }) => ({ password_hash: ref('password_hash') }))
    .where('id', '=', technician)
    .returning(['password_hash', 'disabled_at'])
    .executeTakeFirst();
  if (taken === undefined || taken.disabled_at !== null) return false;
  return passwordHash === null || taken.password_hash === passwordHash;
}

/** One sign-in of an account, half or full. */
export interface OneSignIn {
  readonly technicianId: TechnicianId;
  /** Hash of its cookie. */
  readonly tokenHash: string;
}

/** Takes the account's turn, as above, for one sign-in. @returns false once that was ended, too */
export async function takeTurnOf(
  view: DatabaseView,
  { technicianId, tokenHash }: OneSignIn,
  passwordHash: string | null,
): Promise<boolean> {
  if (!(await takeAccountTurn(view, technicianId, passwordHash))) return false;
  const found = view.db<SignInTables>().selectFrom('desk_sign_in').select('token_hash');
  const at = await found
    .where('token_hash', '=', tokenHash)
    .where('technician_id', '=', technicianId)
    .executeTakeFirst();
  return at !== undefined;
}

/** Ends all that an account has open, half sign-ins too; also where no gateway runs. */
export async function endSignInsOf(database: Database, technician: TechnicianId): Promise<void> {
  await database.transaction(async (view) => {
    await takeAccountTurn(view, technician, null);
    const open = view.db<SignInTables>().deleteFrom('desk_sign_in');
    await open.where('technician_id', '=', technician).execute();
  });
}

/** Puts a password that an administrator made in force, and ends all that is open with the account. */
export async function givePassword(
  database: Database,
  technician: TechnicianId,
  passwordHash: string,
  givenUtcMs: number,
): Promise<void> {
  await database.transaction(async (view) => {
    const db = view.db<SignInTables>();
    const change = { password_hash: passwordHash, password_given_at: givenUtcMs };
    await db.updateTable('desk_account').set(change).where('id', '=', technician).execute();
    await db.deleteFrom('desk_sign_in').where('technician_id', '=', technician).execute();
  });
}

/**
 * Puts a password that its owner chose in the place of the one they had, and ends whatever else is open with the account.
 * @returns false, and changes nothing, when the account has another password since, or this sign-in was ended
 */
export async function choosePassword(
  database: Database,
  at: OneSignIn,
  passwordHash: { readonly from: string; readonly to: string },
): Promise<boolean> {
  return await database.transaction(async (view) => {
    const db = view.db<SignInTables>();
    if (!(await takeTurnOf(view, at, passwordHash.from))) return false;
    const { technicianId, tokenHash } = at;
    const change = { password_hash: passwordHash.to, password_given_at: null };
    await db.updateTable('desk_account').set(change).where('id', '=', technicianId).execute();
    await db
      .deleteFrom('desk_sign_in')
      .where('technician_id', '=', technicianId)
      .where('token_hash', '<>', tokenHash)
      .execute();
    return true;
  });
}
