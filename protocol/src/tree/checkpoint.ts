/**
 * A log's checkpoint: origin, size and root of its tree, as the text of a signed note (C2SP tlog-checkpoint).
 *
 * ```
 * <origin>
 * <size, decimal>
 * <root, base64>
 * ```
 *
 * @see https://c2sp.org/tlog-checkpoint
 */
import { decodeBase64, encodeBase64 } from './base64.ts';
import { TREE_SIZE_MAX } from './frontier.ts';
import { HASH_BYTES } from './merkle-hash.ts';
import type { NoteSigner } from './signed-note.ts';
import { NoteInvalid, openNote, parseNote, signNote } from './signed-note.ts';
import type { VerifierKey } from './verifier-key.ts';

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

const SIZE = /^(?:0|[1-9][0-9]{0,15})$/;

/** Writes the text of a checkpoint, which is what gets signed. */
export function checkpointText(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${encodeBase64(checkpoint.root)}\n`;
}

/** Reads the text of a checkpoint; lines after the third are extensions and passed over. @throws NoteInvalid */
export function parseCheckpointText(text: string): Checkpoint {
  const [origin = '', sizeText = '', rootText = '', ...rest] = text.split('\n');
  const root = decodeBase64(rootText);
  const size = Number(sizeText);
  const whole = rest.at(-1) === '' && !rest.slice(0, -1).includes('');
  if (origin === '' || !SIZE.test(sizeText) || root?.length !== HASH_BYTES || !whole) {
    throw new NoteInvalid('This is not the checkpoint of a log.');
  }
  if (size > TREE_SIZE_MAX) throw new NoteInvalid('The checkpoint names a size that no log has.');
  return { origin, size, root };
}

/** Signs a checkpoint. */
export async function signCheckpoint(
  checkpoint: Checkpoint,
  key: VerifierKey,
  sign: NoteSigner,
): Promise<string> {
  return await signNote(checkpointText(checkpoint), key, sign);
}

/**
 * Checks a signed checkpoint with a pinned key; the key's name is the origin.
 *
 * @throws NoteInvalid when form, signature or origin are wrong
 */
export async function openCheckpoint(note: string, key: VerifierKey): Promise<Checkpoint> {
  const checkpoint = parseCheckpointText(await openNote(note, key));
  if (checkpoint.origin !== key.name) throw new NoteInvalid('The checkpoint is of another log.');
  return checkpoint;
}

/** Reads a checkpoint without checking who signed it. @throws NoteInvalid */
export function readCheckpoint(note: string): Checkpoint {
  return parseCheckpointText(parseNote(note).text);
}
