/**
 * Goal: checkpoints and notes are those of C2SP, and a parser that reads a stranger's note never does worse than
 * refuse. Method: the vector of Go's `sumdb/note`, a key of the Go checksum database, round trips, and
 * random text.
 */
import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64, decodeBase64url, encodeBase64, encodeBase64url } from './base64.ts';
import {
  openCheckpoint,
  parseCheckpointText,
  readCheckpoint,
  signCheckpoint,
} from './checkpoint.ts';
import { NOTE_BYTES_MAX, NoteInvalid, openNote, parseNote, signNote } from './signed-note.ts';
import {
  VerifierKeyMalformed,
  formatVerifierKey,
  parseVerifierKey,
  verifierKeyOf,
} from './verifier-key.ts';
import type { VerifierKey } from './verifier-key.ts';

/** From the documentation of golang.org/x/mod/sumdb/note. */
const GO_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_NOTE = [
  'If you think cryptography is the answer to your problem,',
  "then you don't know what your problem is.",
  '',
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=',
  '',
].join('\n');
const SUM_GOLANG_ORG = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';

interface Signer {
  readonly key: VerifierKey;
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>;
}

function newSigner(name: string): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return {
    key: verifierKeyOf(name, raw),
    sign: async (message) => Uint8Array.from(sign(null, message, privateKey)),
  };
}
const signer = newSigner('gateway.example/chaperone-ledger');
const witness = newSigner('witness.example');
const checkpoint = { origin: signer.key.name, size: 7, root: new Uint8Array(32).fill(3) };

describe('C2SP signed-note', () => {
  test("opens the note of Go's documentation", async () => {
    const text = await openNote(GO_NOTE, parseVerifierKey(GO_KEY));
    equal(text.split('\n')[1], "then you don't know what your problem is.");
    await rejects(
      openNote(GO_NOTE.replace('answer', 'Answer'), parseVerifierKey(GO_KEY)),
      NoteInvalid,
    );
  });

  test('reads verifier keys and notices a wrong character', () => {
    for (const text of [GO_KEY, SUM_GOLANG_ORG])
      equal(formatVerifierKey(parseVerifierKey(text)), text);
    throws(
      () => parseVerifierKey(SUM_GOLANG_ORG.replace('033de0ae', '033de0af')),
      VerifierKeyMalformed,
    );
    throws(() => parseVerifierKey(SUM_GOLANG_ORG.replace('sum.', 'mus.')), VerifierKeyMalformed);
    throws(() => verifierKeyOf('with space', new Uint8Array(32)), VerifierKeyMalformed);
    throws(() => verifierKeyOf('with+plus', new Uint8Array(32)), VerifierKeyMalformed);
  });

  test('what one signs, another with the same name cannot have signed', async () => {
    const note = await signNote('text\n', signer.key, signer.sign);
    equal(await openNote(note, signer.key), 'text\n');
    await rejects(openNote(note, newSigner(signer.key.name).key), NoteInvalid);
  });

  test("passes over other signers' lines", async () => {
    const note = await signNote('text\n', signer.key, signer.sign);
    const cosigned = await signNote('text\n', witness.key, witness.sign);
    const both = note + cosigned.slice(cosigned.lastIndexOf('— '));
    equal(parseNote(both).signatures.length, 2);
    for (const { key } of [signer, witness]) equal(await openNote(both, key), 'text\n');
  });

  test('any changed character is noticed', async () => {
    const note = await signNote('one\ntwo\n', signer.key, signer.sign);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: note.length - 1 }),
        fc.string({ minLength: 1, maxLength: 1 }),
        async (at, put) => {
          const changed = note.slice(0, at) + put + note.slice(at + 1);
          if (changed !== note) await rejects(openNote(changed, signer.key), NoteInvalid);
        },
      ),
    );
  });

  test('random text is refused, never more', () => {
    const piece = fc.constantFrom(
      '— ',
      '\n',
      '\n\n',
      'a',
      ' AAAAAAAAAA==',
      GO_NOTE,
      '\u0000',
      '\ud800',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((all) => all.join('')),
        ),
        (text) => {
          try {
            parseNote(text);
          } catch (fault) {
            if (!(fault instanceof NoteInvalid)) throw fault;
          }
        },
      ),
    );
    throws(() => parseNote('a'.repeat(NOTE_BYTES_MAX + 1)), NoteInvalid);
    throws(() => parseNote(`a\n\n${GO_NOTE.split('\n\n')[1]?.repeat(17) ?? ''}`), NoteInvalid);
  });
});

describe('C2SP tlog-checkpoint', () => {
  test('round trip, also with extension lines', async () => {
    const note = await signCheckpoint(checkpoint, signer.key, signer.sign);
    deepEqual(await openCheckpoint(note, signer.key), checkpoint);
    deepEqual(readCheckpoint(note), checkpoint);
    equal(note.split('\n').slice(0, 2).join('|'), 'gateway.example/chaperone-ledger|7');
    deepEqual(parseCheckpointText(`o\n7\n${encodeBase64(checkpoint.root)}\nextension\n`).size, 7);
  });

  test('the checkpoint of another log is refused, though well signed', async () => {
    const note = await signCheckpoint(
      { ...checkpoint, origin: 'elsewhere' },
      signer.key,
      signer.sign,
    );
    await rejects(openCheckpoint(note, signer.key), NoteInvalid);
  });

  test('wrong forms', () => {
    const hash = encodeBase64(checkpoint.root);
    const wrong = [
      `\n7\n${hash}\n`,
      `o\n07\n${hash}\n`,
      `o\n-7\n${hash}\n`,
      `o\n7\n${hash.slice(4)}\n`,
      `o\n7\n${hash}`,
      `o\n7\n${hash}\n\n`,
      `o\n9999999999999999\n${hash}\n`,
      '',
    ];
    for (const text of wrong)
      throws(() => parseCheckpointText(text), NoteInvalid, JSON.stringify(text));
  });
});

test('base64 has one text for each value', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      deepEqual(decodeBase64(encodeBase64(bytes)), bytes);
      deepEqual(decodeBase64url(encodeBase64url(bytes)), bytes);
      equal(encodeBase64url(bytes), Buffer.from(bytes).toString('base64url'));
    }),
  );
  for (const text of ['AB==', 'AA', 'A', 'AA== ', 'A-==', '===='])
    equal(decodeBase64(text), undefined);
  for (const text of ['AB', 'AA==', 'A', '+A']) equal(decodeBase64url(text), undefined);
});
