/**
 * Puts the vault together: keyring, records, destructions.
 *
 * A case whose destruction has begun is closed for everything else at once, also after a restart.
 */
import path from 'node:path';
import type { CaseId, RandomBytes } from '@chaperone/domain/id/id.ts';
import type { Clock } from '../platform/clock/clock.ts';
import type { Database } from '../platform/database/database.ts';
import { CaseKeyMissing } from './contract.ts';
import type { QuarantineDoor, Vault } from './contract.ts';
import { Destructions, LaterDestructions } from './destruction/destruction.ts';
import { Keyring, sealText, unsealText } from './keyring/keyring.ts';
import type { KeyringFence, WrappingKeySettings } from './keyring/keyring.ts';
import { Records } from './record/record.ts';
import { openRecordStore } from './record-store/record-store.ts';
import type { RecordStoreSettings } from './record-store/record-store.ts';

export interface VaultOptions {
  /** With `VAULT_MIGRATIONS` applied. */
  readonly database: Database;
  /** The vault's own directory: `records/`, `staging/` and, unless it is elsewhere, `keyring/`. */
  readonly directory: string;
  /** Where the keyring is, when it is to be kept on another disk. Never part of a backup. */
  readonly keyringDirectory?: string;
  /** Where the wrapping key is kept; in a file of the keyring when it is not said. */
  readonly wrapping?: WrappingKeySettings;
  /** Whether its token is declared as hardware. */
  readonly isTokenHardware?: boolean;
  /** Of a gateway with a standby. */
  readonly fence?: KeyringFence;
  /** Where whole records lie; a local directory when it is not said. */
  readonly recordStore?: RecordStoreSettings;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** A vault as it is opened: with the door that only its opener has. */
export interface OpenedVault extends Vault {
  readonly quarantine: QuarantineDoor;
}

/**
 * Opens the vault, and puts right what a crash left of keys and records. Destructions that were cut off go on
 * with `resumeDestructions`, after `attend`.
 *
 * @throws RecordDamaged when the keyring has lost its wrapping key, RecordStoreUnfit, and as `Keyring.open`
 */
export async function openVault(options: VaultOptions): Promise<OpenedVault> {
  const { database, directory, clock, random } = options;
  const keyring = await Keyring.open({
    directory: options.keyringDirectory ?? path.join(directory, 'keyring'),
    random,
    ...(options.wrapping === undefined ? {} : { wrapping: options.wrapping }),
    ...(options.fence === undefined ? {} : { fence: options.fence }),
  });
  const store = await openRecordStore(options.recordStore ?? { kind: 'directory' }, directory);
  const records = await Records.open({ database, directory, store, keyring, clock, random });
  const kept = {
    wrappingKey:
      (options.wrapping?.kind ?? 'file') === 'file'
        ? 'file'
        : options.isTokenHardware === true
          ? 'hardware-token'
          : 'token',
    records: options.recordStore?.kind ?? 'directory',
  } as const;
  const destructions = new Destructions({ database, keyring, records, clock, kept });
  const unfinished = await destructions.unfinished();
  const closed = new Set(unfinished);
  for (const caseId of unfinished) await records.closeCase(caseId);

  const keysOf: Keyring['keysOf'] = async (caseId) => {
    if (closed.has(caseId)) throw new CaseKeyMissing('This case is being destroyed.');
    return await keyring.keysOf(caseId);
  };
  const later = new LaterDestructions(async (caseId) => await destructions.run(caseId));
  const destroyCase = async (caseId: CaseId) => {
    closed.add(caseId);
    return await later.run(caseId);
  };
  return {
    attend: (traces, witness) => destructions.attend(traces, witness),
    createCaseKey: async (caseId) => {
      if (await destructions.hasBegun(caseId)) throw new CaseKeyMissing('This case was destroyed.');
      await keyring.create(caseId);
    },
    hasCaseKey: async (caseId) => !closed.has(caseId) && (await keyring.has(caseId)),
    sealText: async (caseId, text) => sealText(await keysOf(caseId), text, random),
    unsealText: async (caseId, sealed) => unsealText(await keysOf(caseId), sealed),
    openStaging: async (caseId, transferId) => await records.openStaging(caseId, transferId),
    discardForgotten: async (known) => await records.discardForgotten(known),
    records: async (caseId) => await records.list(caseId),
    countRecords: async (caseId) => (await records.count(caseId)).rows,
    countQuarantine: async (caseId) => await records.countQuarantine(caseId),
    bytesOf: async (caseId) => (await records.count(caseId)).bytes,
    freeBytes: async () => await records.freeBytes(),
    record: async (caseId, recordId) => await records.one(caseId, recordId),
    content: async (caseId, recordId, range) => await records.content(caseId, recordId, range),
    verifyRecord: async (caseId, recordId) => await records.verify(caseId, recordId),
    removeRecord: async (caseId, recordId) => await records.remove(caseId, recordId),
    destroyCase,
    resumeDestructions: async () => {
      const cases = await destructions.unfinished();
      for (const caseId of cases) await destroyCase(caseId);
      return cases;
    },
    quarantine: {
      attend: (arrived) => records.attend(arrived),
      list: async (states) => await records.inQuarantine(states),
      contentToScan: async (caseId, recordId, range) =>
        await records.contentToScan(caseId, recordId, range),
      move: async (caseId, recordId, from, to) =>
        await records.moveQuarantine(caseId, recordId, from, to),
    },
    close: async () => {
      later.close();
      await records.close();
      await store.close();
      await keyring.close();
    },
  };
}
