/** Words that stand for what was taken out of a log: the same for the same value throughout a case, and no way back. */
import { createHmac } from 'node:crypto';

const LABEL = 'chaperone log token v1\n';
/** 40 bits: two of a case's values share a word once in a million where there are a thousand of them. Bytes. */
const TOKEN_BYTES = 5;

export type TokenKind = 'NAME' | 'ID' | 'DATE' | 'PHONE' | 'MAIL' | 'ADDRESS' | 'UID' | 'NUMBER';

/** @param secret of the case */
export function tokenFor(secret: Uint8Array, kind: TokenKind, value: string): string {
  const key = `${kind}\n${value
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()}`;
  const digest = createHmac('sha256', secret).update(LABEL).update(key).digest();
  return `[${kind}-${digest.subarray(0, TOKEN_BYTES).toString('hex')}]`;
}
