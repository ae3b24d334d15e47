/**
 * A witness's signature under a checkpoint: that it saw this tree, and that it continues every one that it saw before.
 *
 * What is signed is a text of its own, with the time at which it was seen, so that no other signature can be taken for one:
 *
 * ```
 * cosignature/v1
 * time <seconds since 1970, decimal>
 * <the checkpoint's text>
 * ```
 *
 * On the note it is a signature line like others; its bytes after the key hash are the time (8 bytes, big-endian) and the Ed25519
 * signature (64 bytes). The key hash is over type 0x04, so that a log's key and a witness's are never the same.
 *
 * @see https://c2sp.org/tlog-cosignature
 */
import { decodeBase64, encodeBase64 } from './base64.ts';
import { NoteInvalid, parseNote } from './signed-note.ts';
import type { NoteSigner } from './signed-note.ts';
import { COSIGNATURE_V1, verifierKeyOf } from './verifier-key.ts';
import type { VerifierKey } from './verifier-key.ts';

const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;
const PREFIX = '\u2014 ';

/** A cosignature that was checked. */
export interface Cosignature {
  readonly witness: string;
  /** When the witness saw the checkpoint, UTC. */
  readonly seenUtcS: number;
}

/** Names a witness's public key. @throws VerifierKeyMalformed */
export function witnessKeyOf(name: string, publicKey: Uint8Array): VerifierKey {
  return verifierKeyOf(name, publicKey, COSIGNATURE_V1);
}

/**
 * Signs the text of a checkpoint as a witness.
 * @param text the checkpoint's text, with its final newline
 * @returns the signature line, with its newline
 */
export async function cosign(
  text: string,
  key: VerifierKey,
  seenUtcS: number,
  sign: NoteSigner,
): Promise<string> {
  const signature = await sign(messageOf(text, seenUtcS));
  const blob = new Uint8Array(4 + TIME_BYTES + signature.length);
  blob.set(key.hash);
  new DataView(blob.buffer).setBigUint64(4, BigInt(seenUtcS));
  blob.set(signature, 4 + TIME_BYTES);
  return `${PREFIX}${key.name} ${encodeBase64(blob)}\n`;
}

/**
 * Checks a witness's cosignature on a checkpoint.
 * @param note the signed checkpoint with the cosignature among its signatures
 * @throws NoteInvalid when it is not there, or does not fit
 */
export async function openCosignature(note: string, key: VerifierKey): Promise<Cosignature> {
  const { text, signatures } = parseNote(note);
  const own = signatures.find(
    ({ name, keyHash }) => name === key.name && keyHash.every((byte, at) => byte === key.hash[at]),
  );
  if (own === undefined || key.type !== COSIGNATURE_V1)
    throw new NoteInvalid(`The note is not cosigned by ${key.name}.`);
  const { signature: blob } = own;
  if (blob.length !== TIME_BYTES + SIGNATURE_BYTES)
    throw new NoteInvalid(`The cosignature of ${key.name} has the wrong form.`);
  const time = new DataView(blob.buffer, blob.byteOffset, TIME_BYTES).getBigUint64(0);
  if (time > BigInt(Number.MAX_SAFE_INTEGER))
    throw new NoteInvalid(`The cosignature of ${key.name} names no time.`);
  const seenUtcS = Number(time);
  const raw = Uint8Array.from(key.publicKey);
  const publicKey = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
  const signature = Uint8Array.from(blob.subarray(TIME_BYTES));
  const message = Uint8Array.from(messageOf(text, seenUtcS));
  if (!(await crypto.subtle.verify('Ed25519', publicKey, signature, message)))
    throw new NoteInvalid(`The cosignature of ${key.name} does not fit the note.`);
  return { witness: key.name, seenUtcS };
}

/** Tells whether a text is one signature line, and nothing else. */
export function isSignatureLine(line: string): boolean {
  const [, base64] = /^\u2014 [^\s+]{1,200} ([A-Za-z0-9+/]{8,400}={0,2})\n$/u.exec(line) ?? [];
  return base64 !== undefined && decodeBase64(base64) !== undefined;
}

function messageOf(text: string, seenUtcS: number): Uint8Array {
  return new TextEncoder().encode(`cosignature/v1\ntime ${seenUtcS}\n${text}`);
}
