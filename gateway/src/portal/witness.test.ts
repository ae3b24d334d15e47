/**
 * Goal: a facility's own program, with a certificate and no person's code, copies the ledger's hashes, vouches for it and is named in that
 * facility's evidence; it reads no entry, and no other facility hears of it; a ledger that was put back is found out. Method: a whole gateway
 * with real TLS on both databases, and `chaperone verify witness` as a program.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { test } from 'node:test';
import { parseId } from '@chaperone/domain/id/id.ts';
import { evidenceBundle } from '@chaperone/protocol/evidence/schema.ts';
import { writeEntryBundle } from '@chaperone/protocol/tree/tile.ts';
import { factsOf, newTestGateway } from '../composition/testing/gateway-harness.ts';
import { openCase } from '../composition/testing/session-script.ts';
import { forEachDatabase } from '../platform/database/testing/database-suite.ts';
import { OfficerBrowser } from './testing/officer-browser.ts';

const VERIFY = path.join(import.meta.dirname, '../../../verify/src/main.ts');
/** That of `openCase`. */
const FACILITY = 'St. Test';

async function run(...args: readonly string[]): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, [VERIFY, ...args]);
  const [out, complaint, [code]] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code, said: `${out}${complaint}` };
}

forEachDatabase('a witness', (open) => {
  test('vouches, copies hashes, is named in its facility’s evidence only, and finds out a ledger that is another one', async () => {
    await using gateway = await newTestGateway({}, await open.place());
    const { running } = gateway;
    const tara = await gateway.signedIn('tara');
    await gateway.enrolCart();
    const { id: caseId } = await openCase(tara);
    const folder = await mkdtemp(path.join(tmpdir(), 'chaperone-witness-'));
    try {
      const officer = await OfficerBrowser.enrol(running, FACILITY);
      const file = (name: string): string => path.join(folder, name);
      const { key, cert } = officer.shown ?? assert.fail();
      await writeFile(file('key.pem'), key.export({ type: 'pkcs8', format: 'pem' }));
      await writeFile(file('cert.pem'), cert);
      await writeFile(file('root.pem'), running.authority.publicRoots.browserRootPEM);
      const ledgerKey = running.ledger.verifierKey();
      const args = [
        'witness',
        ...['--portal', running.portalUrl ?? '', '--certificate', file('cert.pem')],
        ...['--private-key', file('key.pem'), '--portal-root', file('root.pem')],
        ...['--key', ledgerKey, '--state', file('state'), '--name', 'st-test.example/witness'],
        ...['--mirror', file('mirror')],
      ];
      const first = await run(...args);
      assert.equal(first.code, 0, first.said);
      const [, witness = ''] = /Witness key, for --witness: (\S+)/.exec(first.said) ?? [];
      const second = await run(...args);
      assert.match(second.said, /Vouched for \d+ entries; before, there were \d+/);
      assert.deepEqual((await readdir(file('mirror'))).toSorted(), ['checkpoint', 'tile']);
      const registered = (await factsOf(running)).filter(
        ({ kind }) => kind === 'witness-registered',
      );
      assert.equal(registered.length, 1);

      // A program reads hashes and nothing else; a person signs in.
      for (const [address, status] of [
        ['/tlog/checkpoint', 200],
        ['/tlog/tile/0/000.p/1', 200],
        ['/tlog/tile/entries/000.p/1', 404],
        ['/tlog/tile/0/000', 404],
        ['/ledger', 303],
      ] as const)
        assert.equal((await officer.ask(address)).status, status, address);
      const forged = { form: 'x', headers: { 'content-type': 'text/plain' } };
      assert.equal((await officer.ask('/tlog/cosignature', forged)).status, 403);

      await officer.signIn().then(({ headers }) => {
        officer.cookie = String(headers['set-cookie'] ?? '').split(';')[0] ?? '';
      });
      assert.match((await officer.ask('/ledger')).text, /st-test\.example\/witness/);
      const { text } = await officer.ask(`/cases/${caseId}/evidence.json`);
      const { ledger } = evidenceBundle.parse(JSON.parse(text));
      assert.deepEqual(
        ledger.witnessed?.map((each) => each.witness),
        [witness],
      );
      await writeFile(file('evidence.json'), text);
      const verified = await run('--key', ledgerKey, '--witness', witness, file('evidence.json'));
      assert.equal(verified.code, 0, verified.said);
      assert.match(verified.said, /st-test\.example\/witness saw \d+ entries/);
      const elsewhere = await running.ledger.evidence(parseId('case', caseId), 'Elsewhere');
      assert.deepEqual(elsewhere.witnessed, []);

      // The auditor reads entries as tiles, too, and the whole in one file that holds.
      const ines = await gateway.signedIn('ines');
      const page = await running.ledger.page(0, 2);
      const { bytes } = await running.ledger.tile('tile/entries/000.p/2', 'hashes and entries');
      assert.deepEqual(bytes, writeEntryBundle(page.map(({ line }) => line)));
      assert.equal((await ines.ask('GET', '/api/audit/tlog/tile/entries/000.p/2')).status, 200);
      const whole = await ines.ask('GET', '/api/audit/evidence');
      await writeFile(file('whole.json'), whole.text);
      const all = await run('--key', ledgerKey, '--witness', witness, file('whole.json'));
      assert.equal(all.code, 0, all.said);
      assert.match(all.said, /none left out/);

      // Another gateway's ledger under the same name and key could not be told by the key: by what is remembered it is.
      const state = await readFile(file('state/checkpoint'), 'utf8');
      const lied = state.replace(/\n(\d+)\n/, (_, size: string) => `\n${Number(size) + 100}\n`);
      await writeFile(file('state/checkpoint'), lied);
      const damaged = await run(...args);
      assert.equal(damaged.code, 2, damaged.said);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
