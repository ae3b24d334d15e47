// Goal: with any amount of room left on the disk, each act of the gateway's zones is done whole or refused with a code that
// says what to do; nothing acknowledged is lost, nothing truncated carries its final name, and all goes on once there is
// room. Method: the real zones on a small file system, which is filled to every degree (page by page) before each act.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { newId, parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import { AUTHORITY_MIGRATIONS } from '@chaperone/gateway/authority/registry/registry.ts';
import { establishAuthority } from '@chaperone/gateway/authority/establishment/establishment.ts';
import { openAuthority } from '@chaperone/gateway/authority/authority.ts';
import { LEDGER_MIGRATIONS } from '@chaperone/gateway/ledger/ledger-schema.ts';
import { openLedger } from '@chaperone/gateway/ledger/ledger.ts';
import type { Ledger } from '@chaperone/gateway/ledger/contract.ts';
import { systemClock } from '@chaperone/gateway/platform/clock/clock.ts';
import { openDatabase } from '@chaperone/gateway/platform/database/database.ts';
import type { Database } from '@chaperone/gateway/platform/database/database.ts';
import { systemRandom } from '@chaperone/gateway/platform/random/random.ts';
import { VAULT_MIGRATIONS } from '@chaperone/gateway/vault/vault-schema.ts';
import { releaseOnArrival } from '@chaperone/gateway/vault/testing/release.ts';
import { openVault } from '@chaperone/gateway/vault/vault.ts';
import type { Vault } from '@chaperone/gateway/vault/contract.ts';
import { newSmallDisk } from './small-disk.ts';
import type { SmallDisk } from './small-disk.ts';

const PAGE = 4096;
const ROOM_PAGES_MAX = 14;
/** Every degree of fullness, from nothing left to enough for any of these acts. */
const ROOMS = Array.from({ length: ROOM_PAGES_MAX + 1 }, (_, pages) => pages * PAGE);
const FULL_CODES = ['DISK_FULL', 'DATABASE_FULL', 'LEDGER_UNAVAILABLE', 'VAULT_UNAVAILABLE'];
const CONTENT = Buffer.alloc(300_000, 'what was retrieved ');
const SHA256 = createHash('sha256').update(CONTENT).digest('base64url');

/** Performs an act on a disk with so much room. @returns its code when it was refused */
async function withRoom(
  disk: SmallDisk,
  room: number,
  act: () => Promise<unknown>,
): Promise<string | null> {
  // The write-ahead log gives its blocks back, so that each write needs new ones.
  const second = new DatabaseSync(path.join(disk.directory, 'gateway.db'));
  second.exec('pragma wal_checkpoint(truncate)');
  second.close();
  disk.fill(room);
  try {
    await act();
    return null;
  } catch (fault) {
    assert.ok(fault instanceof DomainError, `not one of ours: ${String(fault)}`);
    return fault.code;
  } finally {
    disk.free();
  }
}

/** What the degrees of fullness led to: both refusal and success must have been seen, or the disk was never full. */
function assertSwept(codes: readonly (string | null)[], allowed: readonly string[]): void {
  assert.ok(codes.includes(null), `never done: ${codes.join()}`);
  const refused = codes.filter((code) => code !== null);
  assert.ok(refused.length > 0, 'never refused: the disk was not full');
  for (const code of refused) assert.ok(allowed.includes(code), `refused with ${code}`);
}

async function openZones(directory: string): Promise<{
  readonly database: Database;
  readonly ledger: Ledger;
  readonly vault: Vault;
  readonly close: () => Promise<void>;
}> {
  const database = await openDatabase({
    location: { kind: 'sqlite', file: path.join(directory, 'gateway.db') },
  });
  await database.migrate([...LEDGER_MIGRATIONS, ...AUTHORITY_MIGRATIONS, ...VAULT_MIGRATIONS]);
  const ledger = await openLedger({
    database,
    directory: path.join(directory, 'ledger'),
    origin: 'localhost/chaperone-ledger',
    clock: systemClock,
  });
  const vault = releaseOnArrival(
    await openVault({
      database,
      directory: path.join(directory, 'vault'),
      clock: systemClock,
      random: systemRandom,
    }),
  );
  return {
    database,
    ledger,
    vault,
    close: async () => {
      await vault.close();
      await ledger.close();
      await database.close();
    },
  };
}

async function receive(vault: Vault, caseId: CaseId, transfer = newId('transfer', systemRandom)) {
  const staging = await vault.openStaging(caseId, transfer);
  try {
    await staging.append(CONTENT.subarray(staging.receivedBytes));
    return await staging.finish({ origin: 'fetched', name: 'a.dcm', sha256: SHA256 });
  } catch (fault) {
    await staging.suspend();
    throw fault;
  }
}

