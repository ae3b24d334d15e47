/**
 * Test support: a program that opens a ledger, appends to it and forwards it, to be killed.
 *
 * Arguments: data directory, the section `siem` as JSON, how many entries to append. A line for each that is acknowledged.
 */
import path from 'node:path';
import { openLedger } from '../../ledger/ledger.ts';
import { LEDGER_MIGRATIONS } from '../../ledger/ledger-schema.ts';
import { systemClock } from '../../platform/clock/clock.ts';
import { openDatabase } from '../../platform/database/database.ts';
import { silentLog } from '../../platform/log/log.ts';
import { openSiem } from '../siem.ts';
import type { SiemSettings } from '../siem.ts';

const [directory = '', settings = '{}', entries = '0'] = process.argv.slice(2);
const location = { kind: 'sqlite', file: path.join(directory, 'gateway.db') } as const;
const database = await openDatabase({ location });
await database.migrate(LEDGER_MIGRATIONS);
const origin = 'gateway.example/chaperone-ledger';
const ledger = await openLedger({
  database,
  directory: path.join(directory, 'ledger'),
  origin,
  clock: systemClock,
});
await openSiem(JSON.parse(settings) as SiemSettings, {
  ledger,
  directory: path.join(directory, 'siem'),
  gatewayName: 'gateway.example',
  ledgerOrigin: origin,
  software: 'chaperone-gateway test',
  clock: systemClock,
  log: silentLog(),
});
for (let left = Number(entries); left > 0; left -= 1) {
  const { index } = await ledger.append({
    kind: 'sign-out',
    technicianId: 'tech-1' as never,
    reason: 'asked',
  });
  process.stdout.write(`${index}\n`);
}
setInterval(() => undefined, 60_000);
