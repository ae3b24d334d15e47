/**
 * Goal: wherever a stop comes between what is shown, what the ledger says and what the database knows, and whenever a case is
 * destroyed, the ledger tells the end of each recording that it tells the beginning of, once, and never that nothing was shown
 * when something was.
 * Method: a real database; a vault and a ledger in memory that forget at a stop what is not durable, and stop at a chosen place.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { newId, parseCartSerial } from '@chaperone/domain/id/id.ts';
import type { TransferId } from '@chaperone/domain/id/id.ts';
import type { LedgerFact } from '@chaperone/domain/ledger-entry/ledger-entry.ts';
import { ENCODING } from '@chaperone/protocol/rfb/encoding.ts';
import { writeRectangleHeader, writeUpdateHeader } from '@chaperone/protocol/rfb/server-message.ts';
import { writeServerInit } from '@chaperone/protocol/rfb/viewer-handshake.ts';
import { openDatabase } from '../../platform/database/database.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { CaseKeyMissing, SEALED_AT_ONCE_BYTES } from '../../vault/contract.ts';
import { CASE_MIGRATIONS, ServiceCases } from '../service-case/service-case.ts';
import { SESSION_MIGRATIONS } from '../session/session.ts';
import type { SessionTables } from '../session/session.ts';
import { CaseTooLarge } from '../transfer/transfer.ts';
import { RECORDING_MIGRATIONS, Recordings } from './recording.ts';
import type { RecordedScreen } from './recording.ts';

const SIZE = { width: 4, height: 3 };

/** What a cart says until its whole screen is seen. */
const SHOWN = Buffer.concat([
  Buffer.from('RFB 003.008\n\x01\x01\0\0\0\0', 'latin1'),
  writeServerInit(SIZE, 'Cart'),
  writeUpdateHeader(1),
  writeRectangleHeader({ x: 0, y: 0, ...SIZE }, ENCODING.raw),
  Buffer.alloc(SIZE.width * SIZE.height * 4, 7),
]);

/** Holds whole pieces that were made durable, and records. */
class StoppedVault {
  readonly durable = new Map<TransferId, Buffer>();
  readonly placed: object[] = [];
  isDestroyed = false;

  readonly sealText = (_: string, text: string): Promise<string> => Promise.resolve(text);
  readonly unsealText = (_: string, text: string): Promise<string> => Promise.resolve(text);
  readonly verifyRecord = (): Promise<void> => Promise.resolve();
  readonly records = (): Promise<readonly object[]> => Promise.resolve(this.placed);
  readonly openStaging = (_: string, id: TransferId): Promise<object> => {
    let bytes = this.durable.get(id) ?? Buffer.alloc(0);
    const keep = (): Promise<void> => {
      const whole = Math.floor((bytes.length - 1) / SEALED_AT_ONCE_BYTES) * SEALED_AT_ONCE_BYTES;
      if (!this.isDestroyed) this.durable.set(id, bytes.subarray(0, Math.max(0, whole)));
      return Promise.resolve();
    };
    return Promise.resolve({
      receivedBytes: bytes.length,
      append: async (more: Uint8Array) => {
        if (this.isDestroyed) throw new CaseKeyMissing('This case is being destroyed.');
        bytes = Buffer.concat([bytes, more]);
        await Promise.resolve();
      },
      makeDurable: keep,
      suspend: keep,
      digest: () => 'd'.repeat(43),
      discard: () => Promise.resolve(this.durable.delete(id)),
      finish: () => {
        const record = {
          id: 'recd-1',
          transferId: id,
          bytes: bytes.length,
          sha256: 'd'.repeat(43),
        };
        this.placed.push(record);
        return Promise.resolve(record);
      },
    });
  };
}

