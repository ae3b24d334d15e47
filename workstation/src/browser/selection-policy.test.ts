/**
 * Goal: Chromium is told to show its certificate to one address; nobody's own policy is touched; without root a person is
 * told. Method: policy folders in a temporary directory.
 */
import { deepEqual, equal, match } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import {
  missingPolicies,
  placeSelectionPolicy,
  removeSelectionPolicy,
} from './selection-policy.ts';

const ORIGIN = 'https://console.example:8443';
const ISSUER = 'Example workstations "1"';
const NOT_ROOT = process.getuid?.() === 0 ? false : 'needs root';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chaperone-policy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the policy names one address and one issuer, and goes again', async () => {
  const folders = [path.join(folder, 'policies', 'managed')];
  deepEqual(await missingPolicies(ORIGIN, ISSUER, folders), [
    path.join(folders[0] ?? '', 'chaperone-workstation.json'),
  ]);
  const [first] = await placeSelectionPolicy(ORIGIN, ISSUER, folders);
  const [again] = await placeSelectionPolicy(ORIGIN, ISSUER, folders);
  deepEqual([first?.state, again?.state], ['written', 'written']);
  deepEqual(await missingPolicies(ORIGIN, ISSUER, folders), []);
  const policy = JSON.parse(readFileSync(first?.file ?? '', 'utf8')) as Record<string, string[]>;
  deepEqual(Object.keys(policy), ['AutoSelectCertificateForUrls']);
  deepEqual(JSON.parse(policy['AutoSelectCertificateForUrls']?.[0] ?? ''), {
    pattern: ORIGIN,
    filter: { ISSUER: { CN: ISSUER } },
  });
  deepEqual(await removeSelectionPolicy(ORIGIN, ISSUER, folders), []);
  deepEqual(readdirSync(folders[0] ?? ''), []);
});

test('a policy of the machine is left alone, and so is a file of ours that somebody changed', async () => {
  const own = path.join(folder, 'their-own.json');
  writeFileSync(own, '{"AutoSelectCertificateForUrls": []}');
  const [placed] = await placeSelectionPolicy(ORIGIN, ISSUER, [folder]);
  equal(placed?.state, 'taken');
  deepEqual(readdirSync(folder), ['their-own.json']);
  // Its owner adds our rule to it, and all is as it should be.
  equal((await missingPolicies(ORIGIN, ISSUER, [folder])).length, 1);
  writeFileSync(own, placed?.content ?? '');
  deepEqual(await missingPolicies(ORIGIN, ISSUER, [folder]), []);
  equal((await placeSelectionPolicy(ORIGIN, ISSUER, [folder]))[0]?.state, 'written');
  rmSync(own);
  const changed = path.join(folder, 'chaperone-workstation.json');
  writeFileSync(changed, '{"AutoSelectCertificateForUrls": ["mine"]}');
  await removeSelectionPolicy(ORIGIN, ISSUER, [folder]);
  deepEqual(readdirSync(folder), ['chaperone-workstation.json']);
});

test(
  'where it may not be written, a person is told what to write where',
  { skip: NOT_ROOT },
  async () => {
    // Root may write everywhere; nobody may only look.
    chmodSync(folder, 0o755);
    const program = `
    import { placeSelectionPolicy } from ${JSON.stringify(import.meta.resolve('./selection-policy.ts'))};
    process.setuid(65534);
    const states = await placeSelectionPolicy(${JSON.stringify(ORIGIN)}, 'Root', [${JSON.stringify(folder)}]);
    console.log(JSON.stringify(states));`;
    const args = ['--input-type=module', '--eval', program];
    const said = execFileSync(process.execPath, args, { encoding: 'utf8' });
    const [placed] = JSON.parse(said) as { state: string; content: string }[];
    equal(placed?.state, 'by-hand');
    match(placed?.content ?? '', /console\.example/);
    deepEqual(readdirSync(folder), []);
  },
);
