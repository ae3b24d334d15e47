/** Between the domain's words and the tables' columns. */
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { parseLicenceId } from '@chaperone/domain/licence/licence.ts';
import type { Licence, LicenceCodeHash } from '@chaperone/domain/licence/licence.ts';
import { parseFeatures } from '@chaperone/domain/licence/licence-terms.ts';
import type { CertificateEntry, GivenTerms } from './registry-port.ts';
import type { CertificateRow, LicenceRow, LicenceTermsRow } from './tables.ts';

/** Writes a licence that has just been issued as a row. */
export function licenceRow(licence: Licence, by: string): LicenceRow {
  const { subject } = licence;
  return {
    id: licence.id,
    kind: subject.kind,
    name: subject.kind === 'cart' ? subject.serial : subject.label,
    code_hash: licence.codeHash,
    state: 'issued',
    issued_at: licence.issuedAtMs,
    issued_by: by,
    expires_at: licence.expiresAtMs,
    redeemed_at: null,
    key_thumbprint: null,
    retired_at: null,
  };
}

/** Reads a licence back. */
export function licenceOf(row: LicenceRow): Licence {
  return {
    id: parseLicenceId(row.id),
    subject:
      row.kind === 'cart'
        ? { kind: 'cart', serial: parseCartSerial(row.name) }
        : { kind: 'workstation', label: row.name },
    codeHash: row.code_hash as LicenceCodeHash,
    issuedAtMs: row.issued_at,
    expiresAtMs: row.expires_at,
    ...(row.redeemed_at !== null && row.key_thumbprint !== null
      ? { redeemed: { atMs: row.redeemed_at, keyThumbprint: row.key_thumbprint } }
      : {}),
    ...(row.retired_at === null ? {} : { retiredAtMs: row.retired_at }),
  };
}

/** Writes terms as a row. */
export function termsRow(given: GivenTerms): LicenceTermsRow {
  return {
    licence_id: given.licenceId,
    number: given.number,
    features: given.features.join(','),
    valid_from: given.validFromUtcMs,
    valid_until: given.validUntilUtcMs,
    facility: given.facility,
    model: given.model,
    statement: given.statement,
    given_at: given.givenAtMs,
    given_by: given.by,
  };
}

/** Reads terms back. @throws MalformedLicence for features that are none */
export function termsOf(row: LicenceTermsRow): GivenTerms {
  return {
    licenceId: parseLicenceId(row.licence_id),
    number: row.number,
    features: parseFeatures(row.features.split(',')),
    validFromUtcMs: row.valid_from,
    validUntilUtcMs: row.valid_until,
    facility: row.facility,
    model: row.model,
    statement: row.statement,
    givenAtMs: row.given_at,
    by: row.given_by,
  };
}

/** Writes a certificate as a row. */
export function certificateRow(entry: CertificateEntry): CertificateRow {
  return {
    serial_hex: entry.certificateSerialHex,
    chain: entry.chain,
    holder_kind: entry.holder.kind,
    holder_id: entry.holder.id,
    use: entry.use,
    licence_id: entry.licenceId,
    key_thumbprint: entry.keyThumbprint,
    fingerprint: entry.fingerprint,
    der: entry.der,
    not_after: entry.notAfterMs,
    issued_at: entry.issuedAtMs,
    state: entry.state,
    revoked_at: entry.revokedAtMs,
    revocation_reason: entry.revocationReason,
    revocation_recorded: 0,
  };
}

/** Reads a certificate back. */
export function certificateOf(row: CertificateRow): CertificateEntry {
  return {
    certificateSerialHex: row.serial_hex,
    chain: row.chain,
    holder: { kind: row.holder_kind, id: row.holder_id },
    use: row.use,
    licenceId: row.licence_id === null ? null : parseLicenceId(row.licence_id),
    keyThumbprint: row.key_thumbprint,
    fingerprint: row.fingerprint,
    der: new Uint8Array(row.der),
    notAfterMs: row.not_after,
    issuedAtMs: row.issued_at,
    state: row.state,
    revokedAtMs: row.revoked_at,
    revocationReason: row.revocation_reason,
  };
}
