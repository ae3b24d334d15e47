/** Goes through an archive beside the page. */
import type { RecordFormat } from '@chaperone/domain/record-kind/record-kind.ts';
import { RangeSource } from '../reading/range-source.ts';
import type { SourceAddress } from '../reading/range-source.ts';
import { serve } from '../worker/serve.ts';
import { ReadingFault } from '../worker/worker-call.ts';
import { listArchive, readEntry } from './archive-reading.ts';
import type { ArchiveEntry } from './entry.ts';

export interface ArchiveOpening {
  readonly source: SourceAddress;
  readonly format: RecordFormat;
}

let source: RangeSource | null = null;

serve({
  list: async (opening: ArchiveOpening, { tell, signal }) => {
    source = new RangeSource(opening.source);
    return await listArchive(source, opening.format, tell, signal);
  },
  entry: async (entry: ArchiveEntry) => {
    if (source === null) throw new ReadingFault('VIEWER_STOPPED');
    return await readEntry(source, entry);
  },
});
