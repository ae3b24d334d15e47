/**
 * Goal: a facility's security officer reads what concerns that facility and nothing else, nobody else reads anything, and
 * each reading is in the ledger. Method: a whole gateway with real TLS, on both databases, with two facilities
 * and a served case; officers who ask with certificates of every kind; the evidence goes through the verifier's program.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { newKeyPair } from '@chaperone/protocol/x509/algorithm.ts';
import { certify } from '@chaperone/protocol/x509/certificate.ts';
import type { CertificateSubject } from '@chaperone/protocol/x509/name.ts';
import { parseCartSerial, parseId } from '@chaperone/domain/id/id.ts';
import { encodePEM } from '@chaperone/protocol/x509/pem.ts';
import { loadAuthority } from '../authority/establishment/establishment.ts';
import {
  factOf,
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
import { forEachDatabase } from '../platform/database/testing/database-suite.ts';
import { OfficerBrowser } from './testing/officer-browser.ts';

const VERIFY = path.join(import.meta.dirname, '../../../verify/src/main.ts');
/** That of `openCase`. */
const FACILITY = 'St. Test';
const ELSEWHERE = 'Elsewhere <Clinic> & Sons';

/** Has the cart stand elsewhere from now on, by its licence. */
async function openElsewhere(
  { running: { authority } }: TestGateway,
  technician: Technician,
  cart: string,
): Promise<TestCase> {
  const licence = await authority.cartLicence(cart);
  assert.ok(licence);
  const terms = { by: 'test', facility: ELSEWHERE, validUntilUtcMs: null };
  await authority.renewLicence(licence.id, terms);
  const body = { cart, caller: 'x', complaint: 'x' };
  const answer = await technician.ask('POST', '/api/cases', { body });
  assert.equal(answer.status, 200, answer.text);
  return answer.body as unknown as TestCase;
}

/** A case that was served and resolved: a file fetched, everything destroyed. */
async function servedCase(gateway: TestGateway, tara: Technician): Promise<TestCase> {
  const cart = await gateway.enrolCart();
  const serviceCase = await openCase(tara);
  await cart.connect();
  await grantSession(tara, cart, serviceCase);
  cart.files.set(PLANTED.fileName, Buffer.concat([Buffer.from(PLANTED.content), someBytes(2_000)]));
  const fetching = await fetchFile(tara, serviceCase, PLANTED.fileName);
  await transferIs(tara, serviceCase, fetching, 'done');
  const note = { body: { text: PLANTED.note } };
  await tara.ask('POST', `/api/cases/${serviceCase.id}/notes`, note);
  await tara.ask('POST', `/api/cases/${serviceCase.id}/session/leave`);
  await sessionIs(tara, serviceCase, 'ended');
  const resolved = await resolveCase(tara, serviceCase);
  assert.equal(resolved.status, 200, resolved.text);
  return serviceCase;
}

