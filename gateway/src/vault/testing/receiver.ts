/** Test support: receives one file into the vault, slowly enough to be killed, and says how far it is. */
import path from 'node:path';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import type { CaseId, TransferId } from '@chaperone/domain/id/id.ts';
import { systemClock } from '../../platform/clock/clock.ts';
import { openDatabase } from '../../platform/database/database.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { VAULT_MIGRATIONS } from '../vault-schema.ts';
import { openVault } from '../vault.ts';
import { contentOf } from './content.ts';

const [directory = '', caseId = '', transferId = '', bytes = ''] = process.argv.slice(2);
const location = { kind: 'sqlite', file: path.join(directory, 'gateway.db') } as const;
const database = await openDatabase({ location });
await database.migrate(VAULT_MIGRATIONS);
const vault = await openVault({ database, directory, clock: systemClock, random: systemRandom });
await vault.createCaseKey(caseId as CaseId);
const staging = await vault.openStaging(caseId as CaseId, transferId as TransferId);
const content = contentOf(Number(bytes));
process.stdout.write(`from ${staging.receivedBytes}\n`);
try {
  while (staging.receivedBytes < content.length) {
    const at = staging.receivedBytes;
    await staging.append(content.subarray(at, at + 30_000));
    process.stdout.write(`at ${staging.receivedBytes}\n`);
  }
  await staging.suspend();
} catch (fault) {
  process.stdout.write(`refused ${fault instanceof DomainError ? fault.code : String(fault)}\n`);
}
