/**
 * Names of things, as strings that cannot be mixed up with each other.
 *
 * An id is `<prefix>-<26 characters>`: 130 bits from a random source, in lower-case Crockford base32
 * (no i, l, o, u), so that it can be read out over a telephone. Ids carry no meaning and no PHI.
 */
import { DomainError } from '../error/domain-error.ts';

declare const brand: unique symbol;
export type Branded<Name extends string> = string & { readonly [brand]: Name };

export type CaseId = Branded<'CaseId'>;
export type SessionId = Branded<'SessionId'>;
export type GrantId = Branded<'GrantId'>;
export type RequestId = Branded<'RequestId'>;
export type TransferId = Branded<'TransferId'>;
export type RecordId = Branded<'RecordId'>;
export type TechnicianId = Branded<'TechnicianId'>;
export type WorkstationId = Branded<'WorkstationId'>;
/** A facility's security officer, who reads what is kept about that facility. */
export type OfficerId = Branded<'OfficerId'>;
export type ProposalId = Branded<'ProposalId'>;
/** An acceptance report of a cart. */
export type AcceptanceId = Branded<'AcceptanceId'>;
/** A record that was taken out of the console. */
export type ExportId = Branded<'ExportId'>;
export type CartSerial = Branded<'CartSerial'>;

const PREFIXES = {
  case: 'case',
  session: 'sess',
  grant: 'grnt',
  request: 'rqst',
  transfer: 'xfer',
  record: 'recd',
  technician: 'tech',
  workstation: 'wrks',
  officer: 'offc',
  proposal: 'prop',
  acceptance: 'acpt',
  export: 'xprt',
} as const;
type Kind = keyof typeof PREFIXES;
interface IdOf {
  readonly case: CaseId;
  readonly session: SessionId;
  readonly grant: GrantId;
  readonly request: RequestId;
  readonly transfer: TransferId;
  readonly record: RecordId;
  readonly technician: TechnicianId;
  readonly workstation: WorkstationId;
  readonly officer: OfficerId;
  readonly proposal: ProposalId;
  readonly acceptance: AcceptanceId;
  readonly export: ExportId;
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const BODY_CHARACTERS = 26;
/** A serial is printed on the cart's plate: letters, digits, `-` and `_`, at most 64. */
const SERIAL = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

export class MalformedId extends DomainError {
  readonly code = 'MALFORMED_ID';
}

/** Fills an array with unpredictable bytes; chance always comes in as an argument. */
export type RandomBytes = (length: number) => Uint8Array;

/** Makes a new id of one kind from 26 unpredictable bytes (the low five bits of each are used). */
export function newId<K extends Kind>(kind: K, randomBytes: RandomBytes): IdOf[K] {
  let body = '';
  for (const byte of randomBytes(BODY_CHARACTERS)) body += ALPHABET[byte & 31];
  return `${PREFIXES[kind]}-${body}` as unknown as IdOf[K];
}

/** Reads an id of one kind. @throws MalformedId */
export function parseId<K extends Kind>(kind: K, text: string): IdOf[K] {
  if (!isId(kind, text)) throw new MalformedId(`This is not the id of a ${kind}.`);
  return text as unknown as IdOf[K];
}

/** Tells whether a text has the form of an id of this kind. */
export function isId(kind: Kind, text: string): boolean {
  const prefix = `${PREFIXES[kind]}-`;
  if (!text.startsWith(prefix) || text.length !== prefix.length + BODY_CHARACTERS) return false;
  for (const character of text.slice(prefix.length))
    if (!ALPHABET.includes(character)) return false;
  return true;
}

/** Reads a cart's serial number as on its plate. @throws MalformedId */
export function parseCartSerial(text: string): CartSerial {
  if (!SERIAL.test(text)) {
    throw new MalformedId(
      'A serial number has 1 to 64 letters, digits, "-" or "_", and begins with a letter or digit.',
    );
  }
  return text as CartSerial;
}
