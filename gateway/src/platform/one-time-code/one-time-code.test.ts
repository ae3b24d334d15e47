/**
 * Goal: codes are those of RFC 6238, count for one step to each side and for nothing else, and an app can take the secret
 * by picture and by hand. Method: the RFC's own vectors, and a second implementation from the RFC's text.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { randomBytes } from 'node:crypto';
import { SECRET_BYTES, offerOf, stepOfCode } from './one-time-code.ts';
import { codeOfApp } from './testing/authenticator-app.ts';

const RFC_SECRET = Buffer.from('12345678901234567890');
/** RFC 6238 appendix B, SHA-1; of its eight digits a code of six has the last. */
const VECTORS = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
] as const;

describe('codes', () => {
  test('RFC 6238 appendix B: each vector is of its own time step', () => {
    for (const [seconds, totp] of VECTORS) {
      const step = stepOfCode(RFC_SECRET, totp.slice(2), seconds * 1000);
      assert.equal(step, Math.floor(seconds / 30), totp);
    }
  });

  test('one step to each side counts, two do not, and the step is that of the code', () => {
    const secret = randomBytes(SECRET_BYTES);
    const nowMs = 1_700_000_005_000;
    const { secret: typed } = offerOf(secret, 'Centre', 'tara');
    const now = Math.floor(nowMs / 30_000);
    for (const [away, expected] of [
      [-2, null],
      [-1, now - 1],
      [0, now],
      [1, now + 1],
      [2, null],
    ] as const) {
      const code = codeOfApp(typed, nowMs + away * 30_000);
      assert.equal(stepOfCode(secret, code, nowMs), expected, String(away));
    }
  });

  test('spaces are no part of a code; letters, signs, other lengths and digits of other scripts make none', () => {
    const nowMs = 59_000;
    assert.equal(stepOfCode(RFC_SECRET, ' 287 082 ', nowMs), 1);
    const wide = [...'287082']
      .map((digit) => String.fromCodePoint(0xff10 + Number(digit)))
      .join('');
    const arabic = [...'287082']
      .map((digit) => String.fromCodePoint(0x0660 + Number(digit)))
      .join('');
    for (const code of [
      wide,
      arabic,
      '',
      '28708',
      '2870820',
      '+287082',
      '287082.0',
      '0x4613A',
      '28708O',
    ])
      assert.equal(stepOfCode(RFC_SECRET, code, nowMs), null, code);
  });

  test('an app is offered 160 bits, by picture and by hand', () => {
    const { secret, address, qrCode } = offerOf(RFC_SECRET, 'Example: Centre & Sons', 'tara');
    assert.equal(secret, 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ');
    const read = new URL(address);
    assert.equal(read.protocol, 'otpauth:');
    assert.equal(read.searchParams.get('secret'), secret.replaceAll(' ', ''));
    assert.equal(read.searchParams.get('digits'), '6');
    assert.match(qrCode, /^<svg [\s\S]*<\/svg>$/);
    assert.ok(!qrCode.includes('<script'));
  });
});
