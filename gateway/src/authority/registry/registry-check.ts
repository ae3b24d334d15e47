/**
 * Looks at the registry once, at the start: what gives somebody access has to say what was signed.
 *
 * Each certificate in force is compared with its own bytes, which a root has signed; a licence that can still be used must
 * not last longer than any licence does; a cart's terms are compared with what the licence root has signed. Nothing else of a row gives access: a changed code is no code, a changed serial
 * number is no certificate.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { LICENCE_LIFETIME_MAX_MS } from '@chaperone/domain/licence/licence.ts';
import { readLicenceStatement } from '@chaperone/protocol/licence/licence-statement.ts';
import { readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { CertificatePurpose } from '@chaperone/protocol/x509/certificate.ts';
import type { CertificateSubject } from '@chaperone/protocol/x509/name.ts';
import type { Database } from '../../platform/database/database.ts';
import type { AuthorityTables, CertificateRow, LicenceTermsRow } from './tables.ts';

/** Certificates read at a time. */
const PAGE_ROWS = 500;

/** A row is not what was written. Nobody is let in by such a registry. */
export class RegistryDamaged extends DomainError {
  readonly code = 'REGISTRY_DAMAGED';

  constructor(what: string, options?: { readonly cause: unknown }) {
    super(
      `The registry of licences and certificates is damaged: ${what} Restore the database.`,
      options,
    );
  }
}

/** @throws RegistryDamaged naming the row */
export async function checkRegistry(
  database: Database,
  nowMs: number,
  licenceCA: Uint8Array,
): Promise<void> {
  const db = database.db<AuthorityTables>();
  const licences = await db
    .selectFrom('authority_licence')
    .select(['id', 'issued_at', 'expires_at'])
    .where('state', '=', 'issued')
    .execute();
  for (const { id, issued_at: issuedAt, expires_at: expiresAt } of licences) {
    if (expiresAt > issuedAt && expiresAt - issuedAt <= LICENCE_LIFETIME_MAX_MS) continue;
    throw new RegistryDamaged(`licence ${id} lasts longer than any licence does.`);
  }
  const terms = await db
    .selectFrom('authority_licence_terms')
    .innerJoin('authority_licence', 'id', 'licence_id')
    .selectAll('authority_licence_terms')
    .select('name')
    .where('state', '<>', 'retired')
    .execute();
  for (const row of terms) await checkTerms(row, row.name, licenceCA);
  for (let after = ''; ;) {
    const rows = await db
      .selectFrom('authority_certificate')
      .selectAll()
      .where('state', '=', 'released')
      .where('not_after', '>', nowMs)
      .where('serial_hex', '>', after)
      .orderBy('serial_hex')
      .limit(PAGE_ROWS)
      .execute();
    for (const row of rows) checkCertificate(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) return;
    after = last.serial_hex;
  }
}

async function checkTerms(
  row: LicenceTermsRow,
  serial: string,
  licenceCA: Uint8Array,
): Promise<void> {
  const name = `terms ${row.number} of licence ${row.licence_id}`;
  let fits: boolean;
  try {
    const signed = await readLicenceStatement(row.statement, licenceCA);
    fits =
      signed.id === row.licence_id &&
      signed.number === row.number &&
      signed.serial === serial &&
      signed.features.join(',') === row.features &&
      signed.validFromUtcMs === row.valid_from &&
      signed.validUntilUtcMs === row.valid_until;
  } catch (cause) {
    throw new RegistryDamaged(`the ${name} cannot be read.`, { cause });
  }
  if (!fits) throw new RegistryDamaged(`the ${name} are not what was signed.`);
}

function checkCertificate(row: CertificateRow): void {
  let fits: boolean;
  try {
    const read = readCertificate(new Uint8Array(row.der));
    fits =
      read.certificateSerialHex === row.serial_hex &&
      read.fingerprint === row.fingerprint &&
      read.keyThumbprint === row.key_thumbprint &&
      read.notAfterMs === row.not_after &&
      isOf(read.subject, row) &&
      isForUse(read.purpose, row);
  } catch (cause) {
    throw new RegistryDamaged(`certificate ${row.serial_hex} cannot be read.`, { cause });
  }
  if (!fits) throw new RegistryDamaged(`certificate ${row.serial_hex} is not what was signed.`);
}

function isOf(subject: CertificateSubject, row: CertificateRow): boolean {
  if (subject.kind === 'cart')
    return row.holder_kind === 'cart' && row.holder_id === subject.serial;
  if (subject.kind === 'workstation')
    return row.holder_kind === 'workstation' && row.holder_id === subject.id;
  if (subject.kind === 'officer')
    return row.holder_kind === 'officer' && row.holder_id === subject.id;
  return row.holder_kind === 'server';
}

function isForUse(purpose: CertificatePurpose, { use }: CertificateRow): boolean {
  if (use === null) return true;
  return purpose === (use === 'console' ? 'signer' : 'peer');
}
