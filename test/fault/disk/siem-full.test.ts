// Goal: a disk without room for the SIEM's position holds nothing up and loses no entry: what is confirmed is told, the position
// before stays whole, a gateway that starts anew sends again from there, and with room the position follows. Method: a real ledger
// forwarded to Debian's rsyslog, the zone's directory on a small file system that is filled.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { LEDGER_MIGRATIONS } from '@chaperone/gateway/ledger/ledger-schema.ts';
import { openLedger } from '@chaperone/gateway/ledger/ledger.ts';
import type { Ledger } from '@chaperone/gateway/ledger/contract.ts';
import { systemClock } from '@chaperone/gateway/platform/clock/clock.ts';
import { openDatabase } from '@chaperone/gateway/platform/database/database.ts';
import { silentLog } from '@chaperone/gateway/platform/log/log.ts';
import type { Siem } from '@chaperone/gateway/siem/contract.ts';
import { openSiem } from '@chaperone/gateway/siem/siem.ts';
import { Rsyslog } from '@chaperone/gateway/siem/testing/rsyslog.ts';
import { eventually } from '../../harness/eventually.ts';
import { newSmallDisk } from './small-disk.ts';
import type { SmallDisk } from './small-disk.ts';

const ORIGIN = 'gateway.example/chaperone-ledger';
const ENTRIES = 20;

async function forward(rsyslog: Rsyslog, ledger: Ledger, disk: SmallDisk): Promise<Siem> {
  const { authorities, certificate, key } = rsyslog.files;
  return await openSiem(
    {
      ...{ host: '127.0.0.1', port: rsyslog.port, serverName: 'localhost' },
      ...{ authoritiesFile: authorities, certificateFile: certificate, keyFile: key },
      ...{ facility: 10, appName: 'chaperone', messageId: 'IHE+RFC-3881' },
      enterpriseNumber: 32_473,
    },
    {
      ...{ ledger, ledgerOrigin: ORIGIN, gatewayName: 'gateway.example' },
      directory: path.join(disk.directory, 'siem'),
      software: 'chaperone-gateway test',
      clock: systemClock,
      log: silentLog(),
    },
  );
}

async function append(ledger: Ledger): Promise<number> {
  const fact = { kind: 'sign-out', technicianId: 'tech-1' as never, reason: 'asked' } as const;
  for (let count = 0; count < ENTRIES; count += 1) await ledger.append(fact);
  return ledger.status().size;
}

/** How far the zone has written down that it is. */
function keptPosition(disk: SmallDisk): number | null {
  if (!namesOf(disk).includes('position')) return null;
  const file = path.join(disk.directory, 'siem', 'position');
  const [line = ''] = readFileSync(file, 'utf8').split('\n');
  return (JSON.parse(line) as { readonly confirmed: number }).confirmed;
}

function namesOf(disk: SmallDisk): readonly string[] {
  const isThere = readdirSync(disk.directory).includes('siem');
  return isThere ? readdirSync(path.join(disk.directory, 'siem')) : [];
}

/** The zone tells that something is confirmed before it has tried to write that down. */
async function nothingHalf(disk: SmallDisk): Promise<void> {
  await eventually('nothing half to be left', () =>
    namesOf(disk).every((name) => name === 'position'),
  );
}

test('siem: without room for its position nothing waits and no entry is lost; with room it follows', async () => {
  using disk = newSmallDisk(256);
  const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-siem-full-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const rsyslog = stack.use(await Rsyslog.make());
  await rsyslog.start();
  const database = await openDatabase({
    location: { kind: 'sqlite', file: path.join(folder, 'gateway.db') },
  });
  await database.migrate(LEDGER_MIGRATIONS);
  const ledger = await openLedger({
    ...{ database, directory: path.join(folder, 'ledger'), origin: ORIGIN, clock: systemClock },
  });
  stack.defer(async () => {
    await ledger.close();
    await database.close();
  });
  const confirmed = async (siem: Siem, size: number): Promise<void> => {
    await eventually('everything to be confirmed', () => siem.status().confirmed === size);
    assert.equal(siem.status().trouble, null);
  };

  // The first position has no room, nor has its directory.
  disk.fill(0);
  let siem = await forward(rsyslog, ledger, disk);
  await confirmed(siem, await append(ledger));
  assert.equal(keptPosition(disk), null);
  disk.free();
  const kept = await append(ledger);
  await confirmed(siem, kept);
  await eventually('the position to be kept', () => keptPosition(disk) === kept);

  // A later one has none: the one before stays whole, and what came after it goes again after a start.
  disk.fill(0);
  const size = await append(ledger);
  await confirmed(siem, size);
  await siem.close();
  assert.equal(keptPosition(disk), kept);
  await nothingHalf(disk);
  siem = await forward(rsyslog, ledger, disk);
  await confirmed(siem, size);
  disk.free();
  const last = await append(ledger);
  await confirmed(siem, last);
  await eventually('the position to be kept', () => keptPosition(disk) === last);
  await siem.close();
  assert.deepEqual(namesOf(disk), ['position']);
  await eventually('its file', () => rsyslog.indices().length === last);
  assert.deepEqual(
    rsyslog.indices(),
    Array.from({ length: last }, (_one, at) => at),
  );
});
