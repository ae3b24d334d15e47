/**
 * The "certs-only" form of CMS SignedData, in which EST gives certificates: nothing is signed, nothing is carried
 * but certificates. @see RFC 7030 section 4.1.3, RFC 5652 section 5, RFC 8551 section 3.8
 */
import {
  CMSVersion,
  CertificateChoices,
  CertificateSet,
  ContentInfo,
  DigestAlgorithmIdentifiers,
  EncapsulatedContentInfo,
  SignedData,
  SignerInfos,
  id_data,
  id_signedData,
} from '@peculiar/asn1-cms';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { isWholeSequence, toArrayBuffer } from '../x509/der.ts';

const CERTIFICATES_MAX = 8;
const BYTES_MAX = 48 * 1024;

export class MalformedCertificatesOnly extends DomainError {
  readonly code = 'MALFORMED_CERTIFICATES_ONLY';
}

/** Packs certificates (DER). */
export function makeCertificatesOnly(certificates: readonly Uint8Array[]): Uint8Array {
  const choices = certificates.map(
    (der) =>
      new CertificateChoices({ certificate: AsnConvert.parse(toArrayBuffer(der), Certificate) }),
  );
  const signedData = new SignedData({
    version: CMSVersion.v1,
    digestAlgorithms: new DigestAlgorithmIdentifiers([]),
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: id_data }),
    certificates: new CertificateSet(choices),
    signerInfos: new SignerInfos([]),
  });
  const content = AsnConvert.serialize(signedData);
  return new Uint8Array(
    AsnConvert.serialize(new ContentInfo({ contentType: id_signedData, content })),
  );
}

/**
 * Unpacks certificates as DER, in no promised order (they are a SET) and not judged.
 * @param der not trusted
 * @throws MalformedCertificatesOnly
 */
export function readCertificatesOnly(der: Uint8Array): readonly Uint8Array[] {
  if (der.length > BYTES_MAX || !isWholeSequence(der)) {
    throw new MalformedCertificatesOnly('This is not a whole certs-only message.');
  }
  let choices: CertificateSet | undefined;
  try {
    const info = AsnConvert.parse(toArrayBuffer(der), ContentInfo);
    if (info.contentType === id_signedData)
      choices = AsnConvert.parse(info.content, SignedData).certificates;
    const certificates: Uint8Array[] = [];
    for (const { certificate } of choices ?? []) {
      if (certificate === undefined)
        throw new MalformedCertificatesOnly('It carries more than certificates.');
      certificates.push(new Uint8Array(AsnConvert.serialize(certificate)));
    }
    if (certificates.length === 0 || certificates.length > CERTIFICATES_MAX) {
      throw new MalformedCertificatesOnly(`It must carry 1 to ${CERTIFICATES_MAX} certificates.`);
    }
    return certificates;
  } catch (cause) {
    if (cause instanceof MalformedCertificatesOnly) throw cause;
    throw new MalformedCertificatesOnly('This is not a certs-only message.', { cause });
  }
}
