/**
 * PKCS#10 certification requests, signed with SHA-256. @see RFC 2986
 *
 * A request proves that whoever made it holds the private key; a cart's names the cart. The authority builds the
 * certificate's subject from the licence, never from the request. Node only.
 */
import { createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Attributes, CertificationRequest, CertificationRequestInfo } from '@peculiar/asn1-csr';
import { AlgorithmIdentifier, SubjectPublicKeyInfo } from '@peculiar/asn1-x509';
import type { Name } from '@peculiar/asn1-x509';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CartSerial } from '@chaperone/domain/id/id.ts';
import { admitPublicKey, keyThumbprint, spkiOf } from './algorithm.ts';
import { isDER, isWholeSequence, toArrayBuffer } from './der.ts';
import { distinguishedName, plateSerialOf } from './name.ts';

/** A request with an RSA-4096 key has 1.6 KiB. */
export const CERTIFICATION_REQUEST_BYTES_MAX = 8 * 1024;

export class MalformedCertificationRequest extends DomainError {
  readonly code = 'MALFORMED_CERTIFICATION_REQUEST';
}

export interface CartCertificationRequest {
  readonly serial: CartSerial;
  readonly publicKey: KeyObject;
  readonly keyThumbprint: string;
}

/** OpenSSL 3.0 refuses ECDSA with SHA-3 in requests, so they are signed with SHA-256. @see RFC 5758 3.2, RFC 8017 */
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
const RSA_SHA256 = '1.2.840.113549.1.1.11';
const DER_NULL = Uint8Array.of(0x05, 0x00);

/** The key of a workstation that connects; who it belongs to says the licence, or the certificate that was shown. */
export type KeyCertificationRequest = Omit<CartCertificationRequest, 'serial'>;

/** Makes a cart's request, signed by the key that it asks a certificate for. */
export function makeCertificationRequest(serial: CartSerial, privateKey: KeyObject): Uint8Array {
  return make(distinguishedName({ kind: 'cart', serial }), privateKey);
}

/** Makes a workstation's request for one of its TLS keys. The name is for people; nobody believes it. */
export function makeKeyCertificationRequest(commonName: string, privateKey: KeyObject): Uint8Array {
  return make(distinguishedName({ kind: 'other', commonName }), privateKey);
}

function make(subject: Name, privateKey: KeyObject): Uint8Array {
  const isRSA = privateKey.asymmetricKeyType === 'rsa';
  const spki = toArrayBuffer(spkiOf(createPublicKey(privateKey)));
  const certificationRequestInfo = new CertificationRequestInfo({
    version: 0,
    subject,
    subjectPKInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    attributes: new Attributes([]),
  });
  const signed = new Uint8Array(AsnConvert.serialize(certificationRequestInfo));
  const request = new CertificationRequest({
    certificationRequestInfo,
    signatureAlgorithm: isRSA
      ? new AlgorithmIdentifier({ algorithm: RSA_SHA256, parameters: toArrayBuffer(DER_NULL) })
      : new AlgorithmIdentifier({ algorithm: ECDSA_SHA256 }),
    signature: toArrayBuffer(sign('sha256', signed, privateKey)),
  });
  return new Uint8Array(AsnConvert.serialize(request));
}

/**
 * Reads a cart's request and checks the proof that it holds its key.
 * @param der not trusted
 * @throws MalformedCertificationRequest
 */
export function readCertificationRequest(der: Uint8Array): CartCertificationRequest {
  const { subject, ...key } = readBounded(der);
  const serial = plateSerialOf(subject);
  if (serial === undefined) {
    throw new MalformedCertificationRequest("The request does not name a cart's serial number.");
  }
  return { serial, ...key };
}

/**
 * Reads a workstation's request and checks the proof that it holds its key, which is P-256. Its subject is whatever the tool
 * that made it wrote there.
 * @param der not trusted
 * @throws MalformedCertificationRequest
 */
export function readKeyCertificationRequest(der: Uint8Array): KeyCertificationRequest {
  const { publicKey, keyThumbprint: thumbprint } = readBounded(der);
  if (publicKey.asymmetricKeyType !== 'ec') {
    throw new MalformedCertificationRequest(
      'A key that connects to the service centre is on the curve P-256.',
    );
  }
  return { publicKey, keyThumbprint: thumbprint };
}

interface ProvedKey extends KeyCertificationRequest {
  readonly subject: Name;
}

function readBounded(der: Uint8Array): ProvedKey {
  if (der.length > CERTIFICATION_REQUEST_BYTES_MAX) {
    throw new MalformedCertificationRequest('The certification request is too long.');
  }
  if (!isWholeSequence(der)) {
    throw new MalformedCertificationRequest('This is not a whole certification request.');
  }
  try {
    return read(der);
  } catch (cause) {
    if (cause instanceof MalformedCertificationRequest) throw cause;
    throw new MalformedCertificationRequest('This is not a certification request that we accept.', {
      cause,
    });
  }
}

function read(der: Uint8Array): ProvedKey {
  const request = AsnConvert.parse(toArrayBuffer(der), CertificationRequest);
  if (!isDER(request, der))
    throw new MalformedCertificationRequest('The request is not in its DER form.');
  const { subject, subjectPKInfo } = request.certificationRequestInfo;
  const signed = request.certificationRequestInfoRaw;
  const publicKey = admitPublicKey(new Uint8Array(AsnConvert.serialize(subjectPKInfo)));
  const expected = publicKey.asymmetricKeyType === 'rsa' ? RSA_SHA256 : ECDSA_SHA256;
  const isProved =
    signed !== undefined &&
    request.signatureAlgorithm.algorithm === expected &&
    verify('sha256', new Uint8Array(signed), publicKey, new Uint8Array(request.signature));
  if (!isProved) {
    throw new MalformedCertificationRequest(
      'The request does not prove that its maker holds the key.',
    );
  }
  return { subject, publicKey, keyThumbprint: keyThumbprint(publicKey) };
}
