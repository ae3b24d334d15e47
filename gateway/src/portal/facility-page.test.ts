/**
 * Goal: an officer sees every session, what is held and why, every certificate, which cart has which policy, and takes all of it away in
 * one archive that tar opens and the verifier believes; a policy is carried only if it is the own facility's and later. Nothing of
 * it names a patient, and what is taken or brought is in the ledger first.
 * Method: a whole gateway with real TLS on both databases, a served case and an open one, a policy signed by a key of the test, the
 * system's own tar and the verifier's program.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { FacilityPolicyDocument } from '@chaperone/protocol/facility-policy/facility-policy-document.ts';
import {
  FACILITY_POLICY_RECEIPT_TYP,
  FACILITY_POLICY_TYP,
  facilityKeyFingerprint,
  signPolicy,
} from '@chaperone/protocol/facility-policy/facility-policy-statement.ts';
import { signStatement } from '@chaperone/protocol/signed/statement.ts';
import {
  SERIAL,
  factsOf,
  newTestGateway,
  someBytes,
} from '../composition/testing/gateway-harness.ts';
import type { TestGateway, Technician } from '../composition/testing/gateway-harness.ts';
import {
  PLANTED,
  fetchFile,
  grantSession,
  openCase,
  resolveCase,
  sessionIs,
  transferIs,
} from '../composition/testing/session-script.ts';
import type { TestCase } from '../composition/testing/session-script.ts';
import type { ScriptedCart } from '../desk/tunnel/testing/scripted-cart.ts';
import { forEachDatabase } from '../platform/database/testing/database-suite.ts';
import { csvOf } from './archive/csv.ts';
import { tarOf } from './archive/tar.ts';
import { OfficerBrowser, multipart } from './testing/officer-browser.ts';

const VERIFY = path.join(import.meta.dirname, '../../../verify/src/main.ts');
const FACILITY = 'St. Test';
const run = promisify(execFile);
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const { privateKey, publicKey } = newKey();

const POLICY: FacilityPolicyDocument = {
  format: 1,
  facility: FACILITY,
  version: 4,
  validFrom: '2026-01-01T00:00:00Z',
  validUntil: '2030-01-01T00:00:00Z',
  carts: 'every',
  hours: 'always',
  groups: [],
  activities: ['view'],
  files: { fetch: { allowed: [], refused: [] }, send: { allowed: [], refused: [] } },
  deIdentificationRequired: false,
  regionTemplates: [],
  secondApproval: null,
};

const signed = (
  change: Partial<FacilityPolicyDocument> = {},
  by: KeyObject = privateKey,
): Promise<string> => signPolicy({ ...POLICY, ...change }, by, Date.UTC(2026, 5, 1));

function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(tmpdir(), 'chaperone-archive-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

/** Two cases, of a cart each: one served and resolved, one open with a record in it. */
async function twoCases(
  gateway: TestGateway,
  tara: Technician,
): Promise<{ readonly resolved: TestCase; readonly open: TestCase }> {
  const serve = async (serial: string): Promise<TestCase> => {
    const cart = await gateway.enrolCart(serial);
    const serviceCase = await openCase(tara, serial);
    await cart.connect();
    await grantSession(tara, cart, serviceCase);
    const content = Buffer.concat([Buffer.from(PLANTED.content), someBytes(2_000)]);
    cart.files.set(PLANTED.fileName, content);
    const fetching = await fetchFile(tara, serviceCase, PLANTED.fileName);
    await transferIs(tara, serviceCase, fetching, 'done');
    await tara.ask('POST', `/api/cases/${serviceCase.id}/session/leave`);
    await sessionIs(tara, serviceCase, 'ended');
    return serviceCase;
  };
  const resolved = await serve('US-1001');
  assert.equal((await resolveCase(tara, resolved)).status, 200);
  return { resolved, open: await serve('US-2002') };
}

