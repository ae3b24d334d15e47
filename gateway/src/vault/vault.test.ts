/**
 * Goal: records are whole, sealed and theirs alone while a case is open; when it is destroyed nothing is found
 * anywhere, whatever the moment of a crash. Method: both databases; the vault is opened again where a crash would
 * have left it; a real process is killed while it receives; all files are searched for what was in them.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { DESTRUCTION_STEPS } from '@chaperone/domain/destruction/destruction.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId, RecordId, TransferId } from '@chaperone/domain/id/id.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import { ManualClock } from '../platform/testing/manual-clock.ts';
import { forEachDatabase } from '../platform/database/testing/database-suite.ts';
import { openDatabase } from '../platform/database/database.ts';
import type { Database } from '../platform/database/database.ts';
import { systemRandom } from '../platform/random/random.ts';
import {
  CaseKeyMissing,
  DestructionInterrupted,
  RecordDamaged,
  RecordDigestMismatch,
  RecordUnknown,
  TransferTaken,
} from './contract.ts';
import type { DestructionOutcome, DestructionWitness, Vault } from './contract.ts';
import { Keyring } from './keyring/keyring.ts';
import { ENTRY_BYTES } from './keyring/secrets-file.ts';
import { identityText } from './testing/bech32.ts';
import { contentOf } from './testing/content.ts';
import { releaseOnArrival } from './testing/release.ts';
import { VAULT_MIGRATIONS } from './vault-schema.ts';
import type { VaultTables } from './vault-schema.ts';
import { openVault } from './vault.ts';

const directories: string[] = [];
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});
function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-vault-'));
  directories.push(directory);
  return directory;
}
const newCase = (): CaseId => newId('case', systemRandom);
const newTransfer = (): TransferId => newId('transfer', systemRandom);
const digestOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('base64url');
const CONTENT = Buffer.concat([Buffer.from('PATIENT NAME DOE '), contentOf(150_000)]);
const NAME = 'DOE JANE 1970.dcm';

/** The file with the secrets of a keyring. */
function secretsOf(keyring: string): string {
  const [name = ''] = readdirSync(keyring).filter((each) => each.startsWith('secrets.'));
  return path.join(keyring, name);
}

async function openAt(database: Database, directory: string): Promise<Vault> {
  const clock = new ManualClock();
  return releaseOnArrival(await openVault({ database, directory, clock, random: systemRandom }));
}

async function receive(
  vault: Vault,
  caseId: CaseId,
  content: Uint8Array = CONTENT,
): Promise<CaseRecord> {
  const staging = await vault.openStaging(caseId, newTransfer());
  await staging.append(content);
  return await staging.finish({ origin: 'fetched', name: NAME, sha256: digestOf(content) });
}

async function readAll(
  vault: Vault,
  caseId: CaseId,
  id: RecordId,
  offset = 0,
  length?: number,
): Promise<Buffer> {
  const range = length === undefined ? undefined : { offset, length };
  const parts: Uint8Array[] = [];
  for await (const part of (await vault.content(caseId, id, range)).bytes)
    parts.push(Uint8Array.from(part));
  return Buffer.concat(parts);
}

/** Takes what is left of a content. */
async function readOn(reading: AsyncIterator<Uint8Array>): Promise<void> {
  while ((await reading.next()).done !== true);
}

/** Every file below a directory. */
function filesBelow(directory: string): readonly string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

const fileOf = (directory: string, record: CaseRecord): string =>
  path.join(directory, 'records', record.caseId, `${record.id}.age`);

interface Told {
  readonly steps: string[];
  readonly certified: DestructionOutcome[];
}
function witness(told: Told, certify?: () => void): DestructionWitness {
  return {
    stepDone: (_caseId, step) => void told.steps.push(step),
    certify: async (outcome) => {
      certify?.();
      told.certified.push(outcome);
    },
  };
}

