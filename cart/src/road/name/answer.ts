/**
 * Reads what a name server answers to a question for IPv4 addresses (RFC 1035 section 4).
 *
 * Bytes of strangers: an answer counts only for the question that was asked, by id, name, type and class; everything else is
 * malformed, and whoever waits goes on waiting.
 */
import { isIPv4 } from 'node:net';
import { decode } from 'dns-packet';
import type { Answer as ResourceRecord } from 'dns-packet';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';

/** A name server said something that is no answer to the question. It is told apart from silence, and goes no further. */
export class AnswerMalformed extends DomainError {
  readonly code = 'NAME_ANSWER_MALFORMED';
}

export interface Question {
  /** 0 to 65535, by chance. */
  readonly id: number;
  readonly name: string;
}

/** Who says that there is no address, and why, where a server says so. */
export interface Denial {
  /** The zone that speaks: the owner of the authority section's SOA (RFC 2308 section 2.1), lower case; null: nobody. */
  readonly zone: string | null;
  /** Extended error (RFC 8914); null: none, and always where it was not asked for. */
  readonly extended: number | null;
}

export type Answer =
  | { readonly is: 'found'; readonly addresses: readonly string[]; readonly lifeSeconds: number }
  /** `NXDOMAIN`: there is no such name. */
  | { readonly is: 'missing'; readonly denial: Denial }
  /** The name is there and has no IPv4 address. */
  | { readonly is: 'empty'; readonly denial: Denial }
  /** Such as `SERVFAIL` or `REFUSED`. */
  | { readonly is: 'refused'; readonly why: string; readonly denial: Denial }
  /** It is longer than a datagram: to be asked for again over TCP (RFC 7766). */
  | { readonly is: 'truncated' };

/** RFC 1035 section 4.2.2: what two bytes of length can say. */
export const ANSWER_BYTES_MAX = 65_535;
const HEADER_BYTES = 12;
const FLAG = { isResponse: 0x8000, opcode: 0x7800, truncated: 0x0200, rcode: 0x000f };
const NXDOMAIN = 3;
/** RFC 8914 section 2. */
const EXTENDED_ERROR = 15;
const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];
/** A service has a handful; whoever lists more is not read to the end. */
const ADDRESSES_MAX = 16;
/** Longer chains of aliases do not occur but by fault or by design. */
const ALIASES_MAX = 16;

/** Reads an answer to this question. @throws AnswerMalformed */
export function readAnswer(bytes: Buffer, question: Question): Answer {
  if (bytes.length < HEADER_BYTES || bytes.length > ANSWER_BYTES_MAX) {
    throw new AnswerMalformed('It is too short or too long.');
  }
  const flags = bytes.readUInt16BE(2);
  if (bytes.readUInt16BE(0) !== question.id || (flags & FLAG.isResponse) === 0) {
    throw new AnswerMalformed('It answers another question.');
  }
  if ((flags & FLAG.opcode) !== 0) throw new AnswerMalformed('It is no answer to a query.');
  const rcode = flags & FLAG.rcode;
  // An answer that is cut off may end anywhere: nothing else of it is looked at.
  if ((flags & FLAG.truncated) !== 0) return { is: 'truncated' };
  if (rcode !== 0 && rcode !== NXDOMAIN) {
    return { is: 'refused', why: RCODES[rcode] ?? `code ${rcode}`, denial: denialOfRefusal(bytes) };
  }
  const { questions, answers, authorities, additionals } = decoded(bytes);
  const [asked, second] = questions;
  if (asked === undefined || second !== undefined || !isQuestion(asked, question.name)) {
    throw new AnswerMalformed('It answers a question that was not asked.');
  }
  const denial = denialOf(authorities, additionals);
  if (rcode === NXDOMAIN) return { is: 'missing', denial };
  return addressesIn(answers, question.name) ?? { is: 'empty', denial };
}

function decoded(bytes: Buffer) {
  try {
    const { questions = [], answers = [], authorities = [], additionals = [] } = decode(bytes);
    return { questions, answers, authorities, additionals };
  } catch (cause) {
    throw new AnswerMalformed('It cannot be read.', { cause });
  }
}

function isQuestion(
  asked: { readonly name: string; readonly type: string; readonly class?: string | undefined },
  name: string,
): boolean {
  return isSame(asked.name, name) && asked.type === 'A' && asked.class === 'IN';
}

/** A refusal counts whatever else is in it: many servers send a header alone. */
function denialOfRefusal(bytes: Buffer): Denial {
  try {
    const { authorities, additionals } = decoded(bytes);
    return denialOf(authorities, additionals);
  } catch {
    return { zone: null, extended: null };
  }
}

function denialOf(
  authorities: readonly ResourceRecord[],
  additionals: readonly ResourceRecord[],
): Denial {
  const spoken = authorities.find(({ type }) => type === 'SOA');
  // Its types know four options; it reads them all.
  const options: readonly { readonly code: number; readonly data?: unknown }[] =
    additionals.flatMap((record) => (record.type === 'OPT' ? record.options : []));
  const why = options.find(({ code }) => code === EXTENDED_ERROR);
  // Two bytes of code, then words for people.
  const data = why?.data;
  return {
    zone: spoken === undefined ? null : spoken.name.toLowerCase().replace(/\.$/, ''),
    extended: Buffer.isBuffer(data) && data.length >= 2 ? data.readUInt16BE(0) : null,
  };
}

/** Follows the aliases from the name that was asked for; records of other names do not count. */
function addressesIn(
  records: readonly ResourceRecord[],
  name: string,
): Extract<Answer, { readonly is: 'found' }> | null {
  let current = name;
  let lifeSeconds = Number.MAX_SAFE_INTEGER;
  for (let step = 0; step <= ALIASES_MAX; step += 1) {
    const addresses: string[] = [];
    let next: string | null = null;
    for (const record of records) {
      if (!('name' in record) || !isSame(record.name, current)) continue;
      if (record.type === 'A' && isIPv4(String(record.data))) addresses.push(record.data);
      else if (record.type === 'CNAME') next = record.data;
      else continue;
      lifeSeconds = Math.min(lifeSeconds, Number(record.ttl ?? 0));
    }
    if (addresses.length > 0) {
      return { is: 'found', addresses: addresses.slice(0, ADDRESSES_MAX), lifeSeconds };
    }
    if (next === null) return null;
    current = next;
  }
  throw new AnswerMalformed('Its aliases have no end.');
}

/** RFC 4343: letters of names are the same in both cases. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase().replace(/\.$/, '') === other.toLowerCase().replace(/\.$/, '');
}
