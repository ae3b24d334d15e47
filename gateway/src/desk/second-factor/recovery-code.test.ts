/** Goal: recovery codes are many, different, easy to type and hard to guess. Method: a set as it is made. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemRandom } from '../../platform/random/random.ts';
import { fitsSlowly } from '../platform/slow-hash.ts';
import { RECOVERY_CODES, newRecoveryCodes, readRecoveryCode } from './recovery-code.ts';

test('ten codes of 80 bits in groups of four, kept as slow hashes under one salt', async () => {
  const { codes, hashes } = await newRecoveryCodes(systemRandom);
  assert.equal(RECOVERY_CODES, 10);
  assert.equal(new Set(codes).size, 10);
  for (const code of codes)
    assert.match(code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  assert.equal(new Set(hashes).size, 10);
  const salts = new Set(hashes.map((hash) => hash.split('$')[4]));
  assert.equal(salts.size, 1);
  assert.equal(await fitsSlowly(codes[3] ?? '', hashes[3] ?? ''), true);
  assert.equal(await fitsSlowly(codes[3] ?? '', hashes[4] ?? ''), false);
  assert.ok(!JSON.stringify(hashes).includes(codes[0]?.slice(0, 4) ?? '-'));
});

test('a code is read however it was typed', () => {
  const code = '7K3F-9QPX-21NB-R0TD';
  for (const typed of [
    code,
    code.toLowerCase(),
    '7K3F9QPX21NBR0TD',
    ' 7k3f 9qpx 2lnb rotd ',
    '7K3F–9QPX–2INB–ROTD',
  ])
    assert.equal(readRecoveryCode(typed), code, typed);
  assert.notEqual(readRecoveryCode('7K3F-9QPX-21NB-R0T'), code);
});
