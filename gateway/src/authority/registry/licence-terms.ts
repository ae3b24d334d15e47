/** The terms of licences in the registry: appended, never changed; the highest number of each licence counts. */
import type { Licence, LicenceId } from '@chaperone/domain/licence/licence.ts';
import type { DatabaseView } from '../../platform/database/database-view.ts';
import type { GivenTerms } from './registry-port.ts';
import { licenceOf, termsOf, termsRow } from './rows.ts';
import type { AuthorityTables } from './tables.ts';

export async function insertTerms(view: DatabaseView, terms: GivenTerms): Promise<void> {
  await view
    .db<AuthorityTables>()
    .insertInto('authority_licence_terms')
    .values(termsRow(terms))
    .execute();
}

/** What each of these licences allows now, by id. */
export async function termsInForce(
  view: DatabaseView,
  ids: readonly LicenceId[],
): Promise<ReadonlyMap<string, GivenTerms>> {
  if (ids.length === 0) return new Map();
  const rows = await view
    .db<AuthorityTables>()
    .selectFrom('authority_licence_terms')
    .selectAll()
    .where('licence_id', 'in', [...ids])
    .orderBy('number')
    .execute();
  // Of two with the same key the later one stays.
  return new Map(rows.map((row) => [row.licence_id, termsOf(row)]));
}

/** Licences that an earlier version issued, in force or still to be used. */
export async function cartLicencesWithoutTerms(view: DatabaseView): Promise<readonly Licence[]> {
  const rows = await view
    .db<AuthorityTables>()
    .selectFrom('authority_licence')
    .selectAll()
    .where('kind', '=', 'cart')
    .where('state', '<>', 'retired')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('authority_licence_terms')
            .select('number')
            .whereRef('authority_licence_terms.licence_id', '=', 'authority_licence.id'),
        ),
      ),
    )
    .execute();
  return rows.map(licenceOf);
}

/**
 * Under which licence each cart is: the one of its newest certificate in force; without one, the newest licence that is not
 * retired. A licence that was issued beside it and not used yet does not count.
 */
export async function licencesOfCarts(
  view: DatabaseView,
  serials: readonly string[],
): Promise<ReadonlyMap<string, Licence>> {
  if (serials.length === 0) return new Map();
  const db = view.db<AuthorityTables>();
  const certified = await db
    .selectFrom('authority_certificate')
    .select(['holder_id', 'licence_id'])
    .where('holder_kind', '=', 'cart')
    .where('holder_id', 'in', [...serials])
    .where('state', '=', 'released')
    .orderBy('issued_at')
    .execute();
  const licences = await db
    .selectFrom('authority_licence')
    .selectAll()
    .where('kind', '=', 'cart')
    .where('name', 'in', [...serials])
    .orderBy('issued_at')
    .execute();
  const byId = new Map(licences.map((row) => [row.id, row]));
  const found = new Map(
    licences.filter(({ state }) => state !== 'retired').map((row) => [row.name, row]),
  );
  for (const { holder_id: serial, licence_id: id } of certified) {
    const licence = byId.get(id ?? '');
    if (licence !== undefined) found.set(serial, licence);
  }
  return new Map([...found].map(([serial, row]) => [serial, licenceOf(row)]));
}
