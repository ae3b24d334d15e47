/**
 * Enrolment over Secure Transport, as far as Chaperone uses it: paths, media types and body form. @see RFC 7030
 *
 * | request | who | body → answer |
 * |---|---|---|
 * | GET `cacerts` | anyone | → certs-only PKCS#7: the cart root; during a change of it the next one, too (`root-change.ts`) |
 * | GET `csrattrs` | anyone | → CsrAttrs: what a request should hold (`csr-attributes.ts`) |
 * | GET `chaperone/anchors` | anyone | → compact JWS, signed by the cart root (`anchors.ts`) |
 * | GET `chaperone/licence` | TLS client certificate | → compact JWS: the terms of its licence (`../licence/licence-statement.ts`) |
 * | POST `simpleenroll` | plate serial and licence code (HTTP Basic) | PKCS#10 → certs-only PKCS#7 |
 * | POST `simplereenroll` | TLS client certificate | PKCS#10 → certs-only PKCS#7 |
 *
 * Bodies are base64, with or without line breaks (RFC 8951 section 3). Refusals are problem documents (RFC 9457).
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export const EST_PREFIX = '/.well-known/est';
export const EST_PATHS = {
  cacerts: `${EST_PREFIX}/cacerts`,
  simpleenroll: `${EST_PREFIX}/simpleenroll`,
  simplereenroll: `${EST_PREFIX}/simplereenroll`,
  csrattrs: `${EST_PREFIX}/csrattrs`,
  anchors: `${EST_PREFIX}/chaperone/anchors`,
  licence: `${EST_PREFIX}/chaperone/licence`,
} as const;

export const EST_MEDIA_TYPES = {
  request: 'application/pkcs10',
  certificates: 'application/pkcs7-mime',
  csrAttributes: 'application/csrattrs',
  anchors: 'application/jose',
  licence: 'application/jose',
  problem: 'application/problem+json',
} as const;

/** EST speaks HTTP/1.1 on the tunnel's TLS port; the ALPN name tells it from a cart's tunnel. */
export const EST_ALPN = 'http/1.1';

/** Base64 of the largest request (8 KiB), with line breaks. */
export const EST_REQUEST_CHARACTERS_MAX = 12 * 1024;
/** Base64 of a chain of a few certificates. */
export const EST_ANSWER_CHARACTERS_MAX = 64 * 1024;

export class MalformedESTBody extends DomainError {
  readonly code = 'MALFORMED_EST_BODY';
}

/** Writes bytes as an EST body. */
export function encodeESTBody(der: Uint8Array): string {
  return `${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\r\n').trimEnd()}\r\n`;
}

/**
 * Reads the bytes of an EST body.
 * @param charactersMax the largest text that is looked at
 * @throws MalformedESTBody when it is not base64, or too long
 */
export function decodeESTBody(text: string, charactersMax: number): Uint8Array {
  if (text.length > charactersMax) throw new MalformedESTBody('The body is too long.');
  const base64 = text.replace(/[\r\n\t ]/g, '');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0 || bytes.toString('base64') !== base64) {
    throw new MalformedESTBody('The body is not base64.');
  }
  return new Uint8Array(bytes);
}
