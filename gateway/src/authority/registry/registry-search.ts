/** Licences, workstations and carts as lists, page by page: they only grow, so what is shown is chosen in SQL. */
import type { Licence } from '@chaperone/domain/licence/licence.ts';
import type { Database } from '../../platform/database/database.ts';
import { anyHoldsText } from '../../platform/database/search.ts';
import type { Found, Search } from '../../platform/database/search.ts';
import { licencesOfCarts, termsInForce } from './licence-terms.ts';
import type { GivenTerms } from './registry-port.ts';
import { licenceOf } from './rows.ts';
import type { AuthorityTables } from './tables.ts';

export interface LicenceSearch extends Search {
  readonly subjects: readonly ('cart' | 'workstation')[];
}

/** A licence, and what it allows now; a workstation's has no terms. */
export type FoundLicence = Licence & { readonly terms: GivenTerms | null };

/** A workstation by what its certificates say. */
export interface FoundWorkstation {
  readonly id: string;
  readonly label: string;
  readonly enrolledUtcMs: number;
  /** Until when a certificate of it is in force; null when none is, because all were revoked. */
  readonly inForceUntilUtcMs: number | null;
  /** The end of its last certificate, in force or not. */
  readonly expiresUtcMs: number;
}

export interface FoundCart {
  readonly serial: string;
  /** A licence of it is not retired. */
  readonly isLicensed: boolean;
  /** As of a workstation. */
  readonly inForceUntilUtcMs: number | null;
  /** What its licence allows; null when it has none any more. */
  readonly terms: GivenTerms | null;
}

/** Newest first. */
export async function searchLicences(
  database: Database,
  { text, offset, count, subjects }: LicenceSearch,
): Promise<Found<FoundLicence>> {
  const found = database
    .db<AuthorityTables>()
    .selectFrom('authority_licence')
    .where('kind', 'in', subjects)
    .where(anyHoldsText(['name', 'id'], text));
  const rows = await found
    .selectAll()
    .orderBy('issued_at', 'desc')
    .orderBy('id')
    .limit(count)
    .offset(offset)
    .execute();
  const { total } = await found
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const licences = rows.map(licenceOf);
  const terms = await termsInForce(
    database,
    licences.map(({ id }) => id),
  );
  const items = licences.map((licence) => ({ ...licence, terms: terms.get(licence.id) ?? null }));
  return { items, total };
}

export interface FoundWorkstations extends Found<FoundWorkstation> {
  /** How many there are in all with a certificate in force. */
  readonly inForce: number;
}

/** By label. */
export async function searchWorkstations(
  database: Database,
  { text, offset, count }: Search,
  nowMs: number,
): Promise<FoundWorkstations> {
  const db = database.db<AuthorityTables>();
  const found = workstations(database).where(anyHoldsText(['name', 'holder_id'], text));
  const rows = await found
    .orderBy('label')
    .orderBy('holder_id')
    .limit(count)
    .offset(offset)
    .execute();
  const { total } = await db
    .selectFrom(found.as('found'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const items = rows.map((row) => ({
    id: row.holder_id,
    label: row.label ?? row.holder_id,
    enrolledUtcMs: row.enrolled_at,
    inForceUntilUtcMs: row.in_force_until,
    expiresUtcMs: row.expires_at,
  }));
  const { inForce } = await db
    .selectFrom('authority_certificate')
    .where('holder_kind', '=', 'workstation')
    .where('state', '=', 'released')
    .where('not_after', '>', nowMs)
    .select(({ fn }) => fn.count<number>('holder_id').distinct().as('inForce'))
    .executeTakeFirstOrThrow();
  return { items, total, inForce };
}

/** The labels of these workstations, by id. */
export async function workstationLabels(
  database: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await workstations(database).where('holder_id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.holder_id, row.label ?? row.holder_id]));
}

/** By serial number. */
export async function searchCarts(
  database: Database,
  { text, offset, count }: Search,
): Promise<Found<FoundCart>> {
  const db = database.db<AuthorityTables>();
  const found = db
    .selectFrom('authority_licence')
    .where('kind', '=', 'cart')
    .where(anyHoldsText(['name'], text))
    .groupBy('name')
    .select(['name', (row) => row.fn.min('state').as('first_state')]);
  const rows = await found.orderBy('name').limit(count).offset(offset).execute();
  const { total } = await db
    .selectFrom(found.as('found'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const serials = rows.map(({ name }) => name);
  const inForce = await certificatesInForce(database, serials);
  const licences = await licencesOfCarts(database, serials);
  const terms = await termsInForce(
    database,
    [...licences.values()].map(({ id }) => id),
  );
  const items = rows.map(({ name, first_state }) => ({
    serial: name,
    // Of the states, `retired` comes last.
    isLicensed: first_state !== 'retired',
    inForceUntilUtcMs: inForce.get(name) ?? null,
    terms: terms.get(licences.get(name)?.id ?? '') ?? null,
  }));
  return { items, total };
}

async function certificatesInForce(
  database: Database,
  serials: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (serials.length === 0) return new Map();
  const rows = await database
    .db<AuthorityTables>()
    .selectFrom('authority_certificate')
    .where('holder_kind', '=', 'cart')
    .where('holder_id', 'in', serials)
    .where('state', '=', 'released')
    .groupBy('holder_id')
    .select(['holder_id', (row) => row.fn.max('not_after').as('until')])
    .execute();
  return new Map(rows.map((row) => [row.holder_id, row.until]));
}

/** Each workstation once, with the label of the licence that let it in. */
function workstations(database: Database) {
  return database
    .db<AuthorityTables>()
    .selectFrom('authority_certificate')
    .leftJoin('authority_licence', 'authority_licence.id', 'authority_certificate.licence_id')
    .where('holder_kind', '=', 'workstation')
    .groupBy('holder_id')
    .select((row) => [
      'holder_id',
      row.fn.min('name').as('label'),
      row.fn.min('authority_certificate.issued_at').as('enrolled_at'),
      row.fn.max('not_after').as('expires_at'),
      row.fn
        .max('not_after')
        .filterWhere('authority_certificate.state', '=', 'released')
        .as('in_force_until'),
    ]);
}
