/**
 * Goal: a cart's own report is countersigned once and kept for good; whatever is another's, altered, contradicts itself or comes too
 * often is refused, and leaves nothing. Method: the whole road with real certificates and a real ledger, on both databases; reports
 * with one thing wrong each; rows altered after taking the triggers away.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { readAcceptanceReceipt } from '@chaperone/protocol/commissioning/acceptance-check.ts';
import { acceptanceFile } from '@chaperone/protocol/commissioning/acceptance-report.ts';
import { COMMISSIONING_PATHS as PATHS } from '@chaperone/protocol/commissioning/service.ts';
import { statementDigest } from '@chaperone/protocol/evidence/digest.ts';
import { parseVerifierKey } from '@chaperone/protocol/tree/verifier-key.ts';
import { sql } from 'kysely';
import { UniqueViolation, RuleViolation } from '../../platform/database/database-error.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';
import {
  AcceptanceReportDamaged,
  AcceptanceReportIdTaken,
  AcceptanceReportRefused,
  AcceptanceReportUnknown,
  AcceptanceReports,
  COMMISSIONING_MIGRATIONS,
} from './commissioning.ts';
import type { ReportTables } from './tables.ts';
import { newRoad } from './testing/commissioning-desk.ts';
import { claimsOf, signReport } from './testing/sign-report.ts';

forEachDatabase('acceptance reports', (open) => {
  test('a report is in the ledger, countersigned, kept, and the same again is the same', async (t) => {
    const { clock, ledger, reports, road } = await newRoad(t, open);
    const cart = await road.enrol('US-1001');
    const claims = claimsOf(cart);
    const report = await signReport(cart, claims);
    const connection = await road.dial(cart);
    const first = await connection.ask('POST', PATHS.reports, { report });
    assert.equal(first.status, 200, first.body.toString());
    const receipt = String(first.json['receipt']);
    const key = parseVerifierKey(ledger.verifierKey());
    assert.deepEqual(await readAcceptanceReceipt(receipt, key), {
      iss: 'gateway.test/chaperone-ledger',
      report: claims.jti,
      cart: 'US-1001',
      sha256: statementDigest(report),
      receivedUtcMs: clock.utcMs(),
      iat: Math.floor(clock.utcMs() / 1000),
    });
    clock.advance(86_400_000);
    const again = await connection.ask('POST', PATHS.reports, { report });
    assert.equal(again.json['receipt'], receipt);
    const { items } = await ledger.search({
      kind: 'acceptance-report-received',
      fromUtcMs: null,
      toUtcMs: null,
      texts: [],
      offset: 0,
      count: 10,
    });
    const { serial: certificateSerial } = claims.certificate;
    assert.deepEqual(
      items.map(({ fact }) => fact),
      [
        {
          kind: 'acceptance-report-received',
          cart: 'US-1001',
          certificateSerial,
          reportId: claims.jti,
          sha256: statementDigest(report),
          result: 'accepted',
          failedStep: null,
        },
      ],
    );
    const file = acceptanceFile.parse(await reports.file('US-1001', claims.jti));
    assert.deepEqual([file.report, file.receipt], [report, receipt]);
    assert.deepEqual((await reports.claims('US-1001', claims.jti)).claims, claims);
    await assert.rejects(reports.file('US-1002', claims.jti), AcceptanceReportUnknown);
  });

  test('the same report from many connections at once gets one receipt', async (t) => {
    const { reports, road } = await newRoad(t, open);
    const cart = await road.enrol('US-1001');
    const report = await signReport(cart, claimsOf(cart));
    const receipts = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const connection = await road.dial(cart);
        return (await connection.ask('POST', PATHS.reports, { report })).json['receipt'];
      }),
    );
    assert.equal(new Set(receipts).size, 1);
    assert.equal((await reports.ofCart('US-1001')).length, 1);
  });

  test('a stop at any moment leaves one entry in the ledger, and the receipt says when that was written', async (t) => {
    const { clock, database, ledger, authority, road } = await newRoad(t, open);
    const cart = await road.enrol('US-1001');
    for (const stopped of ['before the entry', 'after the entry', 'after the receipt'] as const) {
      const claims = claimsOf(cart);
      const report = await signReport(cart, claims);
      const writtenUtcMs = clock.utcMs();
      const stop = (moment: typeof stopped): void => {
        if (moment === stopped) throw new Error('the machine stopped');
      };
      const dying = new AcceptanceReports(
        {
          ...{ database, clock },
          ledger: {
            append: async (fact) => {
              stop('before the entry');
              const entry = await ledger.append(fact);
              stop('after the entry');
              return entry;
            },
            search: async (search) => await ledger.search(search),
            signReceipt: async (receipt) => {
              await ledger.signReceipt(receipt);
              stop('after the receipt');
              throw new TypeError('it stopped before');
            },
            verifierKey: () => ledger.verifierKey(),
          },
        },
        authority,
      );
      await assert.rejects(dying.take(report, 'US-1001'), /the machine stopped/);
      clock.advance(60_000);
      const again = new AcceptanceReports({ database, clock, ledger }, authority);
      const receipt = await again.take(report, 'US-1001');
      const { items } = await ledger.search({
        ...{ kind: 'acceptance-report-received', fromUtcMs: null, toUtcMs: null },
        ...{ texts: [claims.jti], offset: 0, count: 10 },
      });
      assert.equal(items.length, 1, stopped);
      const read = await readAcceptanceReceipt(receipt, parseVerifierKey(ledger.verifierKey()));
      const expected = stopped === 'before the entry' ? clock.utcMs() : writtenUtcMs;
      assert.equal(read.receivedUtcMs, expected, stopped);
      assert.equal((await again.ofCart('US-1001'))[0]?.receivedUtcMs, expected);
    }
  });

  test('what is another’s, altered, or contradicts itself is refused, and leaves nothing', async (t) => {
    const { clock, ledger, reports, road } = await newRoad(t, open);
    const [cart, neighbour] = [await road.enrol('US-1001'), await road.enrol('US-1002')];
    const stranger = {
      ...cart,
      key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    };
    const good = claimsOf(cart);
    const [step, ...others] = good.validation.steps;
    const failed = {
      ...good.validation,
      steps: [
        { ...step, result: 'failed', finding: 'LINK_DOWN', advice: 'Plug it in.' },
        ...others,
      ],
    };
    const signed = await signReport(cart, good);
    const [head, , signature] = signed.split('.');
    const altered = Buffer.from(JSON.stringify({ ...good, facility: 'Elsewhere' }));
    const cases: readonly (readonly [string, unknown, number, string])[] = [
      ['no report', {}, 400, 'COMMISSIONING_REQUEST_MALFORMED'],
      ['no JSON', Buffer.from('report'), 400, 'COMMISSIONING_REQUEST_MALFORMED'],
      ['no JWS', { report: 'a.b' }, 400, 'COMMISSIONING_REQUEST_MALFORMED'],
      ['too large', Buffer.alloc(300_000, 'x'), 413, 'COMMISSIONING_BODY_TOO_LARGE'],
      ['nothing in it', { report: 'a.b.c' }, 422, 'ACCEPTANCE_REPORT_REFUSED'],
      [
        'altered',
        { report: `${head}.${altered.toString('base64url')}.${signature}` },
        422,
        'ACCEPTANCE_REPORT_REFUSED',
      ],
      [
        "a stranger's key",
        { report: await signReport(stranger, good) },
        422,
        'ACCEPTANCE_REPORT_REFUSED',
      ],
      [
        "another cart's",
        { report: await signReport(neighbour, claimsOf(neighbour)) },
        422,
        'ACCEPTANCE_REPORT_REFUSED',
      ],
      [
        'in the name of another',
        { report: await signReport(cart, { ...good, iss: 'US-1002' }) },
        422,
        'ACCEPTANCE_REPORT_REFUSED',
      ],
      [
        'with another certificate',
        {
          report: await signReport(cart, { ...good, certificate: claimsOf(neighbour).certificate }),
        },
        422,
        'ACCEPTANCE_REPORT_REFUSED',
      ],
      [
        'of another kind',
        { report: await signReport(cart, good, 'chaperone-grant+jwt') },
        422,
        'ACCEPTANCE_REPORT_REFUSED',
      ],
      [
        'accepted although a step failed',
        { report: await signReport(cart, { ...good, validation: failed }) },
        422,
        'ACCEPTANCE_REPORT_REFUSED',
      ],
      [
        'with other firewall rules',
        { report: await signReport(cart, { ...good, firewall: [] }) },
        422,
        'ACCEPTANCE_REPORT_REFUSED',
      ],
      [
        'with more than there is',
        { report: await signReport(cart, { ...good, note: '' }) },
        422,
        'ACCEPTANCE_REPORT_REFUSED',
      ],
    ];
    for (const [what, body, status, code] of cases) {
      const connection = await road.dial(cart);
      const answer = await connection.ask('POST', PATHS.reports, body as object);
      assert.deepEqual([answer.status, answer.json['code']], [status, code], what);
      // Refusals count as reports do.
      clock.advance(3_600_000);
    }
    assert.deepEqual(await reports.ofCart('US-1001'), []);
    assert.deepEqual(await reports.ofCart('US-1002'), []);
    const { total } = await ledger.search({
      kind: 'acceptance-report-received',
      fromUtcMs: null,
      toUtcMs: null,
      texts: [],
      offset: 0,
      count: 10,
    });
    assert.equal(total, 0);

    const connection = await road.dial(cart);
    assert.equal((await connection.ask('POST', PATHS.reports, { report: signed })).status, 200);
    const another = await signReport(cart, { ...good, acceptedBy: 'Somebody else' });
    const taken = await connection.ask('POST', PATHS.reports, { report: another });
    assert.deepEqual([taken.status, taken.json['code']], [409, 'ACCEPTANCE_REPORT_ID_TAKEN']);
  });

  test('a report that waited is taken under the certificate before, and none of a retired cart', async (t) => {
    const { authority, road } = await newRoad(t, open);
    const cart = await road.enrol('US-1001');
    const waiting = await signReport(cart, claimsOf(cart));
    // Enrolled anew: the first certificate is superseded.
    const renewed = await road.enrol('US-1001');
    const connection = await road.dial(renewed);
    assert.equal((await connection.ask('POST', PATHS.reports, { report: waiting })).status, 200);
    await authority.revokeCertificate(claimsOf(renewed).certificate.serial, 'key-compromise');
    const last = await road.enrol('US-1001');
    const compromised = await signReport(renewed, claimsOf(renewed));
    const after = await road.dial(last);
    assert.equal((await after.ask('POST', PATHS.reports, { report: compromised })).status, 422);
    await authority.retireCart(parseCartSerial('US-1001'));
    const retired = await road.dial(last);
    const report = await signReport(last, claimsOf(last));
    assert.equal((await retired.ask('POST', PATHS.reports, { report })).status, 403);
  });

  test('a cart that sends without end is slowed, whatever it sends', async (t) => {
    const { clock, reports, road } = await newRoad(t, open);
    const cart = await road.enrol('US-1001');
    const connection = await road.dial(cart);
    const send = async (): Promise<number> =>
      (
        await connection.ask('POST', PATHS.reports, {
          report: await signReport(cart, claimsOf(cart)),
        })
      ).status;
    const statuses = [];
    for (let time = 0; time < 10; time += 1) statuses.push(await send());
    assert.deepEqual(new Set(statuses), new Set([200]));
    assert.equal(await send(), 429);
    clock.advance(3_600_000);
    const later = await road.dial(cart);
    const report = await signReport(cart, claimsOf(cart));
    assert.equal((await later.ask('POST', PATHS.reports, { report })).status, 200);
    assert.equal((await reports.ofCart('US-1001')).length, 11);
  });

  test('newest and accepted are told apart, cart by cart', async (t) => {
    const { reports, road } = await newRoad(t, open);
    const [cart, neighbour] = [await road.enrol('US-1001'), await road.enrol('US-1002')];
    const connection = await road.dial(cart);
    const accepted = claimsOf(cart);
    const [step, ...others] = accepted.validation.steps;
    assert.ok(step !== undefined);
    const failed = claimsOf(cart, {
      validation: {
        ...accepted.validation,
        steps: [
          { ...step, result: 'failed', finding: 'LINK_DOWN', advice: 'Plug it in.' },
          ...others,
        ],
      },
    });
    for (const claims of [accepted, failed])
      await connection.ask('POST', PATHS.reports, { report: await signReport(cart, claims) });
    const other = await road.dial(neighbour);
    await other.ask('POST', PATHS.reports, {
      report: await signReport(neighbour, claimsOf(neighbour)),
    });
    const found = await reports.newestOf(['US-1001', 'US-1003']);
    assert.deepEqual([...found.keys()], ['US-1001']);
    const own = found.get('US-1001');
    assert.deepEqual([own?.newest.id, own?.accepted?.id], [failed.jti, accepted.jti]);
    assert.equal(own?.newest.summary.failedStep, 'link');
    assert.equal((await reports.newestOf('all')).size, 2);
    assert.deepEqual(
      (await reports.ofCart('US-1001')).map(({ id }) => id),
      [failed.jti, accepted.jti],
    );
  });

  test('what another cart brings takes nothing from the one that signed it', async (t) => {
    const { reports, road } = await newRoad(t, open);
    const cart = await road.enrol('US-1001');
    const thief = await road.enrol('US-1002');
    for (const isThiefFirst of [true, false]) {
      const jws = await signReport(cart, claimsOf(cart));
      const serials = isThiefFirst ? ['US-1002', 'US-1001'] : ['US-1001', 'US-1002'];
      const settled = await Promise.allSettled(
        serials.map(async (serial) => await reports.take(jws, serial)),
      );
      const [own, other] = isThiefFirst ? settled.toReversed() : settled;
      assert.equal(own?.status, 'fulfilled');
      assert.ok(other?.status === 'rejected' && other.reason instanceof AcceptanceReportRefused);
    }
    // A cart chooses its reports' ids: that of another takes no place from the cart that has it.
    const claims = claimsOf(cart);
    const squatting = { ...claimsOf(thief), jti: claims.jti };
    await reports.take(await signReport(thief, squatting), 'US-1002');
    await reports.take(await signReport(cart, claims), 'US-1001');
    for (const serial of ['US-1001', 'US-1002'])
      assert.equal((await reports.claims(serial, claims.jti)).claims.iss, serial);
    const changed = await signReport(cart, { ...claims, model: 'Another' });
    await assert.rejects(reports.take(changed, 'US-1001'), AcceptanceReportIdTaken);
  });

  test('an instant that no calendar has, and a text that nobody can read, are refused', async (t) => {
    const { reports, road } = await newRoad(t, open);
    const cart = await road.enrol('US-1001');
    const { licence, certificate, validation } = claimsOf(cart);
    const far = Number.MAX_SAFE_INTEGER;
    for (const changes of [
      { licence: { ...licence, validUntilUtcMs: far } },
      { certificate: { ...certificate, notAfterUtcMs: far } },
      { validation: { ...validation, endedUtcMs: far } },
      { iat: far },
      { facility: '\u061CSt. Brigid' },
    ]) {
      const jws = await signReport(cart, claimsOf(cart, changes));
      await assert.rejects(reports.take(jws, 'US-1001'), AcceptanceReportRefused);
    }
    assert.equal((await reports.newestOf('all')).size, 0);
  });

  test('reports from before ids were unique by cart are kept, with the rules and the order', async () => {
    const [first, ...later] = COMMISSIONING_MIGRATIONS;
    assert.ok(first !== undefined);
    const database = await open([first]);
    const row = (id: string, cart: string) => ({
      ...{ id, cart, certificate_serial: 'aa', received_at: 1, accepted: 1 as const },
      ...{ summary: '{}', sha256: id, report: 'r', receipt: 'c' },
    });
    const insert = async (id: string, cart: string): Promise<void> => {
      await database
        .db<ReportTables>()
        .insertInto('desk_acceptance_report')
        .values(row(id, cart))
        .execute();
    };
    await insert('a', 'US-1');
    await insert('b', 'US-1');
    await assert.rejects(insert('a', 'US-2'), UniqueViolation);
    await database.migrate([first, ...later]);
    await insert('a', 'US-2');
    await assert.rejects(insert('a', 'US-1'), UniqueViolation);
    const rows = await database
      .db<ReportTables>()
      .selectFrom('desk_acceptance_report')
      .select(['id', 'cart', 'number'])
      .orderBy('number')
      .execute();
    assert.deepEqual(
      rows.map(({ id, cart }) => `${id} ${cart}`),
      ['a US-1', 'b US-1', 'a US-2'],
    );
    await assert.rejects(
      database.transaction(async (view) => {
        await sql`update desk_acceptance_report set cart = 'US-9'`.execute(view.db());
      }),
      RuleViolation,
    );
  });

  test('rows neither change nor go, and what the disk changed is told', async (t) => {
    const { database, reports, road } = await newRoad(t, open);
    const cart = await road.enrol('US-1001');
    const claims = claimsOf(cart);
    const report = await signReport(cart, claims);
    await (await road.dial(cart)).ask('POST', PATHS.reports, { report });
    const db = database.db<Record<string, never>>();
    await assert.rejects(
      database.transaction(async (view) => {
        await sql`update desk_acceptance_report set cart = 'US-1'`.execute(view.db());
      }),
      RuleViolation,
    );
    await assert.rejects(
      database.transaction(async (view) => {
        await sql`delete from desk_acceptance_report`.execute(view.db());
      }),
      RuleViolation,
    );
    if (database.dialect !== 'sqlite') return;
    const triggers = await sql<{
      name: string;
    }>`select name from sqlite_master where type = 'trigger' and tbl_name = 'desk_acceptance_report'`.execute(
      db,
    );
    for (const { name } of triggers.rows) await sql.raw(`drop trigger "${name}"`).execute(db);
    await sql`update desk_acceptance_report set report = replace(report, 'e', 'f')`.execute(db);
    await assert.rejects(reports.file('US-1001', claims.jti), AcceptanceReportDamaged);
    await sql`update desk_acceptance_report set summary = 'not JSON'`.execute(db);
    assert.equal((await reports.newestOf('all')).size, 0);
  });
});
