/**
 * One question to a name server and what its answer says, also about why there is none: a validation asks both transports on
 * purpose and looks for the marks of a filter, which a resolver has no need of.
 *
 * | offset | bytes | field (RFC 1035 §4.1) |
 * |---|---|---|
 * | 0 | 2 | identifier |
 * | 2 | 2 | flags: QR 0x8000, TC 0x0200, RD 0x0100, RCODE 0x000f |
 * | 4 | 8 | counts of questions, answers, authorities, additional records |
 * | 12 | | question, then records: name, type (2), class (2), TTL (4), length (2), data |
 *
 * A name is labels of 1 to 63 bytes, ended by 0 or by a pointer (0xc000 and an offset) to an earlier place.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

export class MalformedNameMessage extends DomainError {
  readonly code = 'MALFORMED_NAME_MESSAGE';
}

export interface NameMessage {
  readonly id: number;
  readonly isTruncated: boolean;
  /** RFC 1035 §4.1.1 and RFC 8914: without the upper bits of EDNS, which no answer to A needs. */
  readonly responseCode: number;
  /** Dotted quads, of the answer. */
  readonly addresses: readonly string[];
  /** The zone that says "there is none": the owner of the authority section's SOA (RFC 2308 §2.1), lower case; null: nobody. */
  readonly zone: string | null;
  /** Extended DNS error (RFC 8914); null: none. */
  readonly extended: number | null;
}

const TYPES = { a: 1, soa: 6, opt: 41 } as const;
const INTERNET = 1;
const HEADER_BYTES = 12;
const RECORDS_MAX = 64;
const ADDRESSES_MAX = 8;
const POINTERS_MAX = 16;
const NAME_BYTES_MAX = 255;
const EXTENDED_ERROR = 15;
/** What a path carries without fragments (RFC 9715). */
const UDP_BYTES = 1232;
export const NAME_MESSAGE_BYTES_MAX = 65_535;

/** Writes a question for the IPv4 addresses of a name, which is a DNS name already. */
export function writeNameQuestion(id: number, name: string): Buffer {
  const labels = name.replace(/\.$/, '').split('.');
  const encoded = labels.flatMap((label) => {
    const bytes = Buffer.from(label, 'latin1');
    return [Buffer.of(bytes.length & 0x3f), bytes];
  });
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(0x0100, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(1, 10);
  // The question, and an OPT record (RFC 6891 §6.1.2): root name, type, size, four bytes of flags, no data.
  const question = Buffer.of(0, 0, TYPES.a, 0, INTERNET);
  const options = Buffer.of(0, 0, TYPES.opt, UDP_BYTES >> 8, UDP_BYTES & 0xff, 0, 0, 0, 0, 0, 0);
  return Buffer.concat([header, ...encoded, question, options]);
}

/**
 * Reads an answer.
 * @param bytes from the network, not trusted
 * @throws MalformedNameMessage
 */
export function readNameMessage(bytes: Uint8Array): NameMessage {
  if (bytes.length < HEADER_BYTES || bytes.length > NAME_MESSAGE_BYTES_MAX) refuse();
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const flags = view.readUInt16BE(2);
  if ((flags & 0x8000) === 0) refuse();
  const counts = [4, 6, 8, 10].map((offset) => view.readUInt16BE(offset));
  const [questions = 0, answers = 0, authorities = 0, additional = 0] = counts;
  if (questions > 1 || answers + authorities + additional > RECORDS_MAX) refuse();
  let offset = HEADER_BYTES;
  if (questions === 1) offset = readName(view, offset).end + 4;
  const found = {
    addresses: [] as string[],
    zone: null as string | null,
    extended: null as number | null,
  };
  for (let index = 0; index < answers + authorities + additional; index += 1) {
    const { name, end } = readName(view, offset);
    if (end + 10 > view.length) refuse();
    const type = view.readUInt16BE(end);
    const data = view.subarray(end + 10, end + 10 + view.readUInt16BE(end + 8));
    offset = end + 10 + view.readUInt16BE(end + 8);
    if (offset > view.length) refuse();
    const section =
      index < answers ? 'answer' : index < answers + authorities ? 'authority' : 'additional';
    if (section === 'answer' && type === TYPES.a && data.length === 4) {
      if (found.addresses.length < ADDRESSES_MAX) found.addresses.push([...data].join('.'));
    } else if (section === 'authority' && type === TYPES.soa) found.zone ??= name;
    else if (section === 'additional' && type === TYPES.opt) found.extended ??= readExtended(data);
  }
  return {
    id: view.readUInt16BE(0),
    isTruncated: (flags & 0x0200) !== 0,
    responseCode: flags & 0x000f,
    ...found,
  };
}

function readExtended(data: Buffer): number | null {
  for (let offset = 0; offset + 4 <= data.length;) {
    const code = data.readUInt16BE(offset);
    const length = data.readUInt16BE(offset + 2);
    if (code === EXTENDED_ERROR && length >= 2 && offset + 6 <= data.length)
      return data.readUInt16BE(offset + 4);
    offset += 4 + length;
  }
  return null;
}

function readName(view: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let offset = start;
  let end: number | null = null;
  let bytes = 0;
  for (let pointers = 0; ;) {
    const length = view[offset];
    if (length === undefined) return refuse();
    if (length === 0) return { name: labels.join('.').toLowerCase(), end: end ?? offset + 1 };
    if (length >= 0xc0) {
      const low = view[offset + 1];
      pointers += 1;
      if (low === undefined || pointers > POINTERS_MAX) return refuse();
      end ??= offset + 2;
      offset = ((length & 0x3f) << 8) | low;
      continue;
    }
    bytes += length + 1;
    if (length > 63 || bytes > NAME_BYTES_MAX || offset + 1 + length > view.length) return refuse();
    labels.push(view.toString('latin1', offset + 1, offset + 1 + length));
    offset += 1 + length;
  }
}

function refuse(): never {
  throw new MalformedNameMessage('The answer of the name server cannot be read.');
}
