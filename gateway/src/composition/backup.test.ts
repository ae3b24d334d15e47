/**
 * Goal: a backup of a whole gateway, put back after a case was destroyed, opens nothing of it, and is noticed where it does not
 * fit the ledger. Method: a real gateway with a case and a record; its data directory copied as the vault's README says, without the
 * keyring; the case resolved; the database alone put back, then everything; the real start each time, and a search of all files.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { BUILT_IN_DEMO_PEOPLE } from '../directory/demo/demo.ts';
import { establishGateway, startGateway } from '../composition.ts';
import type { RunningGateway } from '../composition.ts';
import { silentLog } from '../platform/log/log.ts';
import { demoConfiguration, enrolCart, Technician } from './testing/gateway-harness.ts';
import { uploadFile, uploadedRecord } from './testing/upload-file.ts';
import { openCase, resolveCase } from './testing/session-script.ts';

const CONTENT = 'echo of Ottilie Quartzheim, MRN-77120-QX\n'.repeat(1000);

function copyWithoutKeyring(from: string, to: string): void {
  const keyring = path.join('vault', 'keyring');
  const filter = (file: string): boolean => !path.relative(from, file).startsWith(keyring);
  cpSync(from, to, { recursive: true, filter });
}

test('an old copy of database and files is refused or sealed for good, never opened', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-restored-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const people = path.join(folder, 'people.json');
  writeFileSync(people, JSON.stringify(BUILT_IN_DEMO_PEOPLE), { mode: 0o600 });
  const configuration = demoConfiguration(folder);
  const data = configuration.dataDirectory;
  const backup = path.join(folder, 'backup');
  const log = { log: silentLog() };
  await establishGateway(configuration, { by: 'test' }, log);
  const start = async (): Promise<RunningGateway> => await startGateway(configuration, log);

  let running = await start();
  await enrolCart(running, 'US-1');
  const tara = await Technician.signIn(running, 'tara');
  const serviceCase = await openCase(tara, 'US-1');
  const { id } = serviceCase;
  const uploaded = await uploadFile(tara, id, 'quartzheim.log', Buffer.from(CONTENT));
  const record = uploadedRecord(uploaded).id;
  const content = `/api/cases/${id}/records/${record}/content`;
  assert.equal((await tara.ask('GET', content)).text, CONTENT);
  await running.close();
  copyWithoutKeyring(data, backup);
  running = await start();
  tara.moveTo(running);
  await tara.passGates('tara');
  assert.equal((await resolveCase(tara, serviceCase)).status, 200);
  await running.close();

  // The database alone: the ledger's own file remembers more than it holds, and nothing starts on it.
  for (const name of readdirSync(data).filter((each) => each.startsWith('gateway.db')))
    rmSync(path.join(data, name));
  for (const name of readdirSync(backup).filter((each) => each.startsWith('gateway.db')))
    cpSync(path.join(backup, name), path.join(data, name));
  await assert.rejects(start(), (fault: Error & { code?: string }) => {
    assert.equal(fault.code, 'LEDGER_BROKEN');
    assert.match(fault.message, /older|put back|restored|remember/i);
    return true;
  });

  // Everything but the keyring: the case stands in the database as open, and its key is gone.
  copyWithoutKeyring(backup, data);
  running = await start();
  tara.moveTo(running);
  await tara.passGates('tara');
  const answer = await tara.ask('GET', content);
  assert.notEqual(answer.status, 200);
  assert.ok(!answer.text.includes('Quartzheim'));
  await running.close();
  for (const place of [data, backup])
    for (const entry of readdirSync(place, { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        assert.ok(
          !readFileSync(path.join(entry.parentPath, entry.name)).includes('Quartzheim'),
          entry.name,
        );
});
