/**
 * PEM text around DER bytes, in its strict form. Works in Node and in a browser. @see RFC 7468 section 3
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { decodeBase64, encodeBase64 } from '../tree/base64.ts';

export type PEMLabel =
  | 'CERTIFICATE'
  | 'X509 CRL'
  | 'CERTIFICATE REQUEST'
  | 'NEW CERTIFICATE REQUEST';

/** A chain of a few certificates, or one revocation list, in base64. */
const PEM_CHARACTERS_MAX = 2 * 1024 * 1024;
const LINE_CHARACTERS = 64;

export class MalformedPEM extends DomainError {
  readonly code = 'MALFORMED_PEM';
}

/** Writes DER bytes as PEM. */
export function encodePEM(label: PEMLabel, der: Uint8Array): string {
  const base64 = encodeBase64(der);
  const lines: string[] = [];
  for (let at = 0; at < base64.length; at += LINE_CHARACTERS) {
    lines.push(base64.slice(at, at + LINE_CHARACTERS));
  }
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/**
 * Reads every block of one label; text of any other kind between them is refused.
 * @throws MalformedPEM when there is none, or anything else
 */
export function decodePEM(label: PEMLabel, text: string): readonly Uint8Array[] {
  if (text.length > PEM_CHARACTERS_MAX) throw new MalformedPEM('This PEM text is too long.');
  const begin = `-----BEGIN ${label}-----`;
  const end = `-----END ${label}-----`;
  const blocks: Uint8Array[] = [];
  let rest = text.trim();
  while (rest.length > 0) {
    const stop = rest.indexOf(end);
    if (!rest.startsWith(begin) || stop < 0)
      throw new MalformedPEM(`This is not PEM text of a ${label}.`);
    const base64 = rest.slice(begin.length, stop).replace(/[\r\n]/g, '');
    const der = decodeBase64(base64);
    if (der === undefined || der.length === 0) {
      throw new MalformedPEM(`The ${label} in this PEM text is damaged.`);
    }
    blocks.push(der);
    rest = rest.slice(stop + end.length).trim();
  }
  if (blocks.length === 0) throw new MalformedPEM(`There is no ${label} in this PEM text.`);
  return blocks;
}
