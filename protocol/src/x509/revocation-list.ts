/**
 * Certificate revocation lists (version 2): made by an authority, read by whoever pins that authority.
 *
 * The gateway itself asks its registry on every connection; a list is for peers who cannot, such as a cart that
 * judges a workstation. @see RFC 5280 section 5
 */
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AuthorityKeyIdentifier,
  CRLNumber,
  CertificateList,
  KeyIdentifier,
  RevokedCertificate,
  TBSCertList,
  Time,
  Version,
  id_ce_authorityKeyIdentifier,
  id_ce_cRLNumber,
} from '@peculiar/asn1-x509';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { isSignedWith, signWith, signatureAlgorithm } from './algorithm.ts';
import { authorityParts, extension, readCertificate } from './certificate.ts';
import type { Issuer, IssuerName, SigningIssuer } from './certificate.ts';
import { isDER, isWholeSequence, toArrayBuffer } from './der.ts';
import { encodePEM } from './pem.ts';
import { signingAlgorithm } from './signer.ts';

/** About 25,000 entries of 40 bytes. */
export const REVOCATION_LIST_BYTES_MAX = 1024 * 1024;

export class MalformedRevocationList extends DomainError {
  readonly code = 'MALFORMED_REVOCATION_LIST';
}

export interface Revocation {
  readonly certificateSerialHex: string;
  readonly atMs: number;
}

export interface RevocationList {
  readonly revocations: readonly Revocation[];
  /** Later lists have higher numbers: a holder never goes back to a lower one. */
  readonly number: number;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
}

type Named = { readonly certificate: Uint8Array };

/** Makes a signed list as PEM with the label `X509 CRL`. */
export function makeRevocationList(issuer: Issuer & Named, list: RevocationList): string {
  const { bytes, signed } = prepareList(issuer, list);
  return signed(signWith(issuer.profile, issuer.privateKey, bytes));
}

/** Makes a signed list by an issuer whose key may be in a token. @throws what its signer throws */
export async function signRevocationList(
  issuer: SigningIssuer & Named,
  list: RevocationList,
): Promise<string> {
  const { bytes, signed } = prepareList(issuer, list);
  return signed(await issuer.signer.sign(signingAlgorithm(issuer.profile), bytes));
}

interface PreparedList {
  /** What is to be signed: DER of the TBSCertList. */
  readonly bytes: Uint8Array;
  /** Puts the signature on; PEM. */
  signed(signature: Uint8Array): string;
}

function prepareList(issuer: IssuerName & Named, list: RevocationList): PreparedList {
  const { name, keyIdentifier } = authorityParts(issuer.certificate);
  const entries = list.revocations.map(
    ({ certificateSerialHex, atMs }) =>
      new RevokedCertificate({
        userCertificate: toArrayBuffer(Buffer.from(certificateSerialHex, 'hex')),
        revocationDate: new Time(new Date(atMs)),
      }),
  );
  const tbsCertList = new TBSCertList({
    version: Version.v2,
    signature: signatureAlgorithm(issuer.profile),
    issuer: name,
    thisUpdate: new Time(new Date(list.thisUpdateMs)),
    nextUpdate: new Time(new Date(list.nextUpdateMs)),
    ...(entries.length > 0 ? { revokedCertificates: entries } : {}),
    crlExtensions: [
      extension(
        id_ce_authorityKeyIdentifier,
        new AuthorityKeyIdentifier({
          keyIdentifier: new KeyIdentifier(toArrayBuffer(keyIdentifier)),
        }),
      ),
      extension(id_ce_cRLNumber, new CRLNumber(list.number)),
    ],
  });
  return {
    bytes: new Uint8Array(AsnConvert.serialize(tbsCertList)),
    signed: (signature) => {
      const der = AsnConvert.serialize(
        new CertificateList({
          tbsCertList,
          signatureAlgorithm: signatureAlgorithm(issuer.profile),
          signature: toArrayBuffer(signature),
        }),
      );
      return encodePEM('X509 CRL', new Uint8Array(der));
    },
  };
}

/**
 * Reads a list and checks that the authority signed it. Whether it is fresh enough is the reader's question.
 * @param der not trusted
 * @param authority DER of the pinned authority's certificate
 * @throws MalformedRevocationList
 */
export function readRevocationList(der: Uint8Array, authority: Uint8Array): RevocationList {
  if (der.length > REVOCATION_LIST_BYTES_MAX)
    throw new MalformedRevocationList('The list is too long.');
  if (!isWholeSequence(der))
    throw new MalformedRevocationList('This is not a whole revocation list.');
  try {
    return read(der, authority);
  } catch (cause) {
    if (cause instanceof MalformedRevocationList) throw cause;
    throw new MalformedRevocationList('This is not a revocation list of ours.', { cause });
  }
}

function read(der: Uint8Array, authority: Uint8Array): RevocationList {
  const list = AsnConvert.parse(toArrayBuffer(der), CertificateList);
  if (!isDER(list, der)) throw new MalformedRevocationList('The list is not in its DER form.');
  const signed = list.tbsCertListRaw;
  const { publicKey } = readCertificate(authority);
  const algorithm = list.signatureAlgorithm.algorithm;
  if (
    signed === undefined ||
    list.tbsCertList.signature.algorithm !== algorithm ||
    !isSignedWith(algorithm, publicKey, new Uint8Array(signed), new Uint8Array(list.signature))
  ) {
    throw new MalformedRevocationList(
      'The list is not signed by the authority that it should be from.',
    );
  }
  const { thisUpdate, nextUpdate, revokedCertificates, crlExtensions } = list.tbsCertList;
  const numbered = crlExtensions?.find(({ extnID }) => extnID === id_ce_cRLNumber);
  if (nextUpdate === undefined || numbered === undefined) {
    throw new MalformedRevocationList('The list lacks its number or its end.');
  }
  return {
    revocations: (revokedCertificates ?? []).map(({ userCertificate, revocationDate }) => ({
      certificateSerialHex: Buffer.from(userCertificate).toString('hex'),
      atMs: revocationDate.getTime().getTime(),
    })),
    number: AsnConvert.parse(numbered.extnValue.buffer, CRLNumber).value,
    thisUpdateMs: thisUpdate.getTime().getTime(),
    nextUpdateMs: nextUpdate.getTime().getTime(),
  };
}