forEachDatabase('vault', (open) => {
  test('what was received is read back, whole and in part, after a restart too, and Debian’s age opens it', async () => {
    const [database, directory, caseId] = [await open(VAULT_MIGRATIONS), newDirectory(), newCase()];
    const vault = await openAt(database, directory);
    await vault.createCaseKey(caseId);
    const record = await receive(vault, caseId);
    const empty = await receive(vault, caseId, Buffer.alloc(0));
    deepEqual(await readAll(vault, caseId, record.id), CONTENT);
    deepEqual(await readAll(vault, caseId, empty.id), Buffer.alloc(0));
    deepEqual(
      await readAll(vault, caseId, record.id, 65_530, 20),
      CONTENT.subarray(65_530, 65_550),
    );
    await rejects(
      vault.content(caseId, record.id, { offset: 1, length: CONTENT.length }),
      RangeError,
    );
    await vault.close();
    const again = await openAt(database, directory);
    deepEqual(
      new Set((await again.records(caseId)).map(({ id }) => id)),
      new Set([record.id, empty.id]),
    );
    deepEqual(await again.record(caseId, record.id), record);
    await again.verifyRecord(caseId, record.id);
    const keyring = await Keyring.open({
      directory: path.join(directory, 'keyring'),
      random: systemRandom,
    });
    const { identity } = await keyring.keysOf(caseId);
    const identityFile = path.join(newDirectory(), 'identity');
    writeFileSync(identityFile, identityText(identity));
    deepEqual(
      execFileSync('/usr/bin/age', ['-d', '-i', identityFile, fileOf(directory, record)]),
      CONTENT,
    );
    await again.removeRecord(caseId, record.id);
    await rejects(again.content(caseId, record.id), RecordUnknown);
    deepEqual(readdirSync(path.join(directory, 'records', caseId)), [`${empty.id}.age`]);
    await again.close();
  });

  test('nobody else’s case opens a record, and there is no work without a key', async () => {
    const [vault, one, other] = [
      await openAt(await open(VAULT_MIGRATIONS), newDirectory()),
      newCase(),
      newCase(),
    ];
    for (const caseId of [one, other]) await vault.createCaseKey(caseId);
    const record = await receive(vault, one);
    await rejects(vault.content(other, record.id), RecordUnknown);
    await rejects(vault.unsealText(other, await vault.sealText(one, 'x')), RecordDamaged);
    await rejects(vault.openStaging(newCase(), newTransfer()), CaseKeyMissing);
    await rejects(vault.sealText(newCase(), 'x'), CaseKeyMissing);
    await vault.close();
  });

  test('a wrong digest leaves nothing; a transfer is received once', async () => {
    const [database, directory, caseId] = [await open(VAULT_MIGRATIONS), newDirectory(), newCase()];
    const vault = await openAt(database, directory);
    await vault.createCaseKey(caseId);
    const transferId = newTransfer();
    const staging = await vault.openStaging(caseId, transferId);
    await rejects(vault.openStaging(caseId, transferId), TransferTaken);
    await staging.append(CONTENT);
    const told = { origin: 'fetched', name: NAME, sha256: digestOf(Buffer.from('other')) } as const;
    await rejects(staging.finish(told), RecordDigestMismatch);
    deepEqual(filesBelow(path.join(directory, 'staging')), []);
    deepEqual(await vault.records(caseId), []);
    const second = await vault.openStaging(caseId, transferId);
    equal(second.receivedBytes, 0);
    await second.append(CONTENT);
    await second.finish({ ...told, sha256: digestOf(CONTENT) });
    await rejects(vault.openStaging(caseId, transferId), TransferTaken);
    await vault.close();
  });

  test('an interrupted transfer goes on; a crash between digest and name is put right', async () => {
    const [database, directory, caseId] = [await open(VAULT_MIGRATIONS), newDirectory(), newCase()];
    const first = await openAt(database, directory);
    await first.createCaseKey(caseId);
    const transferId = newTransfer();
    const staging = await first.openStaging(caseId, transferId);
    await staging.append(CONTENT.subarray(0, 140_000));
    await first.close();
    const second = await openAt(database, directory);
    const resumed = await second.openStaging(caseId, transferId);
    equal(resumed.receivedBytes, 131_072);
    await resumed.append(CONTENT.subarray(131_072));
    const record = await resumed.finish({
      origin: 'fetched',
      name: NAME,
      sha256: digestOf(CONTENT),
    });
    await second.close();
    // As if the program had died before the rename.
    renameSync(
      fileOf(directory, record),
      path.join(directory, 'staging', caseId, `${transferId}.age`),
    );
    const db = database.db<VaultTables>();
    await db.updateTable('vault_record').set({ state: 'placing' }).execute();
    const third = await openAt(database, directory);
    deepEqual(await readAll(third, caseId, record.id), CONTENT);
    await third.close();
    // And before it wrote down that the rename was done; then with neither file.
    await db.updateTable('vault_record').set({ state: 'placing' }).execute();
    const fourth = await openAt(database, directory);
    equal((await fourth.records(caseId)).length, 1);
    await fourth.close();
    await db.updateTable('vault_record').set({ state: 'placing' }).execute();
    rmSync(fileOf(directory, record));
    const fifth = await openAt(database, directory);
    deepEqual(await fifth.records(caseId), []);
    await fifth.close();
  });

  test('any flipped bit in a stored file is found', async () => {
    const [database, directory, caseId] = [await open(VAULT_MIGRATIONS), newDirectory(), newCase()];
    const vault = await openAt(database, directory);
    await vault.createCaseKey(caseId);
    const record = await receive(vault, caseId);
    const file = fileOf(directory, record);
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 4999) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 4;
      writeFileSync(file, flipped);
      await rejects(vault.verifyRecord(caseId, record.id), RecordDamaged);
    }
    writeFileSync(file, whole.subarray(0, -1));
    await rejects(vault.content(caseId, record.id), RecordDamaged);
    await vault.close();
  });

  test('destroying a case leaves nothing of it, and nothing less of the others', async () => {
    const [database, directory] = [await open(VAULT_MIGRATIONS), newDirectory()];
    const vault = await openAt(database, directory);
    const [gone, kept] = [newCase(), newCase()];
    for (const caseId of [gone, kept]) await vault.createCaseKey(caseId);
    const records = [await receive(vault, gone), await receive(vault, gone)];
    const other = await receive(vault, kept);
    const sealed = await vault.sealText(gone, NAME);
    const half = await vault.openStaging(gone, newTransfer());
    await half.append(CONTENT);
    const large = await receive(vault, gone, contentOf(3_000_000));
    const reading = (await vault.content(gone, large.id)).bytes[Symbol.asyncIterator]();
    await reading.next();
    // A copy of everything, as a backup might be.
    const backup = newDirectory();
    cpSync(directory, backup, { recursive: true });
    const rows = await database.db<VaultTables>().selectFrom('vault_record').selectAll().execute();

    const told: Told = { steps: [], certified: [] };
    let desk = 3;
    vault.attend(
      [{ tables: [], eraseTraces: async () => void (desk = 0), countTraces: async () => desk }],
      witness(told),
    );
    const outcome = await vault.destroyCase(gone);
    deepEqual(told.steps, DESTRUCTION_STEPS);
    deepEqual(told.certified, [outcome]);
    deepEqual([outcome.records, outcome.bytes], [3, 2 * CONTENT.length + 3_000_000]);
    ok(outcome.technique.length <= 500 && outcome.verificationMethod.length <= 500);
    deepEqual(await vault.destroyCase(gone), outcome);
    equal(told.certified.length, 1);

    const acts = [
      async () => await vault.records(gone),
      async () => await vault.content(gone, records[0]?.id ?? other.id),
      async () => await vault.sealText(gone, 'x'),
      async () => await vault.unsealText(gone, sealed),
      async () => await vault.openStaging(gone, newTransfer()),
      async () => await vault.createCaseKey(gone),
      async () => await half.append(CONTENT),
      async () => await readOn(reading),
    ];
    for (const act of acts) await rejects(act, CaseKeyMissing);
    equal(await vault.hasCaseKey(gone), false);
    equal(await vault.countRecords(gone), 0);
    ok(filesBelow(directory).every((file) => !file.includes(gone)));
    deepEqual(await readAll(vault, kept, other.id), CONTENT);
    await vault.close();

    // The backup of records and rows, put back beside today's keyring, opens nothing of the case.
    cpSync(path.join(backup, 'records'), path.join(directory, 'records'), { recursive: true });
    const old = readFileSync(secretsOf(path.join(backup, 'keyring')));
    const entry = old.subarray(old.indexOf(gone)).subarray(0, ENTRY_BYTES);
    appendFileSync(secretsOf(path.join(directory, 'keyring')), entry);
    // A row begins in quarantine, also one that comes from a backup.
    const restored = rows
      .filter((row) => row.case_id === gone)
      .map((row) => ({ ...row, quarantine: 'waiting' as const, verdict: null }));
    await database.db<VaultTables>().insertInto('vault_record').values(restored).execute();
    const later = await openAt(database, directory);
    await rejects(later.records(gone), RecordDamaged);
    await rejects(later.unsealText(gone, sealed), RecordDamaged);
    deepEqual(await readAll(later, kept, other.id), CONTENT);
    await later.close();
  });

  for (const step of DESTRUCTION_STEPS.slice(0, -1)) {
    test(`a destruction that a crash cut off after "${step}" completes at the next start`, async () => {
      const [database, directory, caseId] = [
        await open(VAULT_MIGRATIONS),
        newDirectory(),
        newCase(),
      ];
      const vault = await openAt(database, directory);
      await vault.createCaseKey(caseId);
      await receive(vault, caseId);
      // The crash: the step is written down, and nothing after it happens.
      const dying: DestructionWitness = {
        stepDone: (_caseId, done) => {
          if (done === step) throw new Error('killed');
        },
        certify: async () => undefined,
      };
      vault.attend([], dying);
      await rejects(vault.destroyCase(caseId), DestructionInterrupted);
      await vault.close();
      const again = await openAt(database, directory);
      await rejects(again.sealText(caseId, 'x'), CaseKeyMissing);
      equal(await again.hasCaseKey(caseId), false);
      const told: Told = { steps: [], certified: [] };
      again.attend([], witness(told));
      deepEqual(await again.resumeDestructions(), [caseId]);
      deepEqual(told.steps, DESTRUCTION_STEPS.slice(DESTRUCTION_STEPS.indexOf(step) + 1));
      equal(told.certified[0]?.records, 1);
      deepEqual(await again.resumeDestructions(), []);
      ok(filesBelow(directory).every((file) => !file.includes(caseId)));
      await again.close();
    });
  }

  test('what cannot be certified is not certified, and what is still found is not verified', async () => {
    const [database, directory, caseId] = [await open(VAULT_MIGRATIONS), newDirectory(), newCase()];
    const vault = await openAt(database, directory);
    await vault.createCaseKey(caseId);
    await receive(vault, caseId);
    const told: Told = { steps: [], certified: [] };
    let left = 1;
    const traces = {
      tables: [],
      eraseTraces: async () => undefined,
      countTraces: async () => left,
    };
    vault.attend([traces], witness(told));
    await rejects(vault.destroyCase(caseId), /1 rows/);
    equal(told.steps.includes('verified'), false);
    left = 0;
    vault.attend(
      [traces],
      witness(told, () => {
        throw new Error('the ledger is away');
      }),
    );
    await rejects(vault.destroyCase(caseId), DestructionInterrupted);
    equal(told.steps.at(-1), 'verified');
    vault.attend([traces], witness(told));
    await vault.destroyCase(caseId);
    equal(told.steps.at(-1), 'certified');
    await vault.close();
  });
});