/** Says as a cart does which policy it has, and by which key. */
async function sayTaken(gateway: TestGateway, cart: ScriptedCart, facilityKey: string) {
  const now = Date.now();
  const { key, cert } = cart.shown;
  const said = {
    iss: SERIAL,
    version: 9,
    sha256: someBytes(32).toString('base64url'),
    facilityKey,
    installedUtcMs: now,
    iat: Math.floor(now / 1000),
  };
  const signing = createPrivateKey(key);
  const receipt = await signStatement(FACILITY_POLICY_RECEIPT_TYP, said, signing, 'ES256');
  const request = httpsRequest({
    ...{ host: '127.0.0.1', port: gateway.running.edgeAddress.port, servername: 'localhost' },
    ...{ ca: gateway.running.authority.publicRoots.cartRootPEM, key, cert },
    agent: new Agent({ ALPNProtocols: ['http/1.1'] }),
    ...{ method: 'POST', path: '/commissioning/v1/facility-policy/receipt' },
    headers: { 'content-type': 'application/json', host: 'localhost' },
  });
  request.end(JSON.stringify({ receipt }));
  const [response] = await once(request, 'response');
  assert.equal(response.statusCode, 200, await readAll(response));
}

function assertNamesNobody(text: string): void {
  for (const planted of Object.values(PLANTED)) assert.ok(!text.includes(planted), planted);
}

/** Sends the form of the page as a browser does. */
async function send(
  officer: OfficerBrowser,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) {
  const { form, contentType } = multipart(fields);
  return await officer.ask('/policy', {
    form,
    headers: { 'content-type': contentType, ...headers },
  });
}

async function bring(officer: OfficerBrowser, jws: string) {
  return await send(officer, { file: '', policy: `${jws}\n` });
}

const grouped = (fingerprint: string): string => fingerprint.replaceAll(/(.{4})(?=.)/g, '$1 ');

