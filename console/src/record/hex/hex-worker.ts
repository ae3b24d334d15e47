/** Looks for bytes beside the page. */
import { RangeSource } from '../reading/range-source.ts';
import type { SourceAddress } from '../reading/range-source.ts';
import { serve } from '../worker/serve.ts';
import { findBytes } from './hex-rows.ts';

export interface BytesAsked {
  readonly source: SourceAddress;
  readonly sought: Uint8Array;
  readonly from: number;
}

/** How often it is told how far the search is; bytes. */
const TELL_EVERY_BYTES = 4 * 1024 * 1024;

serve({
  find: async ({ source, sought, from }: BytesAsked, { tell, signal }) => {
    let toldAt = from;
    const pieces = new RangeSource(source).stream(from, source.bytes, signal);
    return await findBytes(pieces, sought, from, (at) => {
      if (at - toldAt < TELL_EVERY_BYTES) return;
      toldAt = at;
      tell(at);
    });
  },
});
