/** Searches a text beside the page. A pattern that never ends takes this worker with it, and nothing else. */
import { RangeSource } from '../reading/range-source.ts';
import { serve } from '../worker/serve.ts';
import type { LogOpening } from './log-worker.ts';
import { searchLog } from './log-reading.ts';
import { patternOf } from './pattern.ts';
import type { SoughtText } from './pattern.ts';

export interface SearchAsked extends LogOpening {
  readonly sought: SoughtText;
}
export interface MarksAsked {
  readonly sought: SoughtText;
  readonly lines: readonly string[];
}

serve({
  search: async ({ source, encoding, sought }: SearchAsked, { tell, signal }) =>
    await searchLog(new RangeSource(source), encoding, patternOf(sought), tell, signal),
  marks: async ({ sought, lines }: MarksAsked) => {
    const pattern = patternOf(sought);
    return lines.map((line) => pattern.spans(line));
  },
});
