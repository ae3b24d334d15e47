/** What each viewer is given. */
import type { RecordFormat } from '@chaperone/domain/record-kind/record-kind.ts';
import type { SourceAddress } from './reading/range-source.ts';

export interface ViewProps {
  readonly source: SourceAddress;
  readonly name: string;
  readonly format: RecordFormat;
}
