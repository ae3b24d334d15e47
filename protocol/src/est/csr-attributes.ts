/**
 * What the service centre wants in a cart's certification request, as EST tells it (`csrattrs`).
 *
 * A key on P-256, a proof signed with SHA-256 over ECDSA, and the serial number of the plate in the subject. RSA keys of 3072
 * to 4096 bits are taken, too; the answer names one way so that a foreign peer need not choose. Everything else that a
 * certificate says comes from the licence, whatever a request asks for. @see RFC 7030 section 4.5.2, RFC 8951 section 2
 */
import assert from 'node:assert/strict';
import { AsnConvert, AsnObjectIdentifierConverter } from '@peculiar/asn1-schema';
import { Attribute } from '@peculiar/asn1-x509';

/** @see RFC 5480 section 2.1.1, RFC 5758 section 3.2, X.520 section 6.2.9 */
export const CSR_ATTRIBUTE_OIDS = {
  ecPublicKey: '1.2.840.10045.2.1',
  p256: '1.2.840.10045.3.1.7',
  ecdsaWithSHA256: '1.2.840.10045.4.3.2',
  serialNumber: '2.5.4.5',
} as const;

const SEQUENCE = 0x30;
/** Up to here a length is one byte. */
const SHORT_LENGTH_MAX = 127;

/** Writes CsrAttrs as DER: SEQUENCE OF CHOICE { OBJECT IDENTIFIER, Attribute }. */
export function makeCSRAttributes(): Uint8Array {
  const { ecPublicKey, p256, ecdsaWithSHA256, serialNumber } = CSR_ATTRIBUTE_OIDS;
  const curve = new Attribute({ type: ecPublicKey, values: [objectIdentifier(p256)] });
  const content = Buffer.concat([
    Buffer.from(AsnConvert.serialize(curve)),
    Buffer.from(objectIdentifier(ecdsaWithSHA256)),
    Buffer.from(objectIdentifier(serialNumber)),
  ]);
  assert(content.length <= SHORT_LENGTH_MAX);
  return Uint8Array.of(SEQUENCE, content.length, ...content);
}

function objectIdentifier(oid: string): ArrayBuffer {
  return AsnObjectIdentifierConverter.toASN(oid).toBER();
}