async function contentOf(vault: Vault, caseId: CaseId, record: string): Promise<Buffer> {
  const { bytes } = await vault.content(caseId, record as never);
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(Uint8Array.from(part));
  return Buffer.concat(parts);
}

test('ledger: an entry is acknowledged whole or refused, and the tree verifies after every degree of fullness', async () => {
  using disk = newSmallDisk(8 * 1024);
  let zones = await openZones(disk.directory);
  const acknowledged = new Set<string>();
  const codes: (string | null)[] = [];
  for (const room of ROOMS) {
    const version = `room ${room} ${'x'.repeat(3000)}`;
    codes.push(
      await withRoom(disk, room, async () => {
        await zones.ledger.append({ kind: 'gateway-started', version, demo: true });
        acknowledged.add(version);
      }),
    );
    // With room again it goes on, and a checkpoint is signed for it.
    const after = `after ${room}`;
    await zones.ledger.append({ kind: 'gateway-started', version: after, demo: true });
    acknowledged.add(after);
    await zones.ledger.verifyAll();
  }
  assertSwept(codes, ['LEDGER_UNAVAILABLE']);
  // Nothing acknowledged is lost, and the kept checkpoint is a whole one, also for the next start.
  await zones.close();
  zones = await openZones(disk.directory);
  const { size } = await zones.ledger.verifyAll();
  const stored = await zones.ledger.page(0, size);
  const versions = stored.map(({ fact }) => ('version' in fact ? fact.version : ''));
  for (const version of acknowledged) assert.ok(versions.includes(version));
  await zones.close();
});

test('vault: a record is kept whole or not at all, at every degree of fullness, and is fetched again afterwards', async () => {
  using disk = newSmallDisk(16 * 1024);
  const zones = await openZones(disk.directory);
  const { vault } = zones;
  const caseId = newId('case', systemRandom);
  await vault.createCaseKey(caseId);
  const rooms = [...ROOMS, 40, 70, 72, 73, 74, 75, 76, 77, 78, 80, 90].map((room) =>
    room > ROOM_PAGES_MAX ? (room > 1000 ? room : room * PAGE) : room,
  );
  const codes: (string | null)[] = [];
  const kept = new Set<string>();
  for (const room of rooms) {
    const transfer = newId('transfer', systemRandom);
    codes.push(
      await withRoom(disk, room, async () => {
        kept.add((await receive(vault, caseId, transfer)).id);
      }),
    );
    const files = readdirSync(path.join(disk.directory, 'vault', 'records', caseId));
    const listed = (await vault.records(caseId)).map(({ id }) => id);
    for (const id of kept)
      assert.ok(listed.includes(id as never), 'an acknowledged record is there');
    for (const name of files) {
      // Under its final name stands only what is whole; a row may follow at the next start.
      const bytes = statSync(path.join(disk.directory, 'vault', 'records', caseId, name)).size;
      assert.ok(bytes > CONTENT.length, `${name} is cut short`);
    }
    for (const id of listed) await vault.verifyRecord(caseId, id);
    for (const id of listed) await vault.removeRecord(caseId, id);
    kept.clear();
  }
  assertSwept(codes, FULL_CODES);
  const record = await receive(vault, caseId);
  assert.deepEqual(await contentOf(vault, caseId, record.id), CONTENT);
  await zones.close();
});

test('vault: the key of a new case is there whole or not at all', async () => {
  using disk = newSmallDisk(4 * 1024);
  const zones = await openZones(disk.directory);
  const codes: (string | null)[] = [];
  for (const room of ROOMS) {
    const caseId = newId('case', systemRandom);
    const code = await withRoom(disk, room, async () => await zones.vault.createCaseKey(caseId));
    codes.push(code);
    assert.equal(await zones.vault.hasCaseKey(caseId), code === null);
    if (code !== null) await zones.vault.createCaseKey(caseId);
    const sealed = await zones.vault.sealText(caseId, 'a note');
    assert.equal(await zones.vault.unsealText(caseId, sealed), 'a note');
  }
  assertSwept(codes, ['DISK_FULL']);
  const keyring = readdirSync(path.join(disk.directory, 'vault', 'keyring'));
  assert.ok(keyring.every((name) => !name.endsWith('.partial')));
  await zones.close();
});

