/** Accounts and live sign-ins as lists, page by page. */
import type { TechnicianId } from '@chaperone/domain/id/id.ts';
import type { Role } from '../../directory/contract.ts';
import type { Database } from '../../platform/database/database.ts';
import { anyHoldsText } from '../../platform/database/search.ts';
import type { Found, Search } from '../../platform/database/search.ts';
import { readRoles } from './roles-in-force.ts';
import type { SignInTables } from './tables.ts';

export interface FoundAccount {
  readonly id: TechnicianId;
  readonly accountName: string;
  readonly directoryLogin: string;
  readonly name: string;
  readonly roles: readonly Role[] | null;
  readonly disabled: boolean;
  readonly createdUtcMs: number;
  readonly lastSignInUtcMs: number | null;
}

export interface FoundSignIn {
  /** The hash of its cookie; the cookie cannot be made from it. */
  readonly id: string;
  readonly account: TechnicianId;
  readonly name: string;
  readonly workstation: string;
  readonly begunUtcMs: number;
  readonly usedUtcMs: number;
}

/** By name. */
export async function searchAccounts(
  database: Database,
  { text, offset, count }: Search,
): Promise<Found<FoundAccount>> {
  const found = database
    .db<SignInTables>()
    .selectFrom('desk_account')
    .where(anyHoldsText(['name', 'account_name', 'directory_login', 'id'], text));
  const rows = await found
    .selectAll()
    .orderBy('name')
    .orderBy('id')
    .limit(count)
    .offset(offset)
    .execute();
  const { total } = await found
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const items = rows.map((row) => ({
    id: row.id as TechnicianId,
    accountName: row.account_name,
    directoryLogin: row.directory_login,
    name: row.name,
    roles: row.roles === null ? null : readRoles(row.roles),
    disabled: row.disabled_at !== null,
    createdUtcMs: row.created_at,
    lastSignInUtcMs: row.last_sign_in_at,
  }));
  return { items, total };
}

/** Those that are not over, newest first. */
export async function searchSignIns(
  database: Database,
  limits: { readonly usedSinceUtcMs: number; readonly begunSinceUtcMs: number },
  { text, offset, count }: Search,
): Promise<Found<FoundSignIn>> {
  const found = database
    .db<SignInTables>()
    .selectFrom('desk_sign_in')
    .innerJoin('desk_account', 'desk_account.id', 'desk_sign_in.technician_id')
    .where('state', '=', 'full')
    .where('disabled_at', 'is', null)
    .where('used_at', '>=', limits.usedSinceUtcMs)
    .where('begun_at', '>=', limits.begunSinceUtcMs)
    .where(anyHoldsText(['desk_account.name', 'account_name', 'workstation'], text));
  const rows = await found
    .select(['token_hash', 'desk_account.id', 'desk_account.name', 'workstation'])
    .select(['begun_at', 'used_at'])
    .orderBy('begun_at', 'desc')
    .orderBy('token_hash')
    .limit(count)
    .offset(offset)
    .execute();
  const { total } = await found
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const items = rows.map((row) => ({
    id: row.token_hash,
    account: row.id as TechnicianId,
    name: row.name,
    workstation: row.workstation,
    begunUtcMs: row.begun_at,
    usedUtcMs: row.used_at,
  }));
  return { items, total };
}

/** When these workstations were last used to come in or to work, by id; those that never were are left out. */
export async function lastSeen(
  database: Database,
  workstations: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (workstations.length === 0) return new Map();
  const db = database.db<SignInTables>();
  const used = await db
    .selectFrom('desk_sign_in')
    .where('workstation', 'in', workstations)
    .groupBy('workstation')
    .select(['workstation', (row) => row.fn.max('used_at').as('at')])
    .execute();
  const cameIn = await db
    .selectFrom('desk_familiar_workstation')
    .where('workstation', 'in', workstations)
    .groupBy('workstation')
    .select(['workstation', (row) => row.fn.max('seen_at').as('at')])
    .execute();
  const last = new Map<string, number>();
  for (const { workstation, at } of [...used, ...cameIn])
    last.set(workstation, Math.max(at, last.get(workstation) ?? 0));
  return last;
}
