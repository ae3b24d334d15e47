/**
 * Goal: the road to PostgreSQL is TLS with a checked certificate, and each way in which it can fail is its own error.
 * Method: a real server with a real certificate, made by openssl; it is stopped under an open connection.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { DatabaseContended, DatabaseMisconfigured, DatabaseUnavailable } from './database-error.ts';
import type { PostgresqlLocation } from './database-location.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { startPostgresql } from './testing/postgresql-server.ts';
import type { PostgresqlServer } from './testing/postgresql-server.ts';
import { parsePostgresqlUrl } from './postgresql-url.ts';

const directory = mkdtempSync(join(tmpdir(), 'chaperone-tls-'));

function selfSigned(
  name: string,
  address: string,
): { readonly certificate: string; readonly privateKey: string } {
  const [certificate, privateKey] = [
    join(directory, `${name}.crt`),
    join(directory, `${name}.key`),
  ];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=IP:${address}`, '-days', '1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const files = ['-keyout', privateKey, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, ...files], { stdio: 'ignore' });
  return {
    certificate: readFileSync(certificate, 'utf8'),
    privateKey: readFileSync(privateKey, 'utf8'),
  };
}

let server: PostgresqlServer | undefined;
let location: PostgresqlLocation;
let ownAuthority = '';

before(async () => {
  const identity = selfSigned('own', '127.0.0.1');
  ownAuthority = identity.certificate;
  server = await startPostgresql(identity);
  location = await server.newDatabase();
});
after(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true });
});

async function refused(changed: Partial<PostgresqlLocation>, expected: RegExp): Promise<void> {
  await assert.rejects(
    openDatabase({ location: { ...location, ...changed } }),
    (fault: unknown) => {
      assert(fault instanceof DatabaseMisconfigured, String(fault));
      assert.match(fault.message, expected);
      assert(!String(fault.stack).includes('hunter2'));
      return true;
    },
  );
}

test('a server with a certificate of the named authority is taken, and the connection is TLS', async () => {
  const database = await openDatabase({
    location: { ...location, tls: { authorities: ownAuthority } },
  });
  const { rows } =
    await sql`select ssl, version from pg_stat_ssl where pid = pg_backend_pid()`.execute(
      database.db(),
    );
  assert.deepEqual(rows, [{ ssl: 1, version: 'TLSv1.3' }]);
  await database.close();
});

test('a certificate of another authority, or for another name, is refused', async () => {
  await refused(
    { tls: { authorities: selfSigned('foreign', '127.0.0.1').certificate } },
    /certificate/,
  );
  const url = location.url.replace('127.0.0.1', 'localhost');
  await refused({ url, tls: { authorities: ownAuthority } }, /certificate/);
});

test('a wrong password, account or database name is said to be that', async () => {
  await refused({ password: 'hunter2' }, /refused the account, its password or the database/);
  await refused({ url: location.url.replace(/[^/]+$/, 'nowhere') }, /refused the account/);
});

test('another machine is not spoken to without TLS', async () => {
  await refused({ url: 'postgresql://a@192.0.2.1/b' }, /over TLS only/);
});

test('a statement that takes too long ends as unavailable', async () => {
  const database = await openDatabase({ location: { ...location, statementTimeoutMs: 50 } });
  await assert.rejects(sql`select pg_sleep(60)`.execute(database.db()), DatabaseUnavailable);
  await database.close();
});

test('a collision in every attempt ends as contended, and the work ran several times', async () => {
  const database = await openDatabase({ location });
  let runs = 0;
  const collide = database.transaction(async (view) => {
    runs += 1;
    await sql`do $$ begin raise exception using errcode = '40001'; end $$`.execute(view.db());
  });
  await assert.rejects(collide, DatabaseContended);
  assert(runs > 1);
  await database.close();
});

test('an address has its parts, and neither password nor options', () => {
  assert.deepEqual(parsePostgresqlUrl('postgresql://a%40b@[::1]/c'), {
    host: '::1',
    port: 5432,
    name: 'a@b',
    database: 'c',
  });
  const wrong = [
    '',
    'postgres://a@b/c',
    'postgresql://b/c',
    'postgresql://a@b/',
    'postgresql://a@b/c?sslmode=disable',
  ];
  for (const url of [
    ...wrong,
    'postgresql://a:hunter2@b/c',
    'postgresql:///c',
    'postgresql://a@b/c/d',
  ]) {
    assert.throws(() => parsePostgresqlUrl(url), DatabaseMisconfigured, url);
  }
});

// Last, because it ends the server.
test('a server that goes away is unavailable, within a transaction and without, and takes nobody with it', async () => {
  const open = await openDatabase({ location });
  const idle: Database = await openDatabase({ location });
  const broken = open.transaction(async (view) => {
    await sql`select 1`.execute(view.db());
    await server?.stop();
    await sql`select 1`.execute(view.db());
  });
  await assert.rejects(broken, DatabaseUnavailable);
  await assert.rejects(sql`select 1`.execute(idle.db()), DatabaseUnavailable);
  await assert.rejects(openDatabase({ location }), DatabaseUnavailable);
  await open.close();
  await idle.close();
});
