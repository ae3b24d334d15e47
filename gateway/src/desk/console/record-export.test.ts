/**
 * Goal: looking at a record is recorded once and leaves nothing; a copy leaves only by a permitted export with a reason, is
 * named until it is attested as deleted, and keeps the case from being resolved until then.
 * Method: a running gateway on both databases, two technicians and a lead over its real API; every file it keeps is
 * searched after destruction.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import type { CaseId, RecordId, TechnicianId } from '@chaperone/domain/id/id.ts';
import { EXPORT_LIFE_MS } from '@chaperone/domain/record-export/record-export.ts';
import { factsOf, newTestGateway } from '../../composition/testing/gateway-harness.ts';
import type { Technician, TestGateway } from '../../composition/testing/gateway-harness.ts';
import { uploadFile, uploadedRecord } from '../../composition/testing/upload-file.ts';
import { openCase, resolveCase } from '../../composition/testing/session-script.ts';
import type { TestCase } from '../../composition/testing/session-script.ts';
import { systemRandom } from '../../platform/random/random.ts';
import { ManualClock } from '../../platform/testing/manual-clock.ts';
import { forEachDatabase } from '../../platform/database/testing/database-suite.ts';

const SERIAL = 'US-1';
const CONTENT = Buffer.from('2026-11-30 ERROR probe of Mrs Quartzheim\n'.repeat(5_000));
const REASON = 'The manufacturer wants the log of Mrs Quartzheim.';

interface Scene {
  readonly gateway: TestGateway;
  readonly tara: Technician;
  readonly lena: Technician;
  readonly serviceCase: TestCase;
  readonly record: string;
}

async function scene(gateway: TestGateway): Promise<Scene> {
  await gateway.enrolCart(SERIAL);
  const tara = await gateway.signedIn('tara');
  const lena = await gateway.signedIn('lena');
  const serviceCase = await openCase(tara, SERIAL);
  const uploaded = await uploadFile(tara, serviceCase.id, 'page.html', CONTENT);
  return { gateway, tara, lena, serviceCase, record: uploadedRecord(uploaded).id };
}

const kindsOf = async ({ gateway }: Scene): Promise<readonly string[]> =>
  (await factsOf(gateway.running)).map(({ kind }) => kind);
const at = ({ serviceCase }: Scene, rest: string): string => `/api/cases/${serviceCase.id}/${rest}`;
const post = async (who: Technician, target: string, body: object = {}) =>
  await who.ask('POST', target, { body });

async function permitted(stage: Scene): Promise<void> {
  const answer = await post(stage.lena, at(stage, 'export-permissions'), {
    technician: stage.tara.id,
  });
  assert.equal(answer.status, 200, answer.text);
}

async function exported(stage: Scene): Promise<string> {
  const answer = await post(stage.tara, at(stage, 'exports'), {
    record: stage.record,
    reason: REASON,
  });
  assert.equal(answer.status, 200, answer.text);
  return String(answer.body['id']);
}

/** Whether any file of the gateway holds a text. */
function isOnDisk(directory: string, text: string): boolean {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .some((file) => readFileSync(path.join(file.parentPath, file.name)).includes(text));
}