/** Runs `chaperone verify` on what was downloaded, with the key as it was read off the page. */
async function verify(evidence: string, key: string, root: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'chaperone-portal-'));
  try {
    writeFileSync(path.join(folder, 'evidence.json'), evidence);
    writeFileSync(path.join(folder, 'cart-root.pem'), root);
    const { stdout } = await promisify(execFile)(process.execPath, [
      VERIFY,
      ...['--key', key, '--cart-root', path.join(folder, 'cart-root.pem')],
      path.join(folder, 'evidence.json'),
    ]);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

forEachDatabase('the portal', (open) => {
  test('an officer sees carts, cases, sessions and proof of the own facility; each reading is recorded', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const tara = await gateway.signedIn('tara');
    const own = await servedCase(gateway, tara);
    await gateway.enrolCart('US-2002');
    const other = await openElsewhere(gateway, tara, 'US-2002');
    const officer = await OfficerBrowser.enrol(gateway.running, FACILITY);

    assert.match((await officer.ask('/')).text, /Six-digit code/);
    const signedIn = await officer.signIn();
    assert.equal(signedIn.status, 303, signedIn.text);
    assert.match(String(signedIn.headers['set-cookie']), /^__Host-/);
    for (const term of [/HttpOnly/, /Secure/, /SameSite=Strict/, /Path=\//])
      assert.match(String(signedIn.headers['set-cookie']), term);

    const overview = await officer.ask('/');
    assert.match(overview.text, /US-1001/);
    assert.match(overview.text, new RegExp(own.number));
    assert.ok(!overview.text.includes('US-2002') && !overview.text.includes(other.number));
    const shown = await officer.ask(`/cases/${own.id}`);
    assert.match(shown.text, new RegExp(tara.name));
    assert.match(shown.text, /The technician ended it\./);
    assert.match(shown.text, /fetch files/);

    const certificate = await officer.ask(`/cases/${own.id}/certificate`);
    assert.match(certificate.text, /cryptographic erase and deletion/);
    assert.match(certificate.text, /0 keys, 0 records, 0 temporary files, 0 entries/);
    const signed = await officer.ask(`/cases/${own.id}/certificate.jws`);
    assert.match(signed.text, /^[\w-]+\.[\w-]+\.[\w-]+$/);
    assert.match(String(signed.headers['content-disposition']), /SC-\d{4}-\d{4}-certificate\.jws/);
    const evidence = await officer.ask(`/cases/${own.id}/evidence.json`);
    const ledger = await officer.ask('/ledger');
    const [, key = ''] =
      /<pre[^>]*>(localhost\/chaperone-ledger\+[^<\s]+)<\/pre>/.exec(ledger.text) ?? [];
    const root = await officer.ask('/ledger/cart-root.pem');
    assert.match(await verify(evidence.text, key, root.text), /All \d+ checks hold\./);
    const checkpoint = await officer.ask('/ledger/checkpoint.txt');
    assert.match(checkpoint.text, /^localhost\/chaperone-ledger\n/);

    for (const answer of [overview, shown, certificate, signed, evidence]) {
      assert.equal(answer.status, 200);
      for (const text of Object.values(PLANTED)) assert.ok(!answer.text.includes(text), text);
    }
    const facts = await factsOf(gateway.running);
    const read = facts.filter(
      ({ kind }) => kind === 'certificate-read' || kind === 'evidence-read',
    );
    const about = { officerId: officer.id, caseId: own.id };
    assert.deepEqual(read, [
      { kind: 'certificate-read', ...about },
      { kind: 'certificate-read', ...about },
      { kind: 'evidence-read', ...about },
    ]);

    assert.equal((await officer.ask('/sign-out', { form: '' })).status, 303);
    assert.equal((await officer.ask(`/cases/${own.id}`)).status, 303);
    const out = await factOf(gateway.running, 'officer-sign-out');
    assert.deepEqual(out, { kind: 'officer-sign-out', officerId: officer.id, reason: 'asked' });
  });

  test("another facility's case is not there, by whatever address, and looks like what never was", async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const tara = await gateway.signedIn('tara');
    await gateway.enrolCart();
    await gateway.enrolCart('US-2002');
    const own = await openCase(tara);
    const other = await openElsewhere(gateway, tara, 'US-2002');
    const here = await OfficerBrowser.enrol(gateway.running, FACILITY);
    const there = await OfficerBrowser.enrol(gateway.running, ELSEWHERE, 'Lou <b>');
    for (const officer of [here, there]) assert.equal((await officer.signIn()).status, 303);
    const never = parseId('case', `case-${'0'.repeat(26)}`);
    const rows = [
      [here, own, other],
      [there, other, own],
    ] as const;
    for (const [officer, mine, foreign] of rows) {
      assert.equal((await officer.ask(`/cases/${mine.id}`)).status, 200);
      for (const rest of ['', '/certificate', '/certificate.jws', '/evidence.json']) {
        const asked = await officer.ask(`/cases/${foreign.id}${rest}`);
        const unknown = await officer.ask(`/cases/${never}${rest}`);
        assert.equal(asked.status, 404, rest);
        assert.equal(asked.text, unknown.text);
      }
      // Open cases have no certificate yet.
      assert.equal((await officer.ask(`/cases/${mine.id}/certificate`)).status, 404);
    }
    // What a facility or a person is called is text.
    const page = await there.ask('/');
    assert.match(page.text, /Elsewhere &lt;Clinic&gt; &amp; Sons/);
    assert.match(page.text, /Lou &lt;b&gt;/);
    const kinds = (await factsOf(gateway.running)).map(({ kind }) => kind);
    assert.ok(!kinds.includes('evidence-read') && !kinds.includes('certificate-read'));
  });

  test('a cart that has served elsewhere, too, gives its sessions here and its journal to nobody', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const tara = await gateway.signedIn('tara');
    const own = await servedCase(gateway, tara);
    const officer = await OfficerBrowser.enrol(gateway.running, FACILITY);
    await officer.signIn();
    type Bundle = { readonly carts: readonly { readonly journal: object | null }[] };
    const evidence = async (): Promise<Bundle> =>
      JSON.parse((await officer.ask(`/cases/${own.id}/evidence.json`)).text) as Bundle;
    const before = (await evidence()).carts.map(({ journal }) => journal === null);
    await openElsewhere(gateway, tara, own.cart);
    const after = (await evidence()).carts.map(({ journal }) => journal === null);
    assert.deepEqual(after, [true]);
    assert.deepEqual(before, [false]);
  });

  test('without a certificate of a facility in force there is one bare answer, whatever is asked', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const { roots } = await loadAuthority(path.join(gateway.directory, 'gateway', 'authority'));
    const officer = await OfficerBrowser.enrol(gateway.running, FACILITY);
    await officer.signIn();
    const show = async (root: keyof typeof roots, subject: CertificateSubject) => {
      const { privateKey: key, publicKey } = await newKeyPair('p256-sha256');
      const certificate = await certify(roots[root], {
        subject,
        purpose: 'peer',
        publicKey,
        notBeforeMs: Date.now() - 60_000,
        notAfterMs: Date.now() + 86_400_000,
      });
      const pem = encodePEM('CERTIFICATE', certificate);
      return new OfficerBrowser(gateway.running, { key, cert: pem });
    };
    const id = parseId('officer', officer.id);
    const subject = { kind: 'officer', id, name: 'Jo Müller', facility: FACILITY } as const;
    const cart = { kind: 'cart', serial: parseCartSerial('US-1') } as const;
    const workstation = {
      kind: 'workstation',
      id: parseId('workstation', `wrks-${'0'.repeat(26)}`),
      label: 'Desk 1',
    } as const;
    const strangers = [
      new OfficerBrowser(gateway.running, null),
      await show('cart', cart),
      await show('workstation', workstation),
      await show('workstation', subject),
      await show('facility', cart),
      await show('facility', subject),
    ];
    const answers = new Set<string>();
    for (const stranger of strangers) {
      stranger.cookie = officer.cookie;
      const asked = [
        await stranger.ask('/'),
        await stranger.ask('/portal.css'),
        await stranger.ask('/%zz'),
        await stranger.ask('/sign-in', { form: `code=${officer.code(1)}` }),
        await stranger.ask('/', { headers: { host: 'elsewhere.example' } }),
        await stranger.ask('/sign-in', { method: 'DELETE' }),
      ];
      for (const answer of asked) {
        assert.equal(answer.status, 403);
        answers.add(answer.text);
        assert.equal(answer.headers['server'], undefined);
      }
    }
    assert.equal(answers.size, 1, [...answers].join());
    assert.ok(![...answers].join().includes('Test Centre'));
    // Only of what the facility root has signed there is something to say in the ledger.
    const refused = (await factsOf(gateway.running)).filter(
      ({ kind }) => kind === 'officer-refused',
    );
    assert.ok(refused.length > 0);
    for (const fact of refused) assert.ok('officerId' in fact && fact.officerId === officer.id);
    assert.equal((await officer.ask('/ledger')).status, 200, 'the officer is still in');
  });

  test('only signing in and out takes a form, from an own page; all else is refused, however large', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const officer = await OfficerBrowser.enrol(gateway.running, FACILITY);
    await officer.signIn();
    for (const target of ['/', '/ledger', `/cases/case-${'0'.repeat(26)}`, '/portal.css']) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']) {
        const { status } = await officer.ask(target, { method });
        assert.equal(status, 405, `${method} ${target}`);
      }
    }
    const from = (headers: Readonly<Record<string, string>>, form = '') =>
      officer.ask('/sign-out', { form, headers });
    assert.equal((await from({ origin: 'https://evil.example' })).status, 403);
    assert.equal((await from({ origin: 'null' })).status, 403);
    assert.equal((await from({ 'sec-fetch-site': 'cross-site' })).status, 403);
    assert.equal((await officer.ask('/', { headers: { host: 'evil.example' } })).status, 403);
    assert.equal((await from({ 'content-type': 'application/json' }, '{}')).status, 415);
    const large = await officer.ask('/sign-in', { form: `code=${'1'.repeat(4_000)}` });
    assert.equal(large.status, 413);
    for (const target of [
      `/${'a'.repeat(4_000)}`,
      `/cases/${'a'.repeat(4_000)}`,
      '/?page=0',
      '/?page=1e9',
    ])
      assert.ok([403, 404].includes((await officer.ask(target)).status), target.slice(0, 20));
    await assert.rejects(officer.ask('/', { headers: { 'x-long': 'a'.repeat(20_000) } }));
    const page = await officer.ask('/ledger');
    assert.equal(page.status, 200, 'the officer is still in');
    assert.match(String(page.headers['content-security-policy']), /^default-src 'none'/);
    assert.ok(!page.text.includes('<script') && !page.text.includes('style='));
  });
});

test('what cannot be recorded is not shown, and nobody comes in', async () => {
  await using gateway = await newTestGateway();
  const tara = await gateway.signedIn('tara');
  await gateway.enrolCart();
  const own = await openCase(tara);
  const jo = await OfficerBrowser.enrol(gateway.running, FACILITY);
  const lou = await OfficerBrowser.enrol(gateway.running, FACILITY, 'Lou');
  await jo.signIn();
  await gateway.running.ledger.close();
  const evidence = await jo.ask(`/cases/${own.id}/evidence.json`);
  assert.equal(evidence.status, 503);
  assert.match(evidence.text, /Nothing can be recorded at the moment, so nothing is shown/);
  assert.equal((await lou.signIn()).status, 503);
  assert.equal((await lou.ask('/ledger')).status, 303);
});
