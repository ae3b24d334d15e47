/**
 * What clamd says at the end of a stream (clamd(8), command `INSTREAM`).
 *
 * | answer | means |
 * |---|---|
 * | `stream: OK` | nothing was found |
 * | `stream: <signature> FOUND` | something was found; of the heuristics of limits and encryption, that nothing could be |
 * | `INSTREAM size limit exceeded. ERROR` | it took no more: not scanned |
 * | anything else | not scanned |
 */

/** Bytes of an answer. clamd's are far shorter; signatures have some dozens of characters. */
export const ANSWER_BYTES_MAX = 1024;
/** Characters of a signature that are kept. */
const SIGNATURE_CHARACTERS_MAX = 120;

export type ClamdAnswer =
  | { readonly kind: 'nothing-found' }
  | { readonly kind: 'found'; readonly signature: string }
  /** It found that it cannot look into it: what its own heuristics of limits and of encryption say. */
  | { readonly kind: 'limit' | 'encrypted' }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'refused' };

/** Reads an answer, without its final zero byte. Whatever is not understood is a refusal. */
export function readAnswer(answer: string): ClamdAnswer {
  if (answer === 'stream: OK') return { kind: 'nothing-found' };
  if (/^INSTREAM[: ]+size limit exceeded\. ERROR$/i.test(answer)) return { kind: 'too-large' };
  const [, found] = /^stream: ([\u0020-\u007e]+) FOUND$/.exec(answer) ?? [];
  if (found === undefined) return { kind: 'refused' };
  if (found.startsWith('Heuristics.Limits.Exceeded')) return { kind: 'limit' };
  if (found.startsWith('Heuristics.Encrypted')) return { kind: 'encrypted' };
  return { kind: 'found', signature: found.slice(0, SIGNATURE_CHARACTERS_MAX) };
}