forEachDatabase('the facility page', (open) => {
  test('sessions, what is held, certificates, and all of it as one archive that the verifier believes', async (t) => {
    await using gateway = await newTestGateway({}, await open.place());
    const tara = await gateway.signedIn('tara');
    const cases = await twoCases(gateway, tara);
    const officer = await OfficerBrowser.enrol(gateway.running, FACILITY);
    await officer.signIn();
    const sessions = await officer.ask('/sessions');
    for (const each of [cases.resolved, cases.open])
      assert.match(sessions.text, new RegExp(each.number));
    assert.match(sessions.text, /tech-[0-9a-z]{26}/);
    assert.match(sessions.text, /wrks-[0-9a-z]{26}/);
    const held = await officer.ask('/held');
    assert.match(held.text, new RegExp(cases.open.number));
    assert.ok(!held.text.includes(cases.resolved.number));
    assert.match(held.text, /the case is open/);
    const certificates = await officer.ask('/certificates');
    assert.match(certificates.text, new RegExp(`/cases/${cases.resolved.id}/certificate"`));
    assert.ok(!certificates.text.includes(cases.open.number));
    const phi = await officer.ask('/patient-data');
    assert.match(phi.text, /docs|test\//);
    for (const answer of [sessions, held, certificates, phi]) {
      assert.equal(answer.status, 200);
      assertNamesNobody(answer.text);
    }

    const archive = await officer.ask('/export.tar');
    assert.equal(archive.status, 200);
    assertNamesNobody(archive.text);
    const place = folder(t);
    writeFileSync(path.join(place, 'all.tar'), archive.text);
    await run('tar', ['-xf', 'all.tar'], { cwd: place });
    const at = (...parts: readonly string[]): string => path.join(place, ...parts);
    assert.match(readFileSync(at('sessions.csv'), 'utf8'), /^case,cart,technician/);
    assert.equal(readFileSync(at('sessions.csv'), 'utf8').trimEnd().split('\r\n').length, 3);
    assert.match(readFileSync(at('files.csv'), 'utf8'), /^case,cart,when,direction,name,/);
    assert.deepEqual(readdirSync(at('certificates')), [`${cases.resolved.id}.jws`]);
    const ledger = await officer.ask('/ledger');
    const [, key = ''] =
      /<pre[^>]*>(localhost\/chaperone-ledger\+[^<\s]+)<\/pre>/.exec(ledger.text) ?? [];
    const given = ['--key', key, '--cart-root', 'ledger/cart-root.pem'];
    const seen = ['--seen', 'ledger/checkpoint.txt'];
    const bundles = [
      ...[cases.resolved, cases.open].map(({ id }) => `evidence/${id}.json`),
      `certificates/${cases.resolved.id}.jws`,
    ];
    const { stdout } = await run(process.execPath, [VERIFY, ...given, ...seen, ...bundles], {
      cwd: place,
    }).catch((fault: { readonly stdout: string; readonly stderr: string }) => fault);
    assert.match(stdout, /All \d+ checks hold\./);
    const facts = await factsOf(gateway.running);
    assert.deepEqual(
      facts.filter(({ kind }) => kind === 'facility-exported'),
      [{ kind: 'facility-exported', officerId: officer.id }],
    );
  });

  test('a policy of the own facility is carried, an older or a foreign one is not, and who brought it is in the ledger', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const tara = await gateway.signedIn('tara');
    await gateway.enrolCart();
    await openCase(tara);
    const officer = await OfficerBrowser.enrol(gateway.running, FACILITY);
    await officer.signIn();
    assert.match((await officer.ask('/policy')).text, /none reported/);
    const first = await signed();
    // As a file, with the field for a paste left empty.
    const brought = await send(officer, { file: `${first}\n`, policy: '' });
    assert.equal(brought.status, 200, brought.text);
    assert.match(brought.text, /Version 4 was brought/);
    assert.match(brought.text, /behind: version 4 waits/);
    assert.equal((await officer.ask('/policy/4.jws')).text, first);
    for (const [jws, why] of [
      [await signed({ version: 3 }), /version 4 or later was brought/],
      [await signed({ version: 5, facility: 'Elsewhere' }), /another facility/],
      ['a.b.c', /not a signed policy/],
      ['', /not a signed policy/],
    ] as const) {
      const refused = await bring(officer, jws);
      assert.equal(refused.status, 422);
      assert.match(refused.text, why);
    }
    // The same again is no other one.
    assert.equal((await bring(officer, first)).status, 200);
    const facts = (await factsOf(gateway.running)).filter(
      ({ kind }) => kind === 'facility-policy-brought',
    );
    assert.equal(facts.length, 1);
    const key = facilityKeyFingerprint(publicKey);
    assert.partialDeepStrictEqual(facts[0], { officerId: officer.id, version: 4, key });
    const elsewhere = await OfficerBrowser.enrol(gateway.running, 'Elsewhere');
    await elsewhere.signIn();
    assert.equal((await elsewhere.ask('/policy/4.jws')).status, 404);
    assert.ok(!(await elsewhere.ask('/policy')).text.includes('Version 4'));
  });

  test('whose key signed a policy is said, and another key is taken only with its fingerprint from paper', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const officer = await OfficerBrowser.enrol(gateway.running, FACILITY);
    await officer.signIn();
    const own = facilityKeyFingerprint(publicKey);
    const first = await bring(officer, await signed());
    assert.equal(first.status, 200);
    assert.ok(first.text.includes(grouped(own)), 'the whole fingerprint, to be compared');
    assert.match(first.text, /Compare this fingerprint/);
    const second = await bring(officer, await signed({ version: 5 }));
    assert.match(second.text, /signed by the key that was known/);
    assert.doesNotMatch(second.text, /Compare this fingerprint/);

    const renewed = newKey();
    const fresh = facilityKeyFingerprint(renewed.publicKey);
    const policy = await signed({ version: 6 }, renewed.privateKey);
    const refused = await bring(officer, policy);
    assert.equal(refused.status, 422);
    assert.match(refused.text, /The last one was signed by the key that begins with/);
    for (const key of [own, fresh]) assert.ok(refused.text.includes(grouped(key.slice(0, 16))));
    assert.ok(!refused.text.includes(grouped(fresh)), 'what has to be typed is not there to copy');
    assert.ok(refused.text.includes(policy), 'it need not be chosen again');
    for (const fingerprint of ['x', own, fresh.slice(1)]) {
      const mistaken = await send(officer, { file: policy, fingerprint });
      assert.equal(mistaken.status, 422);
      assert.match(mistaken.text, /The fingerprint that you gave is not that of the key/);
    }
    const taken = await send(officer, { policy, fingerprint: ` ${grouped(fresh).toUpperCase()} ` });
    assert.equal(taken.status, 200, taken.text);
    assert.match(taken.text, /Version 6 was brought/);
    assert.equal(
      (await bring(officer, await signed({ version: 7 }, renewed.privateKey))).status,
      200,
    );

    // Altered, cut off, and signed by a program that told no key.
    const whole = await signed({ version: 9 }, renewed.privateKey);
    const [head = '', , signature = ''] = whole.split('.');
    const wider = Buffer.from(JSON.stringify({ policy: { ...POLICY, version: 9 }, iat: 1 }));
    const altered = [head, wider.toString('base64url'), signature].join('.');
    assert.match((await bring(officer, altered)).text, /The signature does not hold/);
    const said = { policy: { ...POLICY, version: 9 }, iat: 1 };
    const keyless = await signStatement(FACILITY_POLICY_TYP, said, privateKey, 'ES256');
    assert.match((await bring(officer, keyless)).text, /does not bring the key/);
    const keys = (await factsOf(gateway.running)).flatMap((fact) =>
      fact.kind === 'facility-policy-brought' ? [fact.key] : [],
    );
    assert.deepEqual(keys, [own, own, fresh, fresh]);
    const page = await officer.ask('/policy', { headers: { 'accept-language': 'de' } });
    assert.match(page.text, /Unterschrieben mit Schlüssel/);
  });

  test('the key that carts say they have pinned counts before the one of the last policy', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const tara = await gateway.signedIn('tara');
    const cart = await gateway.enrolCart();
    await openCase(tara);
    const officer = await OfficerBrowser.enrol(gateway.running, FACILITY);
    await officer.signIn();
    assert.equal((await bring(officer, await signed())).status, 200);
    const pinned = newKey();
    const facilityKey = facilityKeyFingerprint(pinned.publicKey);
    await sayTaken(gateway, cart, facilityKey);
    const other = await bring(officer, await signed({ version: 10 }, newKey().privateKey));
    assert.equal(other.status, 422);
    assert.match(other.text, /Your carts have said that they hold to the one that begins with/);
    assert.ok(other.text.includes(grouped(facilityKey.slice(0, 16))));
    const right = await bring(officer, await signed({ version: 10 }, pinned.privateKey));
    assert.equal(right.status, 200, right.text);
    assert.match(right.text, /signed by the key that was known/);
  });

  test('a form of another page brings nothing, and one that is far too long is not read', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const officer = await OfficerBrowser.enrol(gateway.running, FACILITY);
    await officer.signIn();
    const forged = await send(
      officer,
      { policy: await signed() },
      { origin: 'https://evil.example' },
    );
    assert.equal(forged.status, 403);
    assert.equal((await send(officer, { file: 'a'.repeat(300_000) })).status, 413);
    const other = await officer.ask('/policy', { form: `policy=${await signed()}` });
    assert.equal(other.status, 400, 'no page of the portal sends such a form');
    assert.ok(
      !(await factsOf(gateway.running)).some(({ kind }) => kind === 'facility-policy-brought'),
    );
  });
});

test('a cell is never a formula, and keeps what it holds', () => {
  assert.equal(
    csvOf([
      ['a,b', 'say "x"', null, 3],
      ['=1+1', '-x', -3, '@x'],
      ['Jo;=1+1', 'a\t-2', 'a;b', 'x-1'],
    ]),
    `"a,b","say ""x""",,3\r\n'=1+1,'-x,-3,'@x\r\nJo;'=1+1,a\t'-2,a;b,x-1\r\n`,
  );
});

test("tar reads what is written, to the byte, whatever the files' sizes", async (t) => {
  const place = folder(t);
  const files = [0, 1, 511, 512, 513, 4096].map((bytes) => ({
    name: `some/${bytes}.txt`,
    content: 'é'.repeat(bytes),
  }));
  async function* all() {
    yield* files;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of tarOf(all(), Date.UTC(2026, 0, 1))) chunks.push(chunk);
  writeFileSync(path.join(place, 'x.tar'), Buffer.concat(chunks));
  await run('tar', ['-xf', 'x.tar'], { cwd: place });
  for (const { name, content } of files)
    assert.equal(readFileSync(path.join(place, name), 'utf8'), content, name);
});
