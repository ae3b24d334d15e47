/** Goal: a licence file reads back as written and nothing else passes. Method: each member spoilt; random texts. */
import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MalformedId, parseCartSerial } from '@chaperone/domain/id/id.ts';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { MistypedLicenceCode, newLicenceCode } from '@chaperone/domain/licence/licence-code.ts';
import {
  MalformedLicenceFile,
  parseFingerprint,
  readLicenceFile,
  writeLicenceFile,
} from './licence-file.ts';

const licence = {
  serial: parseCartSerial('US-1001'),
  code: newLicenceCode((length) => new Uint8Array(length).fill(9)),
  gateway: { host: '192.0.2.1', port: 443, serverName: 'gateway.test' },
  rootFingerprint: 'ab'.repeat(32),
};

test('a licence file reads back as it was written', () => {
  deepEqual(readLicenceFile(writeLicenceFile(licence)), { version: 1, ...licence });
});

test('each wrong member is refused by its own error', () => {
  const spoilt = (change: object): string => JSON.stringify({ version: 1, ...licence, ...change });
  throws(() => readLicenceFile(spoilt({ serial: '../x' })), MalformedId);
  throws(() => readLicenceFile(spoilt({ code: '00000-00000-00000-00001' })), MistypedLicenceCode);
  for (const change of [
    { rootFingerprint: 'ab' },
    { gateway: { ...licence.gateway, port: 0 } },
    { gateway: { ...licence.gateway, host: '' } },
    { version: 2 },
    { more: true },
  ]) {
    throws(() => readLicenceFile(spoilt(change)), MalformedLicenceFile);
  }
  throws(() => readLicenceFile('{'), MalformedLicenceFile);
  throws(() => readLicenceFile(' '.repeat(5000)), MalformedLicenceFile);
});

test('a fingerprint may be typed with colons, and only its beginning', () => {
  equal(parseFingerprint('AB:CD EF-01 23456789abcdef'), 'abcdef0123456789abcdef');
  for (const wrong of ['', 'abcdef0123456789abc', 'g'.repeat(64), 'a'.repeat(65)]) {
    throws(() => parseFingerprint(wrong), MalformedLicenceFile);
  }
});

test('any text is refused by an expected error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        readLicenceFile(text);
        ok(false, 'it was taken');
      } catch (error) {
        ok(error instanceof DomainError, String(error));
      }
    }),
  );
});
