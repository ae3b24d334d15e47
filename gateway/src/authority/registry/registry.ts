/**
 * The registry in the gateway's database.
 *
 * The rules are the domain's (`redeem`); the transaction makes them hold when several ask at once, on one desk or
 * on many: it is serializable, and a change that finds another state than it read changes nothing.
 */
import assert from 'node:assert/strict';
import { LicenceRetired, redeem } from '@chaperone/domain/licence/licence.ts';
import type {
  Licence,
  LicenceCodeHash,
  LicenceId,
  RedeemRequest,
} from '@chaperone/domain/licence/licence.ts';
import type { Database } from '../../platform/database/database.ts';
import type { DatabaseView } from '../../platform/database/database-view.ts';
import { ChainRetired, PublicKeyInUse } from './registry-port.ts';
import type {
  CertificateEntry,
  Chain,
  GivenTerms,
  Holder,
  Redemption,
  Registry,
  RetirableChain,
  RevocationReason,
  WorkstationEntry,
} from './registry-port.ts';
import { isChainRetired, retireChain } from './retired-chain.ts';
import { certificateOf, certificateRow, licenceOf, licenceRow } from './rows.ts';
import type { AuthorityTables } from './tables.ts';
import {
  cartLicencesWithoutTerms,
  insertTerms,
  licencesOfCarts,
  termsInForce,
} from './licence-terms.ts';
import { countSeats, listWorkstations, requireSeat } from './workstations.ts';

export { checkRegistry } from './registry-check.ts';
export { ChainRetired, PublicKeyInUse, RETIRABLE_CHAINS, SeatsTaken } from './registry-port.ts';
export type * from './registry-port.ts';
export { REVOCATION_REASONS, WORKSTATION_STATES, WORKSTATION_USES } from './registry-port.ts';
export {
  searchCarts,
  searchLicences,
  searchWorkstations,
  workstationLabels,
} from './registry-search.ts';
export type {
  FoundCart,
  FoundLicence,
  FoundWorkstation,
  FoundWorkstations,
  LicenceSearch,
} from './registry-search.ts';
export { AUTHORITY_MIGRATIONS } from './tables.ts';
export type { AuthorityTables } from './tables.ts';

/** Looks at a database, already migrated, as the authority's registry. */
export function openRegistry(database: Database): Registry {
  return new DatabaseRegistry(database);
}

