/** Test support: the desk's scans over a real vault and a real ledger, on SQLite. */
import { createHash } from 'node:crypto';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId, TechnicianId } from '@chaperone/domain/id/id.ts';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import type { Quarantine } from '@chaperone/domain/quarantine/quarantine.ts';
import type { CaseRecord, RecordOrigin } from '@chaperone/domain/record/record.ts';
import path from 'node:path';
import { makeAntivirus } from '../../../antivirus/antivirus.ts';
import type { Antivirus } from '../../../antivirus/contract.ts';
import { LEDGER_MIGRATIONS } from '../../../ledger/ledger-schema.ts';
import { openLedger } from '../../../ledger/ledger.ts';
import { openDatabase } from '../../../platform/database/database.ts';
import { silentLog } from '../../../platform/log/log.ts';
import { systemRandom } from '../../../platform/random/random.ts';
import { ManualClock } from '../../../platform/testing/manual-clock.ts';
import { VAULT_MIGRATIONS } from '../../../vault/vault-schema.ts';
import { openVault } from '../../../vault/vault.ts';
import type { OpenedVault } from '../../../vault/vault.ts';
import { Events } from '../../events/events.ts';
import type { DeskContext } from '../../platform/desk-context.ts';
import { RecordScans } from '../quarantine.ts';
import type { Scanning } from '../quarantine.ts';

export const NOW_MS = Date.UTC(2026, 10, 30, 9);
export const DAY_MS = 86_400_000;
export const BY: TechnicianId = newId('technician', systemRandom);
const MIB = 1024 * 1024;

/** The scanner at this socket, as it is configured by default but for smaller limits. */
export function scannerAt(socket: string, scanMsMax = 60_000): Antivirus {
  return makeAntivirus({
    address: { path: socket },
    bytesMax: 2 * MIB,
    scanMsMax,
    archive: { entriesMax: 100, depthMax: 4, unpackedBytesMax: 64 * MIB, ratioMax: 250 },
    onLimit: () => undefined,
  });
}

export function scanningBy(scanner: Antivirus): Scanning {
  const policy = { kind: 'scan', definitionsAgeMaxMs: 3 * DAY_MS } as const;
  return { scanner, policy, atOnceMax: 2 };
}

export interface QuarantineDesk {
  readonly vault: OpenedVault;
  readonly scans: RecordScans;
  readonly events: Events;
  readonly context: DeskContext;
  /** Makes what is written into the ledger fail, or not. */
  refuseLedger(isRefused: boolean): void;
  newCase(): Promise<CaseId>;
  receive(caseId: CaseId, content: Buffer, origin?: RecordOrigin): Promise<CaseRecord>;
  quarantineOf(record: CaseRecord): Promise<Quarantine>;
  /** Waits until the record is where this says. */
  until(record: CaseRecord, isSo: (quarantine: Quarantine) => boolean): Promise<Quarantine>;
  facts(caseId: CaseId): Promise<readonly LedgerFact[]>;
  close(): Promise<void>;
}

/** Opens everything in a directory, which may be one of before. Nothing looks by itself but at the start. */
export async function openQuarantineDesk(
  directory: string,
  scanning: Scanning,
  lookEveryMs = 3_600_000,
): Promise<QuarantineDesk> {
  const clock = new ManualClock(NOW_MS);
  const location = { kind: 'sqlite', file: path.join(directory, 'gateway.db') } as const;
  const database = await openDatabase({ location });
  await database.migrate([...LEDGER_MIGRATIONS, ...VAULT_MIGRATIONS]);
  const origin = 'gateway.test/chaperone-ledger';
  const opened = { database, directory: path.join(directory, 'ledger'), origin, clock };
  const real = await openLedger(opened);
  let isRefused = false;
  const ledger = new Proxy(real, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name === 'append' && isRefused) return async () => Promise.reject(new Error('refused'));
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const vault = await openVault({
    database,
    directory: path.join(directory, 'vault'),
    clock,
    random: systemRandom,
  });
  const events = new Events();
  const log = silentLog();
  const context = { database, ledger, vault, clock, randomBytes: systemRandom, log };
  const scans = new RecordScans(context, { door: vault.quarantine, events, scanning, lookEveryMs });
  const quarantineOf = async ({ caseId, id }: CaseRecord): Promise<Quarantine> =>
    (await vault.record(caseId, id)).quarantine;
  return {
    vault,
    scans,
    events,
    context,
    refuseLedger: (refused) => {
      isRefused = refused;
    },
    newCase: async () => {
      const caseId = newId('case', systemRandom);
      await vault.createCaseKey(caseId);
      return caseId;
    },
    receive: async (caseId, content, origins = 'fetched') => {
      const staging = await vault.openStaging(caseId, newId('transfer', systemRandom));
      await staging.append(content);
      const sha256 = createHash('sha256').update(content).digest('base64url');
      return await staging.finish({ origin: origins, name: 'a.bin', sha256 });
    },
    quarantineOf,
    until: async (record, isSo) => {
      for (;;) {
        const heard = new Promise<void>((resolve) => {
          const leave = events.listen(() => {
            leave?.();
            resolve();
          });
        });
        const quarantine = await quarantineOf(record);
        if (isSo(quarantine)) return quarantine;
        await heard;
      }
    },
    facts: async (caseId) => {
      await real.settle();
      return (await real.entriesOf(caseId)).map(({ fact }) => fact);
    },
    close: async () => {
      await scans.close();
      await vault.close();
      await real.close();
      await database.close();
    },
  };
}
