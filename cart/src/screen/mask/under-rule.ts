/**
 * A source whose connections end when another rule of masks comes into force: what is open was opened under the one before, and may be
 * one by which nothing was covered.
 */
import type { Duplex } from 'node:stream';
import { ScreenSourceUnreachable } from '../screen-error.ts';
import type { ScreenSource } from '../source/source.ts';
import type { Masking } from './masking.ts';

/** @param chosen the source by the rule that is in force */
export function underRule(
  masking: Pick<Masking, 'onRule'>,
  chosen: () => ScreenSource,
): ScreenSource {
  const streams = new Set<Duplex>();
  let rules = 0;
  const stop = masking.onRule(() => {
    rules += 1;
    for (const stream of streams) stream.destroy();
  });
  return {
    get description() {
      return chosen().description;
    },
    get isReEncoded() {
      return chosen().isReEncoded === true;
    },
    async open(signal) {
      const before = rules;
      const stream = await chosen().open(signal);
      if (rules !== before) {
        stream.destroy();
        throw new ScreenSourceUnreachable('What is covered of the screen has just changed.');
      }
      streams.add(stream);
      stream.once('close', () => streams.delete(stream));
      return stream;
    },
    async close() {
      stop();
      for (const stream of streams) stream.destroy();
      await chosen().close();
    },
  };
}
