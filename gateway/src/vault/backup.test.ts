/**
 * Goal: what is put back from an old copy after a destruction stays sealed, wherever records and wrapping key lie; and no
 * door of the vault hands out an identity. Method: the whole vault with its wrapping key in a token of SoftHSM and its records in
 * a real S3-compatible store that keeps versions; old rows, staged files, objects and keyring put back.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import type { CaseRecord } from '@chaperone/domain/record/record.ts';
import { openDatabase } from '../platform/database/database.ts';
import { systemRandom } from '../platform/random/random.ts';
import { ManualClock } from '../platform/testing/manual-clock.ts';
import { newTestTokens } from '../platform/token/testing/softhsm.ts';
import { TokenKeyUnfit } from '../platform/token/token.ts';
import { CaseKeyMissing } from './contract.ts';
import type { Vault } from './contract.ts';
import { connectS3 } from './record-store/s3-connection.ts';
import { contentOf } from './testing/content.ts';
import { releaseOnArrival } from './testing/release.ts';
import { startSwift } from './testing/swift-server.ts';
import type { SwiftServer } from './testing/swift-server.ts';
import { VAULT_MIGRATIONS } from './vault-schema.ts';
import type { VaultTables } from './vault-schema.ts';
import { openVault } from './vault.ts';
import type { VaultOptions } from './vault.ts';

const CONTENT = Buffer.concat([Buffer.from('PATIENT NAME DOE '), contentOf(300_000)]);
const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-backup-'));
const tokens = newTestTokens();
let swift: SwiftServer | undefined;
before(async () => {
  swift = await startSwift();
});
after(async () => {
  await swift?.stop();
  tokens[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function receive(vault: Vault, caseId: CaseId): Promise<CaseRecord> {
  const staging = await vault.openStaging(caseId, newId('transfer', systemRandom));
  await staging.append(CONTENT);
  const sha256 = createHash('sha256').update(CONTENT).digest('base64url');
  return await staging.finish({ origin: 'fetched', name: 'DOE.dcm', sha256 });
}
async function readAll(vault: Vault, { caseId, id }: CaseRecord): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of (await vault.content(caseId, id)).bytes)
    parts.push(Uint8Array.from(part));
  return Buffer.concat(parts);
}

test('with token and store: old rows, staged files, objects and a whole old keyring open nothing of a destroyed case', async (t) => {
  if (swift === undefined) throw new Error('Swift has not started.');
  const settings = await swift.newBucket({ versions: true });
  const token = { ...tokens.add('backup'), section: 'vault.keyring' };
  const directory = path.join(folder, 'vault');
  const location = { kind: 'sqlite', file: path.join(folder, 'gateway.db') } as const;
  const database = await openDatabase({ location });
  t.after(async () => await database.close());
  await database.migrate(VAULT_MIGRATIONS);
  const options: VaultOptions = {
    database,
    directory,
    wrapping: { kind: 'pkcs11', ...token },
    recordStore: { kind: 's3', ...settings },
    clock: new ManualClock(),
    random: systemRandom,
  };
  const open = async (): Promise<Vault> => releaseOnArrival(await openVault(options));
  const vault = await open();
  const [gone, kept] = [newId('case', systemRandom), newId('case', systemRandom)];
  for (const caseId of [gone, kept]) await vault.createCaseKey(caseId);
  const [record, other] = [await receive(vault, gone), await receive(vault, kept)];
  const half = await vault.openStaging(gone, newId('transfer', systemRandom));
  await half.append(CONTENT);
  await half.suspend();
  const sealed = await vault.sealText(gone, 'DOE JANE');
  deepEqual(await readAll(vault, record), CONTENT);

  // The backup, with what never belongs into one, too.
  const backup = path.join(folder, 'backup');
  cpSync(directory, backup, { recursive: true });
  const rows = await database.db<VaultTables>().selectFrom('vault_record').selectAll().execute();
  const key = `${settings.prefix}records/${gone}/${record.id}.age`;
  const connection = await connectS3(settings);
  t.after(() => connection.close());
  const stored = await connection.ask(async (client, { GetObjectCommand }) => {
    const answer = await client.send(new GetObjectCommand({ Bucket: settings.bucket, Key: key }));
    return Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
  });
  ok(!stored.includes('PATIENT NAME'));

  vault.attend([], { stepDone: () => undefined, certify: async () => undefined });
  const outcome = await vault.destroyCase(gone);
  equal(outcome.records, 1);
  const names = readdirSync(directory, { recursive: true }).map(String);
  ok(names.every((name) => !name.includes(gone)));
  await vault.close();

  // Everything is put back but the keyring.
  cpSync(path.join(backup, 'staging'), path.join(directory, 'staging'), { recursive: true });
  await connection.ask(
    async (client, { PutObjectCommand }) =>
      await client.send(new PutObjectCommand({ Bucket: settings.bucket, Key: key, Body: stored })),
  );
  const restored = rows
    .filter((row) => row.case_id === gone)
    .map((row) => ({ ...row, quarantine: 'waiting' as const, verdict: null }));
  await database.db<VaultTables>().insertInto('vault_record').values(restored).execute();
  const later = await open();
  await rejects(later.records(gone), CaseKeyMissing);
  await rejects(later.content(gone, record.id), CaseKeyMissing);
  await rejects(later.unsealText(gone, sealed), CaseKeyMissing);
  await rejects(later.openStaging(gone, newId('transfer', systemRandom)), CaseKeyMissing);
  await rejects(later.createCaseKey(gone), CaseKeyMissing);
  deepEqual(await readAll(later, other), CONTENT);
  await later.close();

  // The whole old keyring: its key in the token is destroyed.
  rmSync(path.join(directory, 'keyring'), { recursive: true });
  cpSync(path.join(backup, 'keyring'), path.join(directory, 'keyring'), { recursive: true });
  await rejects(open(), TokenKeyUnfit);
});

test('no member of the contract and no command of the program names a way to take a key out', () => {
  const text = (file: string): string => readFileSync(path.join(import.meta.dirname, file), 'utf8');
  const [, members = ''] = /export interface Vault \{(.*?)\n\}/s.exec(text('contract.ts')) ?? [];
  const methods = [...members.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name ?? '');
  ok(methods.includes('createCaseKey') && methods.includes('content'));
  const suspicious = /identity|secret|exportKey|keysOf|recipient|wrapping/i;
  deepEqual(
    methods.filter((name) => suspicious.test(name)),
    [],
  );
  // What the vault gives out is what its contract says; the text of an identity is written by tests alone.
  const product = ['vault.ts', 'keyring/keyring.ts', 'age/age.ts', 'age/x25519.ts', '../main.ts'];
  for (const file of product) ok(!/AGE-SECRET-KEY|bech32|identityText/i.test(text(file)), file);
  const [usage = ''] = /const USAGE = `.*?`;/s.exec(text('../main.ts')) ?? [];
  ok(usage.includes('chaperone gateway'));
  ok(!/identity|export|unseal/i.test(usage.replaceAll('exported', '')));
});
