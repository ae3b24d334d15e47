/**
 * Goal: a staged file continues from what is on the disk, whatever was cut off or damaged, and its plain bytes are
 * never there. Method: random contents in random pieces; after random pieces the file is left as a crash would leave it
 * (cut anywhere, or with a flipped byte) and opened again.
 */
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { newId } from '@chaperone/domain/id/id.ts';
import { BLOCK_BYTES } from '@chaperone/domain/transfer/block.ts';
import fc from 'fast-check';
import { systemRandom } from '../../platform/random/random.ts';
import { deriveCaseKeys } from '../keyring/case-keys.ts';
import { contentOf as randomContent } from '../testing/content.ts';
import { openRecordStore } from '../record-store/record-store.ts';
import { readSealedFile } from './sealed-file.ts';
import { StagedFile } from './staged-file.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'chaperone-staged-'));
after(() => rmSync(directory, { recursive: true }));
const keys = deriveCaseKeys(newId('case', systemRandom), systemRandom(32));
const CONTENT = randomContent(400_000);
let files = 0;
const newFile = (): string => path.join(directory, `${(files += 1)}.age`);

const store = await openRecordStore({ kind: 'directory' }, directory);

/** Reads a whole file as the record that it would become. */
async function contentOf(file: string, bytes: number, offset = 0, length = bytes): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const place = { caseId: keys.caseId, recordId: newId('record', systemRandom) };
  await store.makeRoom(place.caseId);
  copyFileSync(file, path.join(directory, 'records', place.caseId, `${place.recordId}.age`));
  const sealed = { store, place, keys, bytes };
  for await (const part of readSealedFile(sealed, { offset, length }))
    parts.push(Uint8Array.from(part));
  return Buffer.concat(parts);
}

/** What happens between two pieces: nothing, an orderly break, or a crash that leaves part of the file. */
type Event = 'none' | 'suspend' | { readonly kind: 'cut' | 'flip'; readonly at: number };
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Event>('none', 'suspend') },
  fc.record({
    kind: fc.constantFrom('cut' as const, 'flip' as const),
    at: fc.nat({ max: 400_000 }),
  }),
);
const step = fc.record({
  bytes: fc.oneof(fc.nat({ max: 5000 }), fc.constantFrom(65_535, 65_536, 65_537, 131_072, 200_000)),
  event,
});

test('any content in any pieces survives any breaks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 400_000 }),
      fc.array(step, { maxLength: 12 }),
      async (bytes, steps) => {
        const content = CONTENT.subarray(0, bytes);
        let file = newFile();
        let staged = await StagedFile.open(file, keys, systemRandom);
        for (const { bytes: piece, event: happens } of steps) {
          const at = staged.receivedBytes;
          await staged.append(content.subarray(at, at + piece));
          if (happens === 'none') continue;
          // What a killed program leaves is what it had written: a copy, while the old one still has its file.
          const left = newFile();
          copyFileSync(file, left);
          await staged.suspend();
          file = left;
          if (happens !== 'suspend') damage(file, happens);
          staged = await StagedFile.open(file, keys, systemRandom);
          ok(staged.receivedBytes <= at + piece);
        }
        await staged.append(content.subarray(staged.receivedBytes));
        equal(staged.receivedBytes, bytes);
        if (staged.isSpoilt)
          staged = await staged.mended(spoiltBlocks(staged, content), systemRandom);
        equal(staged.digest(), createHash('sha256').update(content).digest('base64url'));
        await staged.complete();
        deepEqual(await contentOf(file, bytes), content);
      },
    ),
    { numRuns: 60 },
  );
});

function spoiltBlocks(
  { openedBlocks }: StagedFile,
  content: Buffer,
): Map<number, () => Promise<Uint8Array>> {
  const spoilt = openedBlocks.flatMap((digest, index) => (digest === null ? [index] : []));
  return new Map(
    spoilt.map((index) => {
      const block = content.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES);
      return [index, () => Promise.resolve(block)];
    }),
  );
}