class DatabaseRegistry implements Registry {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async addLicence(licence: Licence, by: string, terms?: GivenTerms): Promise<void> {
    await this.#database.transaction(async (view) => {
      await view
        .db<AuthorityTables>()
        .insertInto('authority_licence')
        .values(licenceRow(licence, by))
        .execute();
      if (terms !== undefined) await insertTerms(view, terms);
    });
  }

  async addTerms(terms: GivenTerms): Promise<void> {
    await insertTerms(this.#database, terms);
  }

  async termsOf(ids: readonly LicenceId[]): Promise<ReadonlyMap<string, GivenTerms>> {
    return await termsInForce(this.#database, ids);
  }

  async licencesOfCarts(serials: readonly string[]): Promise<ReadonlyMap<string, Licence>> {
    return await licencesOfCarts(this.#database, serials);
  }

  async cartLicencesWithoutTerms(): Promise<readonly Licence[]> {
    return await cartLicencesWithoutTerms(this.#database);
  }

  async licences(): Promise<readonly Licence[]> {
    const rows = await this.#db()
      .selectFrom('authority_licence')
      .selectAll()
      .orderBy('issued_at', 'desc')
      .orderBy('id')
      .execute();
    return rows.map(licenceOf);
  }

  async licence(id: LicenceId): Promise<Licence | undefined> {
    return await licenceById(this.#database, id);
  }

  async licenceByCode(codeHash: LicenceCodeHash): Promise<Licence | undefined> {
    return await licenceByCode(this.#database, codeHash);
  }

  async retireLicence(id: LicenceId, nowMs: number): Promise<Licence | undefined> {
    await this.#db()
      .updateTable('authority_licence')
      .set({ state: 'retired', retired_at: nowMs })
      .where('id', '=', id)
      .where('state', '<>', 'retired')
      .execute();
    return await this.licence(id);
  }

  async retireLicencesOf(holder: Holder, nowMs: number): Promise<readonly Licence[]> {
    const retired = this.#db()
      .updateTable('authority_licence')
      .set({ state: 'retired', retired_at: nowMs })
      .where('state', '<>', 'retired')
      .where('kind', '=', holder.kind === 'cart' ? 'cart' : 'workstation');
    // A cart's licence names it before it is used; a workstation has no id before its first certificate.
    const own =
      holder.kind === 'cart'
        ? retired.where('name', '=', holder.id)
        : retired.where('id', 'in', (query) =>
            query
              .selectFrom('authority_certificate')
              .select('licence_id')
              .where('holder_kind', '=', holder.kind)
              .where('holder_id', '=', holder.id)
              .where('licence_id', 'is not', null)
              .$narrowType<{ licence_id: string }>(),
          );
    return (await own.returningAll().execute()).map(licenceOf);
  }

  async requireSeat(seatsMax: number, nowMs: number): Promise<void> {
    await requireSeat(this.#database, seatsMax, nowMs);
  }

  async seatsUsed(nowMs: number): Promise<number> {
    return await countSeats(this.#database, nowMs);
  }

  async workstations(nowMs: number): Promise<readonly WorkstationEntry[]> {
    return await listWorkstations(this.#database, nowMs);
  }

  async redeem(
    request: RedeemRequest,
    makeEntry: (licence: Licence) => CertificateEntry,
    seatsMax: number,
  ): Promise<Redemption> {
    return await this.#database.transaction(async (view) => {
      const redeemed = redeem(await licenceByCode(view, request.codeHash), request);
      const { licence, outcome } = redeemed;
      if (outcome === 'again') {
        const certificate = await certificateForRedemption(view, licence.id, request.keyThumbprint);
        return { ...redeemed, certificate };
      }
      if (licence.subject.kind === 'workstation') await requireSeat(view, seatsMax, request.nowMs);
      const { numUpdatedRows } = await view
        .db<AuthorityTables>()
        .updateTable('authority_licence')
        .set({
          state: 'redeemed',
          redeemed_at: request.nowMs,
          key_thumbprint: request.keyThumbprint,
        })
        .where('id', '=', licence.id)
        .where('state', '=', 'issued')
        .executeTakeFirst();
      assert.equal(numUpdatedRows, 1n, 'a licence changed inside a serializable transaction');
      const certificate = makeEntry(licence);
      await insertCertificate(view, certificate);
      return { ...redeemed, certificate };
    });
  }

  async retireChain(chain: RetirableChain, nowMs: number): Promise<readonly CertificateEntry[]> {
    return await this.#database.transaction(async (view) => await retireChain(view, chain, nowMs));
  }

  async isChainRetired(chain: Chain): Promise<boolean> {
    return await isChainRetired(this.#database, chain);
  }

  async addCertificate(entry: CertificateEntry, shownSerialHex?: string): Promise<void> {
    await this.#database.transaction(async (view) => {
      if (shownSerialHex !== undefined) await requireReleased(view, shownSerialHex);
      await insertCertificate(view, entry);
    });
  }

  async release(
    certificateSerialHex: string,
    nowMs: number,
    kept: readonly string[] | 'all',
  ): Promise<readonly CertificateEntry[]> {
    return await this.#database.transaction(async (view) => {
      const released = await view
        .db<AuthorityTables>()
        .updateTable('authority_certificate')
        .set({ state: 'released' })
        .where('serial_hex', '=', certificateSerialHex)
        .where('state', '=', 'pending')
        .returningAll()
        .executeTakeFirst();
      if (released === undefined || kept === 'all') return [];
      const rows = await view
        .db<AuthorityTables>()
        .updateTable('authority_certificate')
        .set(revocation('superseded', nowMs))
        .where('holder_kind', '=', released.holder_kind)
        .where('holder_id', '=', released.holder_id)
        .where('use', released.use === null ? 'is' : '=', released.use)
        .where('state', '<>', 'revoked')
        .where('serial_hex', 'not in', [certificateSerialHex, ...kept])
        .returningAll()
        .execute();
      return rows.map(certificateOf);
    });
  }

  async certificate(certificateSerialHex: string): Promise<CertificateEntry | undefined> {
    const row = await this.#db()
      .selectFrom('authority_certificate')
      .selectAll()
      .where('serial_hex', '=', certificateSerialHex)
      .executeTakeFirst();
    return row === undefined ? undefined : certificateOf(row);
  }

  async released(certificateSerials: readonly string[]): Promise<ReadonlySet<string>> {
    if (certificateSerials.length === 0) return new Set();
    const rows = await this.#db()
      .selectFrom('authority_certificate')
      .select('serial_hex')
      .where('serial_hex', 'in', [...certificateSerials])
      .where('state', '=', 'released')
      .execute();
    return new Set(rows.map(({ serial_hex: serial }) => serial));
  }

  async certificatesOf(holder: Holder): Promise<readonly CertificateEntry[]> {
    const rows = await this.#db()
      .selectFrom('authority_certificate')
      .selectAll()
      .where('holder_kind', '=', holder.kind)
      .where('holder_id', '=', holder.id)
      .orderBy('issued_at', 'desc')
      .orderBy('serial_hex')
      .execute();
    return rows.map(certificateOf);
  }

  async revoke(
    which: { readonly certificateSerialHex: string } | { readonly holder: Holder },
    reason: RevocationReason,
    nowMs: number,
  ): Promise<readonly CertificateEntry[]> {
    const change = this.#db()
      .updateTable('authority_certificate')
      .set(revocation(reason, nowMs))
      .where('state', '<>', 'revoked');
    const chosen =
      'holder' in which
        ? change
            .where('holder_kind', '=', which.holder.kind)
            .where('holder_id', '=', which.holder.id)
        : change.where('serial_hex', '=', which.certificateSerialHex);
    return (await chosen.returningAll().execute()).map(certificateOf);
  }

  async unrecordedRevocations(): Promise<readonly CertificateEntry[]> {
    const rows = await this.#db()
      .selectFrom('authority_certificate')
      .selectAll()
      .where('state', '=', 'revoked')
      .where('revocation_recorded', '=', 0)
      .execute();
    return rows.map(certificateOf);
  }

  async markRevocationRecorded(certificateSerialHex: string): Promise<void> {
    await this.#db()
      .updateTable('authority_certificate')
      .set({ revocation_recorded: 1 })
      .where('serial_hex', '=', certificateSerialHex)
      .execute();
  }

  async revoked(chain: Chain, nowMs: number): Promise<readonly CertificateEntry[]> {
    const rows = await this.#db()
      .selectFrom('authority_certificate')
      .selectAll()
      .where('chain', '=', chain)
      .where('state', '=', 'revoked')
      .where('not_after', '>', nowMs)
      .orderBy('revoked_at')
      .execute();
    return rows.map(certificateOf);
  }

  async nextRevocationListNumber(chain: Chain): Promise<number> {
    const { number } = await this.#db()
      .insertInto('authority_revocation_list')
      .values({ chain, number: 1 })
      .onConflict((conflict) =>
        conflict
          .column('chain')
          .doUpdateSet(({ eb }) => ({ number: eb('authority_revocation_list.number', '+', 1) })),
      )
      .returning('number')
      .executeTakeFirstOrThrow();
    return number;
  }

  #db() {
    return this.#database.db<AuthorityTables>();
  }
}

function revocation(reason: RevocationReason, nowMs: number) {
  return { state: 'revoked', revoked_at: nowMs, revocation_reason: reason } as const;
}

async function licenceById(view: DatabaseView, id: LicenceId): Promise<Licence | undefined> {
  const row = await view
    .db<AuthorityTables>()
    .selectFrom('authority_licence')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : licenceOf(row);
}

async function licenceByCode(
  view: DatabaseView,
  codeHash: LicenceCodeHash,
): Promise<Licence | undefined> {
  const row = await view
    .db<AuthorityTables>()
    .selectFrom('authority_licence')
    .selectAll()
    .where('code_hash', '=', codeHash)
    .executeTakeFirst();
  return row === undefined ? undefined : licenceOf(row);
}

/** The certificate that was made when this key used the code: the oldest of the licence for that key. */
async function certificateForRedemption(
  view: DatabaseView,
  licenceId: LicenceId,
  keyThumbprint: string,
): Promise<CertificateEntry> {
  const row = await view
    .db<AuthorityTables>()
    .selectFrom('authority_certificate')
    .selectAll()
    .where('licence_id', '=', licenceId)
    .where('key_thumbprint', '=', keyThumbprint)
    .orderBy('issued_at')
    .limit(1)
    .executeTakeFirst();
  assert(row !== undefined, 'a redeemed licence has its certificate, by the same transaction');
  return certificateOf(row);
}

async function requireReleased(view: DatabaseView, certificateSerialHex: string): Promise<void> {
  const row = await view
    .db<AuthorityTables>()
    .selectFrom('authority_certificate')
    .select('state')
    .where('serial_hex', '=', certificateSerialHex)
    .executeTakeFirst();
  if (row?.state !== 'released') throw new LicenceRetired();
}

async function insertCertificate(view: DatabaseView, entry: CertificateEntry): Promise<void> {
  if (entry.holder.kind !== 'server' && (await isChainRetired(view, entry.chain)))
    throw new ChainRetired();
  const twin = await view
    .db<AuthorityTables>()
    .selectFrom('authority_certificate')
    .select('serial_hex')
    .where('key_thumbprint', '=', entry.keyThumbprint)
    .where((row) =>
      row.or([
        row('holder_kind', '<>', entry.holder.kind),
        row('holder_id', '<>', entry.holder.id),
        // A key that connects signs nothing, and the other way round.
        row('use', entry.use === null ? 'is not' : '<>', entry.use),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  if (twin !== undefined) throw new PublicKeyInUse();
  await view
    .db<AuthorityTables>()
    .insertInto('authority_certificate')
    .values(certificateRow(entry))
    .execute();
}
