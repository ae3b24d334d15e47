/**
 * Goal: tiles and cosignatures are those of C2SP, so that other programs read them. Method: the specification's own examples, and
 * properties over many trees.
 */
import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { createPublicKey, createPrivateKey, sign } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { readAddCheckpoint, writeAddCheckpoint } from './add-checkpoint.ts';
import { cosign, openCosignature, witnessKeyOf } from './cosignature.ts';
import { MalformedTree } from './malformed-tree.ts';
import { NoteInvalid, openNote } from './signed-note.ts';
import {
  TileUnknown,
  hashesAt,
  isInTree,
  parseTilePath,
  readEntryBundle,
  tilePath,
  tilesOf,
  writeEntryBundle,
} from './tile.ts';
import { formatVerifierKey, parseVerifierKey } from './verifier-key.ts';

test('C2SP tlog-tiles, "Merkle Tree": paths', () => {
  equal(tilePath({ level: 0, index: 1_234_067, width: 256 }), 'tile/0/x001/x234/067');
  equal(tilePath({ level: 1, index: 0, width: 17 }), 'tile/1/000.p/17');
  equal(tilePath({ level: 'entries', index: 1_000, width: 256 }), 'tile/entries/x001/000');
  // "a Merkle tree of size 70,000 is represented by 273 full level 0 tiles, one partial of 112, …"
  const names = [0, 1, 2].flatMap((level) => tilesOf(level, 70_000).map(tilePath));
  equal(names.filter((name) => name.startsWith('tile/0/') && !name.includes('.p')).length, 273);
  deepEqual(
    names.filter((name) => name.includes('.p')),
    ['tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1'],
  );
});

test('each tile has one path, and no other text is one', () => {
  const tiles = fc.record({
    level: fc.constantFrom(0, 1, 2, 3, 4, 5, 'entries' as const),
    index: fc.nat({ max: 2 ** 39 }),
    width: fc.integer({ min: 1, max: 256 }),
  });
  fc.assert(fc.property(tiles, (tile) => deepEqual(parseTilePath(tilePath(tile)), { ...tile })));
  for (const path of [
    '',
    'tile/0/1',
    'tile/0/0001',
    'tile/0/x000/001',
    'tile/0/000.p/256',
    'tile/0/000.p/0',
    'tile/6/000',
    'tile/0/000/',
    'tile/0/../000',
    `tile/0/${'x001/'.repeat(9)}000`,
  ])
    throws(() => parseTilePath(path), TileUnknown, path);
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseTilePath(text);
      } catch (fault) {
        equal(fault instanceof TileUnknown, true);
      }
    }),
  );
});

test('a tree has exactly the tiles that hold its hashes', () => {
  fc.assert(
    fc.property(fc.nat({ max: 200_000 }), fc.integer({ min: 0, max: 3 }), (size, level) => {
      const tiles = tilesOf(level, size);
      equal(
        tiles.reduce((sum, { width }) => sum + width, 0),
        hashesAt(level, size),
      );
      for (const tile of tiles) equal(isInTree(tile, size), true);
      const last = tiles.at(-1) ?? { level, index: 0, width: 0 };
      equal(isInTree({ ...last, width: last.width + 1 }, size), false);
    }),
  );
});

test('bundles of entries are read as they were written, and a cut one is none', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 50 }), { minLength: 1, maxLength: 20 }),
      (lines) => {
        const bundle = writeEntryBundle(lines);
        const read = readEntryBundle(bundle).map((bytes) => new TextDecoder().decode(bytes));
        deepEqual(
          read,
          lines.map((line) => new TextDecoder().decode(new TextEncoder().encode(line))),
        );
        if (bundle.length > 2) throws(() => readEntryBundle(bundle.subarray(0, -1)), TileUnknown);
      },
    ),
  );
});

/** RFC 8032 §7.1, test 1: a private key that everybody knows. */
const SEED = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
const privateKey = createPrivateKey({
  key: Buffer.from(`302e020100300506032b657004220420${SEED}`, 'hex'),
  format: 'der',
  type: 'pkcs8',
});
const publicKey = Uint8Array.from(
  Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url'),
);

test('C2SP tlog-cosignature: the signed message, the bytes of the line, the type of the key', async () => {
  const key = witnessKeyOf('witness.example.com/w1', publicKey);
  const text =
    'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
  const line = await cosign(text, key, 1_679_315_147, async (message) => {
    equal(
      new TextDecoder().decode(message),
      'cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n' +
        'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    );
    return Uint8Array.from(sign(null, message, privateKey));
  });
  const blob = Buffer.from(line.trim().split(' ').at(-1) ?? '', 'base64');
  equal(blob.length, 4 + 8 + 64);
  equal(blob.readBigUInt64BE(4), 1_679_315_147n);
  const vkey = formatVerifierKey(key);
  equal(Buffer.from(vkey.split('+')[2] ?? '', 'base64')[0], 0x04);
  deepEqual(parseVerifierKey(vkey), key);
  const note = `${text}\n${line}`;
  deepEqual(await openCosignature(note, key), { witness: key.name, seenUtcS: 1_679_315_147 });
  // A cosignature is no signature of a log, whatever the key is called.
  await rejects(openNote(note, key), NoteInvalid);
  await rejects(openCosignature(note.replace('20852163', '20852164'), key), NoteInvalid);
});

test('C2SP tlog-witness, "add-checkpoint": the body, and nothing else', () => {
  const proof = [new Uint8Array(32), new Uint8Array(32).fill(1)];
  const body = writeAddCheckpoint({ old: 20_852_014, proof, checkpoint: 'note\n' });
  equal(body.split('\n').slice(0, 4).at(0), 'old 20852014');
  deepEqual(readAddCheckpoint(body), { old: 20_852_014, proof, checkpoint: 'note\n' });
  for (const text of ['old 1', 'old 01\n\nx', 'old 1\nAA==\n\nx', 'new 1\n\nx'])
    throws(() => readAddCheckpoint(text), MalformedTree, text);
});
