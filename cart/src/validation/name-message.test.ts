/**
 * Goal: what a name server answers is read as RFC 1035, 2308 and 8914 have it, and nothing that it sends does more than be refused.
 * Method: answers written by hand, byte by byte; arbitrary bytes (fast-check). That real servers are understood is shown by the
 * table of broken networks (test/network/broken-networks.test.ts).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MalformedNameMessage, readNameMessage, writeNameQuestion } from './name-message.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/[^0-9a-f]/g, ''), 'hex');

test('RFC 1035 §4.1: a question has one name, wants recursion, and offers EDNS', () => {
  assert.deepEqual(
    writeNameQuestion(0xabcd, 'a.test'),
    hex(
      'abcd 0100 0001 0000 0000 0001  01 61 04 74657374 00  0001 0001  00 0029 04d0 00000000 0000',
    ),
  );
});

test('RFC 1035 §4.1.4: the addresses of an answer are read behind an alias and pointers', () => {
  const message = readNameMessage(
    hex(`abcd 8180 0001 0002 0000 0000  01 61 04 74657374 00 0001 0001
      c00c 0005 0001 00000001 0004 0162 c00e
      c01e 0001 0001 00000001 0004 c6336409`),
  );
  assert.deepEqual(message, {
    id: 0xabcd,
    isTruncated: false,
    responseCode: 0,
    addresses: ['198.51.100.9'],
    zone: null,
    extended: null,
  });
});

test('RFC 2308 §2.1 and RFC 8914 §2: who denies a name, and why, is read', () => {
  const message = readNameMessage(
    hex(`abcd 8183 0001 0000 0001 0001  01 61 04 74657374 00 0001 0001
      c00e 0006 0001 00000001 0000
      00 0029 04d0 00000000 0006 000f 0002 000f`),
  );
  assert.equal(message.responseCode, 3);
  assert.equal(message.zone, 'test');
  assert.equal(message.extended, 15);
});

test('a name that points at itself, a record that ends too early and a question are refused', () => {
  for (const bad of [
    'abcd 8180 0001 0000 0000 0000  c00c 0001 0001',
    'abcd 8180 0000 0001 0000 0000  00 0001 0001 00000001 0004 c633',
    'abcd 0100 0001 0000 0000 0000  01 61 00 0001 0001',
    'abcd 8180 0000 ffff 0000 0000',
    'abcd',
  ])
    assert.throws(() => readNameMessage(hex(bad)), MalformedNameMessage, bad);
});

test('arbitrary bytes are read within the limits or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      bytes[2] = (bytes[2] ?? 0) | 0x80;
      try {
        assert.ok(readNameMessage(bytes).addresses.length <= 8);
      } catch (fault) {
        assert.ok(fault instanceof MalformedNameMessage);
      }
    }),
  );
});
