/** What the console asks the desk for about records: what they are, looking at them, and exports. */
import { exportList, recordExport, recordKinds } from '@chaperone/protocol/console-api/records.ts';
import type { z } from 'zod';
import { ask } from './ask.ts';
import { confirmed } from './confirmation.ts';

export type RecordKinds = z.infer<typeof recordKinds>['kinds'];
export type RecordNature = Pick<RecordKinds[number], 'kind' | 'format'>;
export type ExportList = z.infer<typeof exportList>;
export type RecordExport = z.infer<typeof recordExport>;

const at = (id: string, rest: string): string => `/api/cases/${id}/${rest}`;

export const records = {
  kinds: (id: string) => ask(recordKinds, 'GET', at(id, 'record-kinds')),
  /** Its bytes, to be looked at here. */
  contentAddress: (id: string, record: string) => at(id, `records/${record}/content`),
  exports: (id: string) => ask(exportList, 'GET', at(id, 'exports')),
  beginExport: (id: string, record: string, reason: string) =>
    confirmed(() => ask(recordExport, 'POST', at(id, 'exports'), { record, reason })),
  exportAddress: (id: string, exported: string) => at(id, `exports/${exported}/content`),
  attest: (id: string, exported: string, reason: string | null) =>
    confirmed(() => ask(exportList, 'POST', at(id, `exports/${exported}/attestation`), { reason })),
  permit: (id: string, technician: string) =>
    confirmed(() => ask(exportList, 'POST', at(id, 'export-permissions'), { technician })),
  withdraw: (id: string, technician: string) =>
    ask(exportList, 'POST', at(id, `export-permissions/${technician}/withdraw`), {}),
};