test('a program killed while it receives goes on from the last whole chunk, and no plain byte was on the disk', async () => {
  const [directory, caseId, transferId] = [newDirectory(), newCase(), newTransfer()];
  const bytes = 12_000_000;
  const content = contentOf(bytes);
  const program = path.join(import.meta.dirname, 'testing', 'receiver.ts');
  let received = 0;
  for (const killAt of [100_000, 4_000_000, 9_000_000]) {
    const child = spawn(process.execPath, [program, directory, caseId, transferId, String(bytes)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const [what, number] = line.split(' ');
      if (what === 'from') {
        ok(Number(number) > received - 2_300_000, `goes on from ${number} after ${received}`);
        continue;
      }
      received = Math.max(received, Number(number));
      if (received >= killAt) child.kill('SIGKILL');
    }
    ok(received >= killAt);
    for (const file of filesBelow(directory)) {
      equal(readFileSync(file).includes(content.subarray(1000, 1040)), false);
    }
    deepEqual(filesBelow(path.join(directory, 'records')), []);
  }
  const database = await openDatabase({
    location: { kind: 'sqlite', file: path.join(directory, 'gateway.db') },
  });
  const vault = await openAt(database, directory);
  const staging = await vault.openStaging(caseId, transferId);
  ok(staging.receivedBytes > received - 2_300_000 || received === bytes);
  await staging.append(content.subarray(staging.receivedBytes));
  const record = await staging.finish({ origin: 'fetched', name: NAME, sha256: digestOf(content) });
  deepEqual(await readAll(vault, caseId, record.id), content);

  // After its destruction neither content nor name is found by a search of the disk.
  const before = filesBelow(directory).map((file) => readFileSync(file));
  ok(before.every((file) => !file.includes(NAME)));
  vault.attend([], witness({ steps: [], certified: [] }));
  await vault.destroyCase(caseId);
  await vault.close();
  await database.close();
  equal(existsSync(path.join(directory, 'records', caseId)), false);
  equal(statSync(path.join(directory, 'keyring')).mode & 0o777, 0o700);
});

test('a full disk refuses, keeps what is there, and lets it go on once there is room', async () => {
  const [directory, caseId, transferId] = [newDirectory(), newCase(), newTransfer()];
  const bytes = 6_000_000;
  const program = path.join(import.meta.dirname, 'testing', 'receiver.ts');
  // Files of at most 3 MiB: a write beyond is cut short, as on a full disk.
  const limited = ['-c', 'ulimit -f 3072; exec "$0" "$@"', process.execPath, program];
  const child = spawn('bash', [...limited, directory, caseId, transferId, String(bytes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) said.push(line);
  equal(said.at(-1), 'refused DISK_FULL');
  deepEqual(filesBelow(path.join(directory, 'records')), []);
  const location = { kind: 'sqlite', file: path.join(directory, 'gateway.db') } as const;
  const database = await openDatabase({ location });
  const vault = await openAt(database, directory);
  const staging = await vault.openStaging(caseId, transferId);
  ok(staging.receivedBytes > 2_000_000 && staging.receivedBytes < 3 * 1024 * 1024);
  const content = contentOf(bytes);
  await staging.append(content.subarray(staging.receivedBytes));
  const record = await staging.finish({ origin: 'fetched', name: NAME, sha256: digestOf(content) });
  deepEqual(await readAll(vault, caseId, record.id), content);
  await vault.close();
  await database.close();
});
