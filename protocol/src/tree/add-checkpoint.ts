/**
 * The body with which a log shows a witness its newest checkpoint.
 *
 * ```
 * old <size that the witness saw last, decimal>
 * <consistency proof, one hash in base64 a line, at most 63>
 *
 * <signed checkpoint>
 * ```
 *
 * @see https://c2sp.org/tlog-witness
 */
import { decodeBase64, encodeBase64 } from './base64.ts';
import { TREE_SIZE_MAX } from './frontier.ts';
import { MalformedTree } from './malformed-tree.ts';
import { HASH_BYTES } from './merkle-hash.ts';
import { NOTE_BYTES_MAX } from './signed-note.ts';

const PROOF_HASHES_MAX = 63;
/** 63 hashes of 44 characters with their newlines, the first line, and a note. */
export const ADD_CHECKPOINT_BYTES_MAX = NOTE_BYTES_MAX + 4096;
const OLD = /^old (0|[1-9][0-9]{0,15})$/;

export interface AddCheckpoint {
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  /** The signed note. */
  readonly checkpoint: string;
}

/** Writes the body. */
export function writeAddCheckpoint({ old, proof, checkpoint }: AddCheckpoint): string {
  const lines = proof.map((hash) => `${encodeBase64(hash)}\n`);
  return `old ${old}\n${lines.join('')}\n${checkpoint}`;
}

/** Reads a body. @throws MalformedTree */
export function readAddCheckpoint(body: string): AddCheckpoint {
  const malformed = (): never => {
    throw new MalformedTree('This is no request to add a checkpoint.');
  };
  const divide = body.indexOf('\n\n');
  if (body.length > ADD_CHECKPOINT_BYTES_MAX || divide === -1) return malformed();
  const [first = '', ...hashes] = body.slice(0, divide).split('\n');
  const [, size] = OLD.exec(first) ?? [];
  const proof = hashes.map(decodeBase64);
  const old = Number(size);
  if (size === undefined || old > TREE_SIZE_MAX || proof.length > PROOF_HASHES_MAX)
    return malformed();
  const whole = proof.flatMap((hash) => (hash?.length === HASH_BYTES ? [hash] : []));
  if (whole.length !== proof.length) return malformed();
  return { old, proof: whole, checkpoint: body.slice(divide + 2) };
}
