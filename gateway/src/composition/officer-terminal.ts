/** What `chaperone portal officer add` reads and shows: a certification request of the facility, and a secret, once. */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { CERTIFICATION_REQUEST_BYTES_MAX } from '@chaperone/protocol/x509/certification-request.ts';
import { MalformedPEM, decodePEM } from '@chaperone/protocol/x509/pem.ts';
import { renderUnicodeCompact } from 'uqr';
import { readSmallFile } from '../platform/small-file/small-file.ts';

/** The file that was named holds no certification request. */
export class RequestFileUnusable extends DomainError {
  readonly code = 'REQUEST_FILE_UNUSABLE';
}

/** OpenSSL's label, and that of Windows' `certreq`. */
const LABELS = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'] as const;
/** Base64 and the lines around it. */
const FILE_BYTES_MAX = 2 * CERTIFICATION_REQUEST_BYTES_MAX;

/** Reads a request, PEM or DER, as base64 of its DER. @throws RequestFileUnusable */
export async function readRequestFile(file: string): Promise<string> {
  const bytes = await readSmallFile(file, FILE_BYTES_MAX).catch((cause: unknown) => {
    throw new RequestFileUnusable(`The file ${file} cannot be read.`, { cause });
  });
  if (bytes === null) throw new RequestFileUnusable(`The file ${file} is too long for a request.`);
  return requestOf(bytes, file);
}

/** Finds the request in a file's bytes, as base64 of its DER. @throws RequestFileUnusable */
export function requestOf(bytes: Buffer, file: string): string {
  const text = bytes.toString('latin1');
  if (!text.includes('-----BEGIN')) return bytes.toString('base64');
  for (const label of LABELS) {
    try {
      const [der] = decodePEM(label, text);
      if (der !== undefined) return Buffer.from(der).toString('base64');
    } catch (fault) {
      if (!(fault instanceof MalformedPEM)) throw fault;
    }
  }
  throw new RequestFileUnusable(`The file ${file} holds no certification request (PKCS#10).`);
}

/** What a person is told who has just enrolled an officer; the rest is printed as JSON. */
export function enrolmentAdvice(address: string, cases: number): string {
  return [
    renderUnicodeCompact(address),
    'The officer scans this with an authenticator app, or types the secret. It is not shown again.',
    cases === 0
      ? 'No case has the name of this facility yet. A case belongs to it when its facility is written exactly so.'
      : `${cases} ${cases === 1 ? 'case has' : 'cases have'} the name of this facility.`,
    'Give the officer the certificate, the browser root, and by another way the secret.',
  ].join('\n');
}
