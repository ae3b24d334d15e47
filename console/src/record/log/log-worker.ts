/** Reads lines of a text beside the page. It never runs a pattern: that is the search worker's, which may be ended for it. */
import { RangeSource } from '../reading/range-source.ts';
import type { SourceAddress } from '../reading/range-source.ts';
import { serve } from '../worker/serve.ts';
import { ReadingFault } from '../worker/worker-call.ts';
import type { TextEncoding } from './line-index.ts';
import { LogReading } from './log-reading.ts';

export interface LogOpening {
  readonly source: SourceAddress;
  readonly encoding: TextEncoding;
}
export interface LinesAsked {
  readonly from: number;
  readonly count: number;
}

let reading: LogReading | null = null;

serve({
  index: async ({ source, encoding }: LogOpening, { tell, signal }) => {
    reading = new LogReading(new RangeSource(source), encoding);
    return await reading.index(tell, signal);
  },
  lines: async ({ from, count }: LinesAsked) => {
    if (reading === null) throw new ReadingFault('VIEWER_STOPPED');
    return await reading.lines(from, count);
  },
});
