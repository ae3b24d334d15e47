/**
 * Goal: a registry whose rows do not say what was signed opens no authority. Method: a real authority with a licence and
 * certificates; the file is changed behind the back of the database's own rules, as a disk does it.
 */
import { match, rejects } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { openDatabase } from '../../platform/database/database.ts';
import { newTestAuthority } from '../testing/authority-harness.ts';
import { RegistryDamaged } from './registry-check.ts';
import { AUTHORITY_MIGRATIONS } from './registry.ts';

const directory = mkdtempSync(join(tmpdir(), 'chaperone-registry-'));
after(() => rmSync(directory, { recursive: true }));
const FILE = join(directory, 'gateway.db');

/** Changes a row as if there were no rules, and puts it back afterwards. */
async function changed(change: string, back: string, act: () => Promise<void>): Promise<void> {
  const direct = new DatabaseSync(FILE);
  const rules = direct.prepare("select name, sql from sqlite_schema where type = 'trigger'").all();
  for (const { name } of rules) direct.exec(`drop trigger "${String(name)}"`);
  direct.exec(change);
  await act();
  direct.exec(back);
  for (const { sql } of rules) direct.exec(String(sql));
  direct.close();
}

test('a certificate or licence that is not what was signed keeps the authority closed, and it opens when that is put right', async () => {
  const database = await openDatabase({ location: { kind: 'sqlite', file: FILE } });
  await database.migrate(AUTHORITY_MIGRATIONS);
  await using held = await newTestAuthority(database);
  await held.authority.issueCartLicence(parseCartSerial('US-1'), { by: 'test' });
  const refused = (said: RegExp) => async (): Promise<void> =>
    await rejects(held.reopen(), (fault) => {
      if (!(fault instanceof RegistryDamaged)) return false;
      match(fault.message, said);
      return true;
    });
  const certificate = 'update authority_certificate set';
  await changed(
    `${certificate} not_after = not_after + 1000`,
    `${certificate} not_after = not_after - 1000`,
    refused(/is not what was signed/),
  );
  await changed(
    `${certificate} holder_kind = 'cart' where holder_id = 'tunnel'`,
    `${certificate} holder_kind = 'server' where holder_id = 'tunnel'`,
    refused(/is not what was signed/),
  );
  await changed(
    'update authority_licence set expires_at = expires_at + 4398046511104',
    'update authority_licence set expires_at = expires_at - 4398046511104',
    refused(/licence .* lasts longer/),
  );
  const terms = 'update authority_licence_terms set';
  await changed(
    `${terms} valid_until = 4000000000000`,
    `${terms} valid_until = null`,
    refused(/terms 1 of licence .* are not what was signed/),
  );
  await changed(
    `${terms} features = 'view'`,
    `${terms} features = 'view,control,fetch-files,send-files'`,
    refused(/are not what was signed/),
  );
  await changed(
    `${terms} statement = statement || 'A'`,
    `${terms} statement = substr(statement, 1, length(statement) - 1)`,
    refused(/cannot be read/),
  );
  await held.reopen();
  await database.close();
});