test('destruction: begun on a disk of any fullness it completes, by itself once there is room, and harms no other case', async () => {
  using disk = newSmallDisk(16 * 1024);
  let zones = await openZones(disk.directory);
  const others = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const other = newId('case', systemRandom);
      await zones.vault.createCaseKey(other);
      return { other, record: (await receive(zones.vault, other)).id };
    }),
  );
  const codes: (string | null)[] = [];
  for (const room of ROOMS) {
    const { vault } = zones;
    const caseId = newId('case', systemRandom);
    await vault.createCaseKey(caseId);
    await receive(vault, caseId);
    const half = await vault.openStaging(caseId, newId('transfer', systemRandom));
    await half.append(CONTENT);
    let certified = 0;
    let done: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (done = resolve));
    vault.attend([], {
      stepDone: (_, step) => void (step === 'certified' && done()),
      certify: async () => void (certified += 1),
    });
    const code = await withRoom(disk, room, async () => await vault.destroyCase(caseId));
    codes.push(code);
    if (room % (4 * PAGE) === 0 && code !== null) {
      // Every fourth: the gateway is started again instead.
      await zones.close();
      zones = await openZones(disk.directory);
      zones.vault.attend([], {
        stepDone: () => undefined,
        certify: async () => void (certified += 1),
      });
      await zones.vault.resumeDestructions();
      await zones.vault.destroyCase(caseId);
    } else if (code !== null) await finished;
    assert.ok(certified >= 1);
    assert.equal(await zones.vault.hasCaseKey(caseId), false);
    assert.equal(await zones.vault.countRecords(caseId), 0);
    for (const part of ['records', 'staging'])
      assert.ok(!existsSync(path.join(disk.directory, 'vault', part, caseId)));
    assert.ok(
      readdirSync(path.join(disk.directory, 'vault', 'keyring')).every(
        (name) => !name.startsWith(caseId) && !name.endsWith('.partial'),
      ),
    );
    for (const { other, record } of others)
      assert.deepEqual(await contentOf(zones.vault, other, record), CONTENT);
  }
  assertSwept(codes, ['DESTRUCTION_INTERRUPTED']);
  await zones.close();
});

test('destruction: once it is decided, a full disk does not stop it: its own records make the room', async () => {
  using disk = newSmallDisk(8 * 1024);
  const zones = await openZones(disk.directory);
  const { vault } = zones;
  const caseId = newId('case', systemRandom);
  await vault.createCaseKey(caseId);
  for (let count = 0; count < 5; count += 1) await vault.createCaseKey(newId('case', systemRandom));
  await receive(vault, caseId);
  const steps: string[] = [];
  vault.attend([], {
    stepDone: (_, step) => {
      steps.push(step);
      // From the decision on there is nothing left but what the case itself takes.
      if (step === 'decided') disk.fill(0);
    },
    certify: async () => undefined,
  });
  await vault.destroyCase(caseId);
  assert.deepEqual(steps, [
    'decided',
    'keys-erased',
    'records-erased',
    'traces-erased',
    'verified',
    'certified',
  ]);
  disk.free();
  await zones.close();
});

test('authority: a licence is issued and known, or refused; the roots are whole or not there', async () => {
  using disk = newSmallDisk(8 * 1024);
  const directory = path.join(disk.directory, 'authority');
  const zones = await openZones(disk.directory);
  const establish = async (): Promise<unknown> =>
    await establishAuthority({
      directory,
      serviceCentre: 'Small Disk Centre',
      by: 'test',
      demo: true,
      nowMs: Date.now(),
    });
  const making: (string | null)[] = [];
  for (const room of [0, 1, 3, 5, 7].map((pages) => pages * PAGE)) {
    const code = await withRoom(disk, room, establish);
    making.push(code);
    assert.equal(existsSync(directory), code === null, 'whole or not there');
    if (code === null) break;
  }
  assert.ok(making.length > 1 && making[0] === 'DISK_FULL', making.join());
  if (!existsSync(directory)) await establish();
  const authority = await openAuthority({
    directory,
    database: zones.database,
    ledger: zones.ledger,
    ledgerKey: zones.ledger.verifierKey(),
    gatewayNames: ['localhost'],
    consoleNames: ['localhost'],
    workstations: { seatsMax: 10, lifeMs: 90 * 86_400_000 },
    report: () => undefined,
  });
  const codes: (string | null)[] = [];
  const issued = new Set<string>();
  for (const room of ROOMS) {
    codes.push(
      await withRoom(disk, room, async () => {
        const serial = parseCartSerial('US-1');
        issued.add((await authority.issueCartLicence(serial, { by: 'test' })).licence.id);
      }),
    );
  }
  assertSwept(codes, ['DATABASE_FULL', 'LEDGER_UNAVAILABLE']);
  const usable = (await authority.licences()).filter((each) => each.retiredAtMs === undefined);
  for (const id of issued) assert.ok(usable.some((licence) => licence.id === id));
  await zones.ledger.verifyAll();
  await zones.close();
});
