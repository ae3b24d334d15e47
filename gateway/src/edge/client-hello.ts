/**
 * Reads what a TLS ClientHello says in the clear: the server's name and the application protocols. Nothing else.
 *
 * | offset | bytes | field |
 * |---|---|---|
 * | 0 | 1 | record type, 22 (RFC 8446 §5.1) |
 * | 1 | 2 | legacy version, 0x03 0x01..0x03 |
 * | 3 | 2 | length of the fragment, 1 to 2^14 |
 * | 5 | | fragment: the handshake message may go on in further records |
 *
 * The handshake message (§4.1.2): type 1, length (3), legacy_version (2), random (32), session id (1 + 0..32), cipher
 * suites (2 + n), compression (1 + n), extensions (2 + n). Extension 0 is server_name (RFC 6066 §3), 16 is ALPN
 * (RFC 7301 §3.1). Everything is bounded; whatever is not exactly so is `NotAClientHello`.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** A hello with a post-quantum key share has 1.5 to 2 KiB. Bytes that the edge keeps for one at most. */
export const CLIENT_HELLO_BYTES_MAX = 16 * 1024;
/** Records that one hello may be cut into. Browsers and OpenSSL use one or two. */
const RECORDS_MAX = 16;
const RECORD_HEADER_BYTES = 5;
const FRAGMENT_BYTES_MAX = 16 * 1024;
const EXTENSIONS_MAX = 64;
const PROTOCOLS_MAX = 16;
const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const ALPN = 16;
const HOST_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,252})$/;

export class NotAClientHello extends DomainError {
  readonly code = 'NOT_A_CLIENT_HELLO';
}

export interface ClientHello {
  /** Lower case; null when the extension is absent. */
  readonly serverName: string | null;
  readonly protocols: readonly string[];
}

/** How many bytes must be there before it is worth looking again. */
export interface Incomplete {
  readonly needBytes: number;
}

/**
 * Reads a ClientHello from the first bytes of a connection; bytes after it are left alone.
 * @param bytes everything that came so far, not trusted
 * @throws NotAClientHello as soon as it cannot become one
 */
export function readClientHello(bytes: Uint8Array): ClientHello | Incomplete {
  const fragments: Uint8Array[] = [];
  let gathered = 0;
  let wanted = 4;
  let offset = 0;
  for (let record = 0; gathered < wanted; record += 1) {
    if (record === RECORDS_MAX) refuse('it is cut into too many records');
    const length = recordLength(bytes, offset);
    const end = offset + RECORD_HEADER_BYTES + (length ?? 0);
    if (end > CLIENT_HELLO_BYTES_MAX) refuse('it is too long');
    if (length === null) return { needBytes: offset + RECORD_HEADER_BYTES };
    if (offset === 0) wanted = messageLength(bytes.subarray(RECORD_HEADER_BYTES, end)) ?? wanted;
    if (bytes.length < end) return { needBytes: end };
    fragments.push(bytes.subarray(offset + RECORD_HEADER_BYTES, end));
    gathered += length;
    offset = end;
    if (gathered >= 4) wanted = messageLength(Buffer.concat(fragments)) ?? wanted;
  }
  const message = Buffer.concat(fragments);
  // A second message behind the hello would be early data of a kind that cannot be before the server answered.
  if (message.length !== wanted) refuse('something follows it in the same record');
  return readMessage(new Fields(message.subarray(4)));
}

/** Gives a record's fragment length, or null while its header is not whole. */
function recordLength(bytes: Uint8Array, offset: number): number | null {
  const type = bytes[offset];
  const major = bytes[offset + 1];
  if (type !== undefined && type !== HANDSHAKE_RECORD) refuse('it is not a handshake');
  if (major !== undefined && major !== 3) refuse('it is of no version of TLS');
  const minor = bytes[offset + 2];
  const high = bytes[offset + 3];
  const low = bytes[offset + 4];
  if (minor === undefined || high === undefined || low === undefined) return null;
  if (minor < 1 || minor > 3) refuse('it is of no version of TLS');
  const length = high * 256 + low;
  if (length === 0 || length > FRAGMENT_BYTES_MAX) refuse('a record has an impossible length');
  return length;
}

/** Gives the whole message's length with its header, or null while that is not whole. */
function messageLength(message: Uint8Array): number | null {
  const [type, high, middle, low] = message;
  if (type !== undefined && type !== CLIENT_HELLO) refuse('another message comes first');
  if (high === undefined || middle === undefined || low === undefined) return null;
  const length = 4 + high * 65_536 + middle * 256 + low;
  if (length > CLIENT_HELLO_BYTES_MAX) refuse('it is too long');
  return length;
}

function readMessage(fields: Fields): ClientHello {
  if (fields.take(1)[0] !== 3) refuse('it is of no version of TLS');
  fields.take(1 + 32);
  if (fields.vector(1).length > 32) refuse('its session id is too long');
  const suites = fields.vector(2);
  if (suites.length < 2 || suites.length % 2 !== 0) refuse('its cipher suites are malformed');
  if (fields.vector(1).length === 0) refuse('its compression methods are malformed');
  const extensions = new Fields(fields.vector(2));
  fields.end();
  let serverName: string | null = null;
  let protocols: readonly string[] = [];
  const seen = new Set<number>();
  while (!extensions.isAtEnd()) {
    const type = extensions.number(2);
    const body = new Fields(extensions.vector(2));
    // RFC 8446 §4.2: no extension twice.
    if (seen.has(type) || seen.size === EXTENSIONS_MAX) refuse('its extensions are malformed');
    seen.add(type);
    if (type === SERVER_NAME) serverName = readServerName(body);
    if (type === ALPN) protocols = readProtocols(body);
  }
  return { serverName, protocols };
}

function readServerName(body: Fields): string {
  const list = new Fields(body.vector(2));
  body.end();
  if (list.number(1) !== 0) refuse('its server name is of an unknown kind');
  const name = text(list.vector(2)).toLowerCase();
  list.end();
  if (!HOST_NAME.test(name)) refuse('its server name is malformed');
  return name;
}

function readProtocols(body: Fields): readonly string[] {
  const list = new Fields(body.vector(2));
  body.end();
  const protocols: string[] = [];
  while (!list.isAtEnd()) {
    const name = list.vector(1);
    if (name.length === 0 || protocols.length === PROTOCOLS_MAX)
      refuse('its protocols are malformed');
    protocols.push(text(name));
  }
  if (protocols.length === 0) refuse('its protocols are malformed');
  return protocols;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function refuse(why: string): never {
  throw new NotAClientHello(`This is not a ClientHello: ${why}.`);
}

/** Takes length-prefixed fields off the front, never past the end. */
class Fields {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#bytes.length) refuse('a field is longer than what holds it');
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }

  number(bytes: 1 | 2): number {
    let value = 0;
    for (const byte of this.take(bytes)) value = value * 256 + byte;
    return value;
  }

  vector(lengthBytes: 1 | 2): Uint8Array {
    return this.take(this.number(lengthBytes));
  }

  isAtEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  end(): void {
    if (!this.isAtEnd()) refuse('a field is shorter than what holds it');
  }
}