test('a block that the disk spoilt is found, and it alone is replaced; nothing is sealed twice in one place', async () => {
  const content = randomContent(3 * BLOCK_BYTES + 100_000);
  const file = newFile();
  const first = await StagedFile.open(file, keys, systemRandom);
  await first.append(content);
  await first.suspend();
  damage(file, { kind: 'flip', at: BLOCK_BYTES + BLOCK_BYTES / 2 });
  const before = readFileSync(file);
  const staged = await StagedFile.open(file, keys, systemRandom);
  const asked: number[] = [];
  const expected = [0, 1, 2, 3].map((index) => {
    const end = Math.min((index + 1) * BLOCK_BYTES, staged.receivedBytes);
    return createHash('sha256')
      .update(content.subarray(index * BLOCK_BYTES, end))
      .digest();
  });
  deepEqual(staged.openedBlocks, [expected[0], null, expected[2], expected[3]]);
  equal(staged.isSpoilt, true);
  await staged.append(content.subarray(staged.receivedBytes));
  const failing = new Map([[1, () => Promise.reject(new Error('the line went down'))]]);
  await rejects(staged.mended(failing, systemRandom), /the line went down/);
  equal(existsSync(`${file}.mended`), false);
  const block = content.subarray(BLOCK_BYTES, 2 * BLOCK_BYTES);
  const give = async (): Promise<Uint8Array> => (asked.push(1), await Promise.resolve(block));
  const mended = await staged.mended(new Map([[1, give]]), systemRandom);
  deepEqual(asked, [1]);
  equal(mended.digest(), createHash('sha256').update(content).digest('base64url'));
  await mended.complete();
  const after = readFileSync(file);
  // Another file key: no chunk of before stands there again.
  equal(after.includes(before.subarray(1000, 1064)), false);
  deepEqual(await contentOf(file, content.length), content);
});

function damage(
  file: string,
  { kind, at }: { readonly kind: 'cut' | 'flip'; readonly at: number },
): void {
  const { size } = statSync(file);
  if (kind === 'cut') truncateSync(file, at % (size + 1));
  else {
    const bytes = readFileSync(file);
    bytes[at % size] = (bytes[at % size] ?? 0) ^ 0x10;
    writeFileSync(file, bytes);
  }
}

test('a file that lacked only its name is begun again at its last chunk', async () => {
  const file = newFile();
  const staged = await StagedFile.open(file, keys, systemRandom);
  await staged.append(CONTENT.subarray(0, 131_072));
  await staged.complete();
  const again = await StagedFile.open(file, keys, systemRandom);
  equal(again.receivedBytes, 65_536);
  await again.append(CONTENT.subarray(65_536, 131_072));
  await again.complete();
  deepEqual(await contentOf(file, 131_072), CONTENT.subarray(0, 131_072));
});

test('any part is read as it is', async () => {
  const file = newFile();
  const staged = await StagedFile.open(file, keys, systemRandom);
  await staged.append(CONTENT);
  await staged.complete();
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 400_000 }), fc.nat({ max: 400_000 }), async (offset, wanted) => {
      const length = Math.min(wanted, 400_000 - offset);
      deepEqual(
        await contentOf(file, 400_000, offset, length),
        CONTENT.subarray(offset, offset + length),
      );
    }),
    { numRuns: 40 },
  );
});

test('no plain byte is on the disk', async () => {
  const file = newFile();
  const staged = await StagedFile.open(file, keys, systemRandom);
  const marker = Buffer.from('PATIENT NAME '.repeat(30_000));
  await staged.append(marker);
  await staged.suspend();
  equal(readFileSync(file).includes('PATIENT NAME'), false);
});

test('a file that cannot be begun is not left behind, one that was there stays', async () => {
  const file = newFile();
  const refuse = (): never => {
    throw new Error('no chance');
  };
  await rejects(StagedFile.open(file, keys, refuse), /no chance/);
  equal(existsSync(file), false);
  const staged = await StagedFile.open(file, keys, systemRandom);
  await staged.append(CONTENT);
  await staged.suspend();
  await (await StagedFile.open(file, keys, refuse)).suspend();
  ok(existsSync(file));
});