async function started(t: TestContext, bytesMax = Infinity) {
  const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-recordings-'));
  const database = await openDatabase({
    location: { kind: 'sqlite', file: path.join(directory, 'gateway.db') },
  });
  t.after(async () => {
    await database.close();
    rmSync(directory, { recursive: true, force: true });
  });
  await database.migrate([...CASE_MIGRATIONS, ...SESSION_MIGRATIONS, ...RECORDING_MIGRATIONS]);
  const sessionId = newId('session', systemRandom);
  const id = newId('case', systemRandom);
  const technician = newId('technician', systemRandom);
  const cart = parseCartSerial('US-1');
  const { store: cases } = new ServiceCases({ database } as never, null as never, {
    designatedBy: 'lead',
    isHoldProposed: async () => false,
    exportsOwed: async () => 0,
    keepRule: async () => undefined,
  });
  const opened = { openedUtcMs: 1, openedBy: technician, number: 'SC-2026-0001', detail: 'x' };
  await cases.add({ id, facility: 'F', cart, ...opened, designated: [] });
  const row: SessionTables['remote_session'] = {
    ...{ session_id: sessionId, grant_id: newId('grant', systemRandom), case_id: id, cart },
    ...{ technician_id: technician, workstation_id: newId('workstation', systemRandom) },
    ...{ workstation_key: 'w', cart_key: 'c', grant_jws: 'a.b.c', state: 'granted' },
    ...{ granted_at: 2, ended_at: null, end_reason: null, receipt_jws: null },
  };
  await database.db<SessionTables>().insertInto('remote_session').values(row).execute();

  const vault = new StoppedVault();
  const facts: LedgerFact[] = [];
  /** The kind at which the gateway is stopped: before it is written, or right after. */
  const stop = { before: '', after: '' };
  const never = new Promise<never>(() => undefined);
  const ledger = {
    append: async (fact: LedgerFact) => {
      if (fact.kind === stop.before) return await never;
      facts.push(fact);
      return fact.kind === stop.after ? await never : { index: facts.length, leafHash: '' };
    },
    appendLater: (fact: LedgerFact) => void facts.push(fact),
    entriesOf: () => Promise.resolve(facts.map((fact) => ({ fact }))),
  };
  const clock = { utcMs: () => Date.now(), monotonicMs: () => performance.now() };
  const log = { error: () => undefined };
  const context = { database, vault, ledger, clock, log, randomBytes: systemRandom } as never;
  /** The gateway as it is started, again. */
  const start = (): Recordings => {
    Object.assign(stop, { before: '', after: '' });
    return new Recordings(context, {
      screens: 'on',
      cases: { inTurn: async (_, work) => await work({ state: 'open' } as never) },
      assertRoom: (_, bytes) => {
        if (bytes <= bytesMax) return Promise.resolve();
        return Promise.reject(new CaseTooLarge(bytesMax));
      },
      caseChanged: () => undefined,
    });
  };
  const begin = async (recordings: Recordings): Promise<RecordedScreen> => {
    const screen = await recordings.begin({ id } as never, sessionId, { id: technician } as never);
    assert.ok(screen !== null);
    screen.attach(
      () => false,
      () => undefined,
    );
    return screen;
  };
  const ends = (): readonly string[] =>
    facts.flatMap((fact) => (fact.kind === 'recording-closed' ? [fact.outcome] : []));
  return { id, vault, stop, start, begin, ends };
}

test('a stop right after the first picture: something was shown, and its recording is there', async (t) => {
  const { start, begin, ends, vault } = await started(t);
  const screen = await begin(start());
  await screen.take(SHOWN);
  const again = start();
  assert.equal((await again.known()).size, 1);
  await again.restore();
  assert.deepEqual(ends(), ['interrupted']);
  assert.equal(vault.placed.length, 1);
  assert.equal((await again.known()).size, 0);
  await screen.end();
});

test('a stop right after its end is in the ledger: it is not written once more', async (t) => {
  const { start, begin, ends, stop } = await started(t);
  const screen = await begin(start());
  await screen.take(SHOWN);
  stop.after = 'recording-closed';
  void screen.end();
  while (ends().length === 0) await new Promise((resolve) => setImmediate(resolve));
  const again = start();
  await again.restore();
  assert.deepEqual(ends(), ['whole']);
  assert.equal((await again.known()).size, 0);
});

test('a stop before its beginning is in the ledger: neither is its end', async (t) => {
  const { start, begin, ends, stop } = await started(t);
  const first = start();
  stop.before = 'recording-begun';
  void begin(first);
  while ((await first.known()).size === 0) await new Promise((resolve) => setImmediate(resolve));
  const again = start();
  await again.restore();
  assert.deepEqual(ends(), []);
  assert.equal((await again.known()).size, 0);
});

test('what is on the disk is gone: it is not said that nothing was shown', async (t) => {
  const { start, begin, ends, vault, id } = await started(t);
  const screen = await begin(start());
  await screen.take(SHOWN);
  vault.durable.clear();
  const again = start();
  await again.restore();
  assert.deepEqual(ends(), []);
  assert.equal((await again.known()).size, 1, 'it stays for somebody to look at');
  await again.close();
  await again.traces().eraseTraces(id);
  assert.deepEqual(ends(), ['destroyed']);
  await screen.end();
});

test('what is recorded counts towards what a case may hold: nothing is shown beyond it', async (t) => {
  const { start, begin } = await started(t, SEALED_AT_ONCE_BYTES);
  const screen = await begin(start());
  await assert.rejects(screen.take(SHOWN), CaseTooLarge);
  await assert.rejects(screen.take(SHOWN.subarray(-64)), CaseTooLarge);
  await screen.end();
});

for (const [what, shown, outcome] of [
  ['before anything was shown', null, 'nothing-shown'],
  ['while it is written', SHOWN, 'destroyed'],
] as const) {
  test(`a case is destroyed ${what}: its recording has one end`, async (t) => {
    const { start, begin, ends, vault, id } = await started(t);
    const recordings = start();
    const screen = await begin(recordings);
    if (shown !== null) await screen.take(shown);
    vault.isDestroyed = true;
    await recordings.traces().eraseTraces(id);
    await screen.end();
    await recordings.close();
    assert.deepEqual(ends(), [outcome]);
    assert.equal(await recordings.traces().countTraces(id), 0);
  });
}
