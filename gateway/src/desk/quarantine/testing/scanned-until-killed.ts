/** Test support: receives one record, says its ids once it is being scanned, and waits to be killed. */
import { EICAR } from '../../../antivirus/testing/packed.ts';
import { openQuarantineDesk, scannerAt, scanningBy } from './quarantine-desk.ts';

const [directory = '', socket = '', kind = ''] = process.argv.slice(2);
const desk = await openQuarantineDesk(directory, scanningBy(scannerAt(socket)));
const caseId = await desk.newCase();
const record = await desk.receive(caseId, kind === 'eicar' ? EICAR : Buffer.from('a log line'));
await desk.until(record, ({ state }) => state === 'scanning');
process.stdout.write(`${caseId} ${record.id}\n`);
setInterval(() => undefined, 1_000);
