/** Feeds a parser that reads a stream the same bytes in different chunks: what comes out must be the same. */
import { createHash } from 'node:crypto';
import { holds } from '../target.ts';
import { Chance } from './chance.ts';

/** Chunkings that are compared with the whole, besides single bytes of a short input. */
const CHUNKINGS = 2;
const BYTEWISE_BYTES_MAX = 4096;

/** Says one thing that came out; `joined` when things that follow one another are one text. */
export type Say = (text: string, joined?: boolean) => void;
/** Takes a chunk and says what comes of it. */
export type Take = (chunk: Buffer, say: Say) => void;

/**
 * @param saysAll false when what came before a refusal in the same chunk is not given out
 * @returns what came out
 * @throws PropertyBroken when it depends on the chunks, and what the parser throws
 */
export function sameInAnyChunks(
  input: Buffer,
  begin: () => Take,
  saysAll = true,
): readonly string[] {
  const whole = tell([input], begin);
  const chance = new Chance(input.length * 31 + (input[0] ?? 0));
  const chunkings = Array.from({ length: CHUNKINGS }, () => chance.chunks(input));
  if (input.length <= BYTEWISE_BYTES_MAX) {
    chunkings.push(Array.from(input, (byte) => Buffer.of(byte)));
  }
  for (const chunks of chunkings) {
    const told = tell(chunks, begin);
    holds(
      told.fault?.constructor === whole.fault?.constructor,
      'chunks decide whether it is refused',
    );
    if (whole.fault !== null && !saysAll) continue;
    holds(told.said.join('\n') === whole.said.join('\n'), 'chunks decide what is read');
  }
  if (whole.fault !== null) throw whole.fault;
  return whole.said;
}

function tell(
  chunks: readonly Buffer[],
  begin: () => Take,
): { readonly said: readonly string[]; readonly fault: Error | null } {
  const said: string[] = [];
  let open = '';
  const close = (): void => {
    if (open !== '') said.push(open);
    open = '';
  };
  try {
    const take = begin();
    for (const chunk of chunks) {
      take(chunk, (text, joined = false) => {
        if (joined) {
          open += text;
          return;
        }
        close();
        said.push(text);
      });
    }
    close();
    return { said, fault: null };
  } catch (fault) {
    close();
    if (!(fault instanceof Error)) throw fault;
    return { said, fault };
  }
}

/** A short text that is the same for the same value, whatever buffers it stands in. */
export function digestOf(value: unknown): string {
  const text = JSON.stringify(value, (_name, one: unknown) => {
    if (one instanceof Uint8Array) return Buffer.from(one).toString('base64');
    if (typeof one === 'bigint') return `${one}n`;
    return one;
  });
  return text.length < 200 ? text : createHash('sha256').update(text).digest('base64');
}
