/**
 * Goal: our files are age v1 files, and an altered one is never taken for whole. Method: npm's `age-encryption` and
 * Debian's `age` open what we seal and the reverse; random headers and flipped bits.
 */
import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { Decrypter, Encrypter } from 'age-encryption';
import fc from 'fast-check';
import { seededRandom, systemRandom } from '../../platform/random/random.ts';
import { identityText, recipientText } from '../testing/bech32.ts';
import { HEADER_BYTES_MAX, parseHeader, writeHeader } from './age-header.ts';
import {
  AgeHeaderMalformed,
  CHUNK_BYTES,
  SEALED_CHUNK_BYTES,
  beginFile,
  openFile,
  recipientOf,
  sealChunk,
  sealedSizeOf,
  unsealChunk,
} from './age.ts';

const identity = systemRandom(32);
const keys = { identity, recipient: recipientOf(identity) };
const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-age-'));
after(() => rmSync(directory, { recursive: true }));

function seal(plain: Uint8Array): Buffer {
  const { start, payload } = beginFile(keys.recipient, systemRandom);
  const { chunks, sealedBytes } = sealedSizeOf(plain.length);
  const parts: Buffer[] = [start];
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const part = plain.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES);
    parts.push(...sealChunk(payload, chunk, chunk === chunks - 1, part));
  }
  const file = Buffer.concat(parts);
  equal(file.length, start.length + sealedBytes);
  return file;
}

/** Unseals a whole file, or says that it is damaged. */
function unseal(file: Uint8Array): Buffer | 'damaged' {
  let payload;
  try {
    payload = openFile(file, keys);
  } catch (fault) {
    if (!(fault instanceof AgeHeaderMalformed)) throw fault;
  }
  if (payload === undefined) return 'damaged';
  const parts: Buffer[] = [];
  const body = file.subarray(payload.startBytes);
  const chunks = Math.ceil(body.length / SEALED_CHUNK_BYTES);
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const part = body.subarray(chunk * SEALED_CHUNK_BYTES, (chunk + 1) * SEALED_CHUNK_BYTES);
    const plain = unsealChunk(payload, chunk, chunk === chunks - 1, part);
    if (plain === undefined) return 'damaged';
    parts.push(plain);
  }
  return chunks === 0 ? 'damaged' : Buffer.concat(parts);
}

const SIZES = [0, 1, 65_535, 65_536, 65_537, 131_072, 300_000];
const random = seededRandom('age');

describe('interoperability', () => {
  for (const bytes of SIZES) {
    const plain = Buffer.from(random(bytes));
    test(`npm age-encryption, both ways, ${bytes} bytes`, async () => {
      const decrypter = new Decrypter();
      decrypter.addIdentity(identityText(identity));
      deepEqual(Buffer.from(await decrypter.decrypt(seal(plain))), plain);
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipientText(keys.recipient));
      deepEqual(unseal(await encrypter.encrypt(plain)), plain);
    });

    test(`Debian's age, both ways, ${bytes} bytes`, () => {
      const at = (name: string): string => path.join(directory, name);
      writeFileSync(at('identity'), `${identityText(identity)}\n`);
      writeFileSync(at('sealed'), seal(plain));
      deepEqual(execFileSync('/usr/bin/age', ['-d', '-i', at('identity'), at('sealed')]), plain);
      writeFileSync(at('plain'), plain);
      execFileSync('/usr/bin/age', [
        '-r',
        recipientText(keys.recipient),
        '-o',
        at('theirs'),
        at('plain'),
      ]);
      deepEqual(unseal(readFileSync(at('theirs'))), plain);
      rmSync(at('theirs'));
    });
  }
});

test('a flipped bit, a cut, a lengthened or reordered file is damaged', () => {
  const plain = random(200_000);
  const file = seal(plain);
  fc.assert(
    fc.property(fc.nat({ max: file.length - 1 }), fc.nat({ max: 7 }), (at, bit) => {
      const flipped = Buffer.from(file);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      equal(unseal(flipped), 'damaged');
      if (at > 0) equal(unseal(file.subarray(0, at)), 'damaged');
    }),
  );
  equal(unseal(Buffer.concat([file, Buffer.of(0)])), 'damaged');
  const start = file.length - sealedSizeOf(200_000).sealedBytes;
  equal(unseal(file.subarray(0, start + 2 * SEALED_CHUNK_BYTES)), 'damaged');
  const [one, two] = [0, 1].map((at) =>
    file.subarray(start + at * SEALED_CHUNK_BYTES, start + (at + 1) * SEALED_CHUNK_BYTES),
  );
  ok(one !== undefined && two !== undefined);
  const rest = file.subarray(start + 2 * SEALED_CHUNK_BYTES);
  equal(unseal(Buffer.concat([file.subarray(0, start), two, one, rest])), 'damaged');
});

test('a file for somebody else is not opened', () => {
  const other = systemRandom(32);
  equal(openFile(seal(random(10)), { identity: other, recipient: recipientOf(other) }), undefined);
});

describe('header', () => {
  const args = fc.array(
    fc.string({ unit: fc.constantFrom('a', 'B', '0', '+', '-', '>'), minLength: 1 }),
    { maxLength: 3 },
  );
  const stanza = fc.record(
    {
      type: fc.constantFrom('X25519', 'scrypt', 'x'),
      arguments: args,
      body: fc.uint8Array({ maxLength: 100 }),
    },
    { noNullPrototype: true },
  );

  test('what is written is read', () => {
    fc.assert(
      fc.property(
        fc.array(stanza, { minLength: 1, maxLength: 5 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        (stanzas, key) => {
          const text = writeHeader(stanzas, key);
          const header = parseHeader(Buffer.from(`${text}payload`));
          deepEqual(header.stanzas, stanzas);
          equal(header.bytes, text.length);
          ok(text.startsWith(header.covered) && header.covered.endsWith('---'));
        },
      ),
    );
  });

  test('anything else is refused, never more', () => {
    const piece = fc.constantFrom(
      'age-encryption.org/v1\n',
      '-> X25519 AAAA\n',
      'A'.repeat(64),
      '\n',
      '--- ',
      'AAAA',
      ' ',
      '\u0000',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (each) => {
        try {
          parseHeader(Buffer.from(each));
        } catch (fault) {
          if (!(fault instanceof AgeHeaderMalformed)) throw fault;
        }
      }),
    );
    const long = `age-encryption.org/v1\n-> x ${'a'.repeat(HEADER_BYTES_MAX)}\n\n--- AAAA\n`;
    throws(() => parseHeader(Buffer.from(long)), AgeHeaderMalformed);
    const many = `age-encryption.org/v1\n${'-> x\n\n'.repeat(17)}--- ${'A'.repeat(43)}\n`;
    throws(() => parseHeader(Buffer.from(many)), AgeHeaderMalformed);
    throws(
      () => parseHeader(Buffer.from(`age-encryption.org/v1\n--- ${'A'.repeat(43)}\n`)),
      AgeHeaderMalformed,
    );
  });
});
