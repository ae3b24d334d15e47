/**
 * Signed notes: a text, an empty line, and one signature line for each who signed it (C2SP signed-note).
 *
 * ```
 * text, each line ended by a newline
 *
 * — <key name> <base64 of 4 bytes key hash and the signature>
 * ```
 *
 * Only Ed25519 signatures (type 0x01) are made and checked here; lines of other signers are kept out of the way,
 * as the specification asks. The private key never comes here: who signs hands in a function.
 *
 * @see https://c2sp.org/signed-note
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { ED25519 } from './verifier-key.ts';
import type { VerifierKey } from './verifier-key.ts';

/** Bytes of a note. A checkpoint has about 300; this leaves room for witnesses. */
export const NOTE_BYTES_MAX = 16_384;
/** Signatures on one note: our own and some witnesses. */
export const NOTE_SIGNATURES_MAX = 16;

const SIGNATURE_PREFIX = '\u2014 ';
const KEY_HASH_BYTES = 4;
/** Key names: no spaces, no plus sign (C2SP signed-note, "Verifier keys"). */
const SIGNATURE_LINE = /^\u2014 ([^\s+]{1,200}) ([A-Za-z0-9+/]{8,4096}={0,2})$/u;
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f]/u;

export class NoteInvalid extends DomainError {
  readonly code = 'NOTE_INVALID';
}

export interface NoteSignature {
  readonly name: string;
  /** First four bytes of the signed key's hash, as they stand on the line. */
  readonly keyHash: Uint8Array;
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** With its final newline: exactly what was signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Signs a message with the private half of a verifier key. */
export type NoteSigner = (message: Uint8Array) => Promise<Uint8Array>;

/** Signs a text. @param text ends with a newline @throws NoteInvalid when the text cannot be a note's */
export async function signNote(text: string, key: VerifierKey, sign: NoteSigner): Promise<string> {
  if (!isNoteText(text)) throw new NoteInvalid('This text cannot be signed as a note.');
  const signature = await sign(new TextEncoder().encode(text));
  const blob = new Uint8Array(KEY_HASH_BYTES + signature.length);
  blob.set(key.hash);
  blob.set(signature, KEY_HASH_BYTES);
  return `${text}\n${SIGNATURE_PREFIX}${key.name} ${encodeBase64(blob)}\n`;
}

/** Takes a note apart without checking any signature. @throws NoteInvalid */
export function parseNote(note: string): SignedNote {
  if (note.length > NOTE_BYTES_MAX) throw new NoteInvalid('The note is too long.');
  const divide = note.lastIndexOf('\n\n');
  const text = note.slice(0, divide + 1);
  if (divide < 1 || !isNoteText(text) || !note.endsWith('\n')) {
    throw new NoteInvalid('This is not a signed note.');
  }
  const lines = note.slice(divide + 2, -1).split('\n');
  if (lines.length > NOTE_SIGNATURES_MAX)
    throw new NoteInvalid('The note has too many signatures.');
  return { text, signatures: lines.map(parseSignature) };
}

/**
 * Checks that a note was signed with one key and gives its text.
 *
 * @throws NoteInvalid when the note has the wrong form, or that key's signature is missing or wrong
 */
export async function openNote(note: string, key: VerifierKey): Promise<string> {
  const { text, signatures } = parseNote(note);
  const own = signatures.find(
    ({ name, keyHash }) => name === key.name && keyHash.every((byte, at) => byte === key.hash[at]),
  );
  // What a witness signs is another text (cosignature.ts).
  if (own === undefined || key.type !== ED25519)
    throw new NoteInvalid(`The note is not signed by ${key.name}.`);
  if (!(await isSignedBy(key, own.signature, text))) {
    throw new NoteInvalid(`The signature of ${key.name} does not fit the note.`);
  }
  return text;
}

async function isSignedBy(key: VerifierKey, signature: Uint8Array, text: string): Promise<boolean> {
  // Copies: WebCrypto's types accept only views of plain array buffers.
  const raw = Uint8Array.from(key.publicKey);
  const publicKey = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
  const message = new TextEncoder().encode(text);
  return await crypto.subtle.verify('Ed25519', publicKey, Uint8Array.from(signature), message);
}

function isNoteText(text: string): boolean {
  return text.endsWith('\n') && text.isWellFormed() && !FORBIDDEN.test(text);
}

function parseSignature(line: string): NoteSignature {
  const [, name, base64] = SIGNATURE_LINE.exec(line) ?? [];
  const blob = base64 === undefined ? undefined : decodeBase64(base64);
  if (name === undefined || blob === undefined || blob.length <= KEY_HASH_BYTES) {
    throw new NoteInvalid('A signature line of the note has the wrong form.');
  }
  return { name, keyHash: blob.slice(0, KEY_HASH_BYTES), signature: blob.slice(KEY_HASH_BYTES) };
}
