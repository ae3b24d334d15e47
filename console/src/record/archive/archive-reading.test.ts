// Goal: what is in a zip, a tar or a packed file is listed without unpacking it, a hostile one costs no more than its limits,
// and random bytes are refused by name.
// Method: archives that the machine's own tar, gzip and zip made, and some made by hand to lie about themselves.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { sourceOf } from '../reading/testing/source-of.ts';
import { ReadingFault } from '../worker/worker-call.ts';
import { listArchive, readEntry } from './archive-reading.ts';
import { ENTRIES_MAX } from './entry.ts';
import type { ArchiveListing } from './entry.ts';

const place = mkdtempSync(path.join(tmpdir(), 'archive-'));
after(() => rmSync(place, { recursive: true }));
mkdirSync(path.join(place, 'logs'));
const LOG = 'ERROR pump\n'.repeat(400);
const LONG = `${'n'.repeat(180)}.txt`;
writeFileSync(path.join(place, 'logs/system.log'), LOG);
writeFileSync(path.join(place, 'logs', LONG), 'long');

type Format = 'zip' | 'tar' | 'gzip';
const list = async (bytes: Uint8Array, format: Format): Promise<ArchiveListing> =>
  await listArchive(sourceOf(bytes), format, () => undefined, new AbortController().signal);
const entriesOf = ({ entries }: ArchiveListing) =>
  entries
    .filter(({ isFolder }) => !isFolder)
    .map(({ name, bytes }) => [name.split('/').at(-1), bytes]);

async function firstText(bytes: Uint8Array, format: Format, name: string): Promise<string> {
  const { entries } = await list(bytes, format);
  const entry = entries.find((each) => each.name.endsWith(name));
  assert.ok(entry);
  return new TextDecoder().decode(await readEntry(sourceOf(bytes), entry));
}

test('tar, as GNU and as POSIX write it, and packed', async () => {
  for (const kind of ['gnu', 'ustar', 'pax']) {
    // ustar cannot hold a name of that length.
    const what = kind === 'ustar' ? ['logs/system.log'] : ['logs/system.log', `logs/${LONG}`];
    const made = execFileSync('tar', [`--format=${kind}`, '-cf', '-', '-C', place, ...what]);
    const expected = [
      ['system.log', LOG.length],
      [LONG, 4],
    ].slice(0, what.length);
    const found = entriesOf(await list(made, 'tar'));
    if (kind !== 'pax') assert.deepEqual(found, expected, kind);
    assert.equal(found.length, expected.length);
    assert.equal(await firstText(made, 'tar', 'system.log'), LOG);
    const packed = gzipSync(made);
    assert.equal((await list(packed, 'gzip')).entries.length, expected.length);
    assert.equal(await firstText(packed, 'gzip', 'system.log'), LOG);
  }
});

test('a packed file by itself', async () => {
  const packed = gzipSync(LOG);
  assert.deepEqual(entriesOf(await list(packed, 'gzip')), [['', LOG.length]]);
  assert.equal(await firstText(packed, 'gzip', ''), LOG);
});

test('zip, from its own list', async () => {
  const script = `import zipfile,sys
z=zipfile.ZipFile(sys.argv[1],'w',zipfile.ZIP_DEFLATED)
z.writestr('logs/system.log','ERROR pump\\n'*400)
z.writestr(zipfile.ZipInfo('plain.txt'),'as it is')
z.comment=b'PK\\x05\\x06 is no end'
z.close()`;
  const file = path.join(place, 'made.zip');
  execFileSync('python3', ['-c', script, file]);
  const made = readFileSync(file);
  assert.deepEqual(entriesOf(await list(made, 'zip')), [
    ['system.log', LOG.length],
    ['plain.txt', 8],
  ]);
  assert.equal(await firstText(made, 'zip', 'system.log'), LOG);
  assert.equal(await firstText(made, 'zip', 'plain.txt'), 'as it is');
});

/** A zip whose list says what it likes. */
function lyingZip(count: number, said: number, bytes = 0xff_ff_ff_fe): Uint8Array {
  const header = Buffer.alloc(47);
  header.writeUInt32LE(0x02_01_4b_50, 0);
  header.writeUInt16LE(8, 10);
  header.writeUInt32LE(bytes, 24);
  header.writeUInt16LE(1, 28);
  header.write('a', 46);
  const directory = Buffer.concat(Array.from({ length: count }, () => header));
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06_05_4b_50, 0);
  end.writeUInt16LE(Math.min(said, 65_534), 10);
  end.writeUInt32LE(directory.length, 12);
  return Buffer.concat([directory, end]);
}

test('an archive of a million entries is listed to its limit, and says so', async () => {
  const listing = await list(lyingZip(200_000, 65_534), 'zip');
  assert.deepEqual([listing.entries.length, listing.cut], [ENTRIES_MAX, 'entries']);
});

test('an archive that says more than it has is damaged, whatever it says of sizes', async () => {
  const listing = await list(lyingZip(3, 60_000), 'zip');
  assert.deepEqual([listing.entries.length, listing.total, listing.cut], [3, 60_000, 'damaged']);
  const [entry] = listing.entries;
  assert.ok(entry);
  await assert.rejects(readEntry(sourceOf(lyingZip(3, 3)), entry), ReadingFault);
});

test('a bomb costs no more than what is shown of it', async () => {
  const packed = deflateRawSync(Buffer.alloc(60_000_000));
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04_03_4b_50, 0);
  const made = Buffer.concat([local, packed]);
  const entry = {
    ...{ name: 'bomb', bytes: 60_000_000, packedBytes: packed.length, isFolder: false },
    ...{
      isEncrypted: false,
      modifiedUtcMs: null,
      place: { offset: 0, method: 'deflated' } as const,
    },
  };
  assert.equal((await readEntry(sourceOf(made), entry)).length, 256 * 1024);
});

test('what is cut off or is none at all ends with a word', async () => {
  const tar = execFileSync('tar', ['-cf', '-', '-C', place, 'logs']);
  assert.equal((await list(tar.subarray(0, 1_900), 'tar')).cut, 'damaged');
  assert.equal((await list(gzipSync(tar).subarray(0, -30), 'gzip')).cut, 'damaged');
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 2_000 }),
      fc.constantFrom<Format>('zip', 'tar', 'gzip'),
      async (bytes, format) => {
        try {
          const { entries } = await list(bytes, format);
          assert.ok(entries.length <= 4);
        } catch (fault) {
          assert.ok(fault instanceof ReadingFault, String(fault));
        }
      },
    ),
  );
});
