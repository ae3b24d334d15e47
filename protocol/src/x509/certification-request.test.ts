/**
 * Goal: a request is believed only when it proves its key, names a cart and holds a key that we admit; others'
 * tools read ours and we read theirs. Method: real keys, `openssl req` both ways, and mutated DER.
 */
import { equal, match, ok, throws } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { parseCartSerial } from '@chaperone/domain/id/id.ts';
import { keyThumbprint } from './algorithm.ts';
import {
  MalformedCertificationRequest,
  makeCertificationRequest,
  readCertificationRequest,
} from './certification-request.ts';

const serial = parseCartSerial('US-1001');
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 3072 });
let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'chaperone-csr-'));
});
after(() => rmSync(directory, { recursive: true }));

/** Makes a request with Debian's openssl. */
function foreignRequest(key: KeyObject, subject: string, ...options: string[]): Uint8Array {
  const file = join(directory, 'key.pem');
  writeFileSync(file, key.export({ type: 'pkcs8', format: 'pem' }));
  return execFileSync('openssl', [
    'req',
    '-new',
    '-key',
    file,
    '-subj',
    subject,
    '-outform',
    'DER',
    ...options,
  ]);
}

for (const [name, keys] of [
  ['P-256', ec],
  ['RSA-3072', rsa],
] as const) {
  test(`${name}: our request reads back, and openssl verifies it`, () => {
    const der = makeCertificationRequest(serial, keys.privateKey);
    const read = readCertificationRequest(der);
    equal(read.serial, serial);
    equal(read.keyThumbprint, keyThumbprint(keys.publicKey));
    const text = execFileSync('openssl', ['req', '-verify', '-inform', 'DER', '-noout', '-text'], {
      input: der,
      encoding: 'utf8',
    });
    match(text, /serialNumber = US-1001/);
  });

  test(`${name}: we read a request that openssl made, with its extensions`, () => {
    const der = foreignRequest(
      keys.privateKey,
      '/serialNumber=US-1001/CN=x',
      '-addext',
      'subjectAltName=DNS:evil',
    );
    equal(readCertificationRequest(der).serial, serial);
  });
}

test('keys that we do not admit, other digests and nameless requests are refused', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const p384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey;
  const name = '/serialNumber=US-1001';
  for (const der of [
    foreignRequest(weak, name),
    foreignRequest(p384, name),
    foreignRequest(ec.privateKey, name, '-sha1'),
    foreignRequest(rsa.privateKey, name, '-sha512'),
    foreignRequest(ec.privateKey, '/CN=US-1001'),
    foreignRequest(ec.privateKey, '/serialNumber=US 1001'),
    foreignRequest(ec.privateKey, '/serialNumber=US-1001/serialNumber=US-1002'),
  ]) {
    throws(() => readCertificationRequest(der), MalformedCertificationRequest);
  }
});

test('a request whose key or name was exchanged no longer proves anything', () => {
  const der = Buffer.from(makeCertificationRequest(serial, ec.privateKey));
  const renamed = Buffer.from(der);
  renamed.write('US-1002', renamed.indexOf('US-1001'), 'latin1');
  throws(() => readCertificationRequest(renamed), MalformedCertificationRequest);
  const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const rekeyed = Buffer.from(der);
  const spki = ec.publicKey.export({ type: 'spki', format: 'der' });
  other.publicKey.export({ type: 'spki', format: 'der' }).copy(rekeyed, rekeyed.indexOf(spki));
  throws(() => readCertificationRequest(rekeyed), MalformedCertificationRequest);
});

test('every other byte sequence is refused with one error', () => {
  const der = makeCertificationRequest(serial, ec.privateKey);
  throws(() => readCertificationRequest(new Uint8Array(9000)), MalformedCertificationRequest);
  throws(() => readCertificationRequest(Buffer.concat([der, der])), MalformedCertificationRequest);
  fc.assert(
    fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bytes = Uint8Array.from(der, (byte, index) => (index === at ? byte ^ flip : byte));
      throws(() => readCertificationRequest(bytes), MalformedCertificationRequest);
    }),
    { numRuns: 400 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        readCertificationRequest(bytes);
        ok(false, 'random bytes were accepted');
      } catch (error) {
        ok(error instanceof MalformedCertificationRequest, String(error));
      }
    }),
  );
});
