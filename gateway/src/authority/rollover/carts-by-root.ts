/** Which carts have a certificate of which root: read from the certificates themselves, since a row does not say. */
import { judgeCertificate, readCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { ReadCertificate } from '@chaperone/protocol/x509/certificate.ts';
import type { Database } from '../../platform/database/database.ts';
import type { AuthorityTables } from '../registry/registry.ts';

/** Certificates read at a time. */
const PAGE_ROWS = 500;

export interface CartCertificate {
  readonly serial: string;
  readonly certificateSerialHex: string;
  readonly notAfterMs: number;
  /** Whether the root in question issued it. */
  readonly isOfRoot: boolean;
}

/** The certificates of carts that are in force, page by page. @param root DER */
export async function* cartCertificates(
  database: Database,
  root: Uint8Array,
  nowMs: number,
): AsyncGenerator<CartCertificate> {
  const authority = readCertificate(root);
  for (let after = ''; ;) {
    const rows = await database
      .db<AuthorityTables>()
      .selectFrom('authority_certificate')
      .select(['serial_hex', 'holder_id', 'not_after', 'der'])
      .where('chain', '=', 'cart')
      .where('holder_kind', '=', 'cart')
      .where('state', '=', 'released')
      .where('not_after', '>', nowMs)
      .where('serial_hex', '>', after)
      .orderBy('serial_hex')
      .limit(PAGE_ROWS)
      .execute();
    for (const row of rows) {
      yield {
        serial: row.holder_id,
        certificateSerialHex: row.serial_hex,
        notAfterMs: row.not_after,
        isOfRoot: isIssuedBy(readCertificate(new Uint8Array(row.der)), authority),
      };
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) return;
    after = last.serial_hex;
  }
}

function isIssuedBy(certificate: ReadCertificate, root: ReadCertificate): boolean {
  try {
    judgeCertificate(certificate, root, 'peer', certificate.notBeforeMs);
    return true;
  } catch {
    return false;
  }
}