forEachDatabase('records in the console', (open) => {
  test('a look is recorded once for a sign-in, in whatever many parts, and saves nothing', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const stage = await scene(gateway);
    const target = at(stage, `records/${stage.record}/content`);
    const range = async (who: Technician, first: number) =>
      await who.ask('GET', target, { headers: { range: `bytes=${first}-${first + 99}` } });
    const parts = await Promise.all(
      [0, 100, 4_000, 70_000].map((first) => range(stage.tara, first)),
    );
    for (const { status, headers } of parts) {
      assert.equal(status, 206);
      assert.equal(headers['cache-control'], 'no-store');
      assert.equal(headers['content-disposition'], 'inline');
      assert.equal(headers['content-type'], 'application/octet-stream');
      assert.match(String(headers['content-security-policy']), /default-src 'none'; sandbox/);
    }
    const count = async (): Promise<number> =>
      (await kindsOf(stage)).filter((kind) => kind === 'record-viewed').length;
    assert.equal(await count(), 1);
    await stage.tara.passGates('tara');
    await range(stage.tara, 0);
    assert.equal(await count(), 2, 'another sign-in is another look');
    for (const dest of ['document', 'iframe', 'object', 'embed', 'script']) {
      const answer = await stage.tara.ask('GET', target, { headers: { 'sec-fetch-dest': dest } });
      assert.deepEqual([answer.status, answer.body['code']], [403, 'VIEWED_ELSEWHERE'], dest);
    }
    const silent = await stage.tara.ask('GET', target, { headers: { 'sec-fetch-dest': '' } });
    assert.equal(silent.body['code'], 'VIEWED_ELSEWHERE', 'who does not say what for');
    assert.equal((await range(stage.lena, 0)).body['code'], 'NOT_DESIGNATED');
    const { body } = await stage.lena.ask('GET', at(stage, 'record-kinds'));
    assert.deepEqual(body['kinds'], [{ record: stage.record, kind: 'text', format: 'utf-8' }]);
    assert.equal(await count(), 2, 'a kind is no look');
  });

  test('nothing leaves without a permission of a lead, and only for who exported it', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const stage = await scene(gateway);
    const { tara, lena, record } = stage;
    const asked = { record, reason: REASON };
    const refused = await post(tara, at(stage, 'exports'), asked);
    assert.deepEqual([refused.status, refused.body['code']], [403, 'EXPORT_NOT_PERMITTED']);
    const own = await post(tara, at(stage, 'export-permissions'), { technician: tara.id });
    assert.deepEqual([own.status, own.body['code']], [403, 'NOT_ALLOWED']);
    const stranger = await post(lena, at(stage, 'export-permissions'), { technician: lena.id });
    assert.equal(stranger.body['code'], 'TECHNICIAN_UNKNOWN', 'only who is designated');
    await post(lena, at(stage, 'designations'), { technician: lena.id });
    const self = await post(lena, at(stage, 'export-permissions'), { technician: lena.id });
    assert.deepEqual([self.status, self.body['code']], [403, 'EXPORT_NOT_PERMITTED'], self.text);

    await permitted(stage);
    for (const reason of ['', ' x ', 'y'.repeat(501)])
      assert.equal((await post(tara, at(stage, 'exports'), { record, reason })).status, 400);
    const id = await exported(stage);
    const target = at(stage, `exports/${id}/content`);
    const copy = await tara.ask('GET', target);
    assert.equal(copy.text, CONTENT.toString());
    assert.match(
      String(copy.headers['content-disposition']),
      /^attachment; filename\*=UTF-8''page/,
    );
    const part = await tara.ask('GET', target, { headers: { range: 'bytes=5-9' } });
    assert.deepEqual([part.status, part.text], [206, CONTENT.toString().slice(5, 10)]);
    const others = await lena.ask('GET', target);
    assert.deepEqual([others.status, others.body['code']], [404, 'EXPORT_UNKNOWN']);

    const withdraw = at(stage, `export-permissions/${tara.id}/withdraw`);
    assert.equal((await post(lena, withdraw)).status, 200);
    const late = await tara.ask('GET', target);
    assert.deepEqual([late.status, late.body['code']], [403, 'EXPORT_NOT_PERMITTED'], 'withdrawn');
    assert.equal(
      (await post(tara, at(stage, 'exports'), asked)).body['code'],
      'EXPORT_NOT_PERMITTED',
    );
    const kinds = await kindsOf(stage);
    const told = ['export-permitted', 'record-exported', 'export-withdrawn'];
    assert.deepEqual(
      kinds.filter((kind) => told.includes(kind)),
      told,
    );
    assert.ok(!JSON.stringify(await factsOf(gateway.running)).includes('Quartzheim'));
  });

  test('a case is resolved once every copy is attested; its reasons are gone then, its count is not', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const stage = await scene(gateway);
    const { tara, lena, serviceCase } = stage;
    await permitted(stage);
    const first = await exported(stage);
    const second = await exported(stage);
    const refused = await resolveCase(tara, serviceCase);
    assert.deepEqual([refused.status, refused.body['code']], [409, 'EXPORTS_OWED']);
    assert.equal(refused.body['detail'], '2 exported records are not attested as deleted.');

    const attest = (id: string): string => at(stage, `exports/${id}/attestation`);
    assert.equal((await post(tara, attest(first), { reason: null })).status, 200);
    const twice = await post(lena, attest(first), { reason: 'once more' });
    assert.deepEqual([twice.status, twice.body['code']], [409, 'EXPORT_ATTESTED']);
    const over = await tara.ask('GET', at(stage, `exports/${first}/content`));
    assert.deepEqual([over.status, over.body['code']], [410, 'EXPORT_OVER']);
    const bare = await post(lena, attest(second), { reason: null });
    assert.deepEqual([bare.status, bare.body['code']], [403, 'ATTESTATION_NOT_YOURS']);
    assert.equal((await resolveCase(tara, serviceCase)).body['code'], 'EXPORTS_OWED');
    const left = await post(lena, attest(second), { reason: 'Tara has left; her disk is wiped.' });
    assert.equal(left.status, 200, left.text);
    const list = left.body['exports'] as readonly Record<string, Record<string, unknown>>[];
    assert.deepEqual(
      list.map(({ by, attestation }) => [
        by?.['name'],
        (attestation?.['by'] as typeof by)?.['name'],
      ]),
      [
        ['Tara Lindqvist', 'Tara Lindqvist'],
        ['Tara Lindqvist', 'Lena Hoffmann'],
      ],
    );
    assert.equal(list[1]?.['reason'], REASON);

    const done = await resolveCase(tara, serviceCase);
    assert.equal(done.status, 200, done.text);
    const { body } = await lena.ask('GET', at(stage, 'exports'));
    const kept = body['exports'] as readonly Record<string, unknown>[];
    assert.deepEqual(
      kept.map(({ reason, attestation }) => [reason, attestation !== null]),
      [
        [null, true],
        [null, true],
      ],
    );
    assert.ok(!isOnDisk(gateway.directory, 'Quartzheim'));
  });

  test('an export that a kill left in the ledger alone is owed and counted after the next start', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const stage = await scene(gateway);
    const { tara, lena, serviceCase, record } = stage;
    // Killed between the entry and its row: the entry is all there is.
    await gateway.running.ledger.append({
      kind: 'record-exported',
      caseId: serviceCase.id as CaseId,
      recordId: record as RecordId,
      by: tara.id as TechnicianId,
      exportId: newId('export', systemRandom),
      reasonCommitment: 'A'.repeat(43),
    });
    await gateway.restart();
    for (const who of [tara, lena]) who.moveTo(gateway.running);
    const owed = await resolveCase(tara, serviceCase);
    assert.deepEqual([owed.status, owed.body['code']], [409, 'EXPORTS_OWED'], owed.text);
    const { body } = await tara.ask('GET', at(stage, 'exports'));
    const list = body['exports'] as readonly Record<string, unknown>[];
    assert.deepEqual(
      list.map(({ reason, attestation }) => [reason, attestation]),
      [[null, null]],
    );
    const attestation = at(stage, `exports/${String(list[0]?.['id'])}/attestation`);
    assert.equal((await post(tara, attestation, { reason: null })).status, 200);
    assert.equal((await resolveCase(tara, serviceCase)).status, 200);
    const certificate = await lena.ask('GET', at(stage, 'certificate'));
    const claims = certificate.body['claims'] as Record<string, Record<string, unknown>>;
    const counts = claims['sanitization']?.['counts'] as Record<string, number>;
    assert.deepEqual([counts['exports'], counts['exports-attested']], [1, 1]);
  });
});

test('a copy can be taken for a while only', async () => {
  const clock = new ManualClock(Date.now());
  await using gateway = await newTestGateway({ clock });
  const stage = await scene(gateway);
  await permitted(stage);
  const id = await exported(stage);
  clock.advance(EXPORT_LIFE_MS - 1_000);
  const target = at(stage, `exports/${id}/content`);
  assert.equal((await stage.tara.ask('GET', target)).status, 200);
  clock.advance(1_000);
  const late = await stage.tara.ask('GET', target);
  assert.deepEqual([late.status, late.body['code']], [410, 'EXPORT_OVER'], late.text);
});
