/**
 * The header of an age file, version 1.
 *
 * ```
 * age-encryption.org/v1
 * -> X25519 <share>            one stanza for each recipient: type and arguments,
 * <body, lines of 64 columns>  then the body, whose last line has fewer than 64
 * --- <MAC>
 * ```
 *
 * @see https://age-encryption.org/v1 "Header"
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** Bytes of a header. Ours have about 200; this admits some recipients more. */
export const HEADER_BYTES_MAX = 4096;

const VERSION = 'age-encryption.org/v1';
const STANZAS_MAX = 16;
const ARGUMENTS_MAX = 16;
const BODY_COLUMNS = 64;
const MAC_BYTES = 32;
const BASE64 = /^[A-Za-z0-9+/]*$/;
const ARGUMENT = /^[\u0021-\u007e]+$/;

export class AgeHeaderMalformed extends DomainError {
  readonly code = 'AGE_HEADER_MALFORMED';
}

export interface Stanza {
  readonly type: string;
  readonly arguments: readonly string[];
  readonly body: Uint8Array;
}

export interface AgeHeader {
  readonly stanzas: readonly Stanza[];
  readonly mac: Uint8Array;
  /** What the MAC is over: up to and including the three dashes. */
  readonly covered: string;
  /** Bytes of the whole header with its final newline: the payload begins here. */
  readonly bytes: number;
}

/** Writes a header, with its MAC under the file key. */
export function writeHeader(stanzas: readonly Stanza[], fileKey: Uint8Array): string {
  const covered = `${VERSION}\n${stanzas.map(writeStanza).join('')}---`;
  return `${covered} ${base64(headerMac(covered, fileKey))}\n`;
}

/** Tells whether a header belongs to this file key and was not altered. */
export function isHeaderIntact(header: AgeHeader, fileKey: Uint8Array): boolean {
  return timingSafeEqual(header.mac, headerMac(header.covered, fileKey));
}

/** Reads a header from the first bytes of a file. @throws AgeHeaderMalformed */
export function parseHeader(start: Uint8Array): AgeHeader {
  const text = Buffer.from(
    start.buffer,
    start.byteOffset,
    Math.min(start.length, HEADER_BYTES_MAX),
  );
  const lines = new LineReader(text.toString('latin1'));
  if (lines.next() !== VERSION)
    throw new AgeHeaderMalformed('This is not a file of age version 1.');
  const stanzas: Stanza[] = [];
  for (;;) {
    const line = lines.next();
    if (line.startsWith('--- ')) {
      const mac = unbase64(line.slice(4));
      if (mac.length !== MAC_BYTES || stanzas.length === 0) malformed();
      return { stanzas, mac, covered: lines.before(line.length - 3), bytes: lines.at };
    }
    if (stanzas.length === STANZAS_MAX) malformed();
    stanzas.push(readStanza(line, lines));
  }
}

class LineReader {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): string {
    const end = this.#text.indexOf('\n', this.at);
    if (end === -1) malformed();
    const line = this.#text.slice(this.at, end);
    this.at = end + 1;
    return line;
  }

  /** The text up to some characters before the end of the line just read. */
  before(characters: number): string {
    return this.#text.slice(0, this.at - 1 - characters);
  }
}

function readStanza(line: string, lines: LineReader): Stanza {
  const [arrow, type, ...rest] = line.split(' ');
  const fine = arrow === '->' && type !== undefined && rest.length <= ARGUMENTS_MAX;
  if (!fine || ![type, ...rest].every((each) => ARGUMENT.test(each))) return malformed();
  let encoded = '';
  for (;;) {
    const part = lines.next();
    if (part.length > BODY_COLUMNS) malformed();
    encoded += part;
    if (part.length < BODY_COLUMNS) break;
  }
  return { type, arguments: rest, body: unbase64(encoded) };
}

function writeStanza({ type, arguments: rest, body }: Stanza): string {
  const encoded = base64(body);
  const lines: string[] = [];
  for (let at = 0; at + BODY_COLUMNS <= encoded.length; at += BODY_COLUMNS) {
    lines.push(encoded.slice(at, at + BODY_COLUMNS));
  }
  // The last line is always shorter, if need be empty.
  lines.push(encoded.slice(lines.length * BODY_COLUMNS));
  return `-> ${[type, ...rest].join(' ')}\n${lines.join('\n')}\n`;
}

function headerMac(covered: string, fileKey: Uint8Array): Buffer {
  const key = Buffer.from(hkdfSync('sha256', fileKey, new Uint8Array(0), 'header', 32));
  const mac = createHmac('sha256', key).update(covered, 'latin1').digest();
  key.fill(0);
  return mac;
}

/** Base64 without padding, as everywhere in a header. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}

/** Reads what `base64` writes and nothing else. @throws AgeHeaderMalformed */
export function unbase64(text: string): Uint8Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  if (!BASE64.test(text) || base64(bytes) !== text) malformed();
  return bytes;
}

function malformed(): never {
  throw new AgeHeaderMalformed('The header of this age file has the wrong form.');
}
