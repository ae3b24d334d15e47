// Goal: a folder is found whole with its structure, ends whatever a cart says, and no name leads astray. Method: trees by hand
// and by chance, listed by a cart that lies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileEntry, Listing } from '@chaperone/protocol/cart-api/schema.ts';
import fc from 'fast-check';
import { walkFolder } from './folder-walk.ts';

const entry = (name: string, kind: FileEntry['kind'], bytes = 0): FileEntry => ({
  name,
  kind,
  bytes,
  modifiedUtcMs: 0,
});
const whole = (entries: FileEntry[]): Listing => ({ entries, truncated: false });
const listOf = (tree: Readonly<Record<string, FileEntry[]>>) => (path: string) =>
  Promise.resolve(whole(tree[path] ?? []));

test('every file is found with where it lies and where it will lie', async () => {
  const list = listOf({
    'archive/study': [entry('1.dcm', 'file', 10), entry('series', 'directory')],
    'archive/study/series': [entry('2.dcm', 'file', 20), entry('empty', 'directory')],
  });
  assert.deepEqual(await walkFolder('archive/study', 'study', list), [
    { name: '1.dcm', path: 'archive/study/1.dcm', folder: 'study', bytes: 10 },
    { name: '2.dcm', path: 'archive/study/series/2.dcm', folder: 'study/series', bytes: 20 },
  ]);
});

test('a folder without end, of too many files, cut short or named twice is refused', async () => {
  const endless = () => Promise.resolve(whole([entry('again', 'directory')]));
  await assert.rejects(walkFolder('', 'a', endless), { code: 'FOLDER_TOO_LARGE' });
  const wide = () =>
    Promise.resolve(whole(Array.from({ length: 40 }, (_, at) => entry(`d${at}`, 'directory'))));
  await assert.rejects(walkFolder('', 'a', wide), { code: 'FOLDER_TOO_LARGE' });
  const full = () =>
    Promise.resolve(
      whole([
        ...Array.from({ length: 4999 }, (_, at) => entry(`f${at}`, 'file')),
        entry('more', 'directory'),
      ]),
    );
  await assert.rejects(walkFolder('', 'a', full), { code: 'FOLDER_TOO_LARGE' });
  const short = () => Promise.resolve({ entries: [], truncated: true });
  await assert.rejects(walkFolder('', 'a', short), { code: 'FOLDER_TOO_LARGE' });
  const twice = () => Promise.resolve(whole([entry('x', 'file'), entry('x', 'directory')]));
  await assert.rejects(walkFolder('', 'a', twice), { code: 'CART_MISBEHAVED' });
});

test('whatever a cart names, no path that comes out of it leads anywhere else', async () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('..', '.', 'a/b', '/', 'CON', 'x\u0000', 'ok', 'b.dcm'),
  );
  const entries = fc.array(
    fc
      .tuple(name, fc.boolean())
      .map(([each, isFile]) => entry(each, isFile ? 'file' : 'directory')),
    { maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(entries, { maxLength: 5 }), async (listings) => {
      let at = 0;
      const list = () => Promise.resolve(whole(listings[at++] ?? []));
      try {
        for (const { path, folder } of await walkFolder('base', 'top', list)) {
          assert.ok(path.startsWith('base/') && folder.split('/')[0] === 'top');
          assert.ok(!path.split('/').includes('..') && !folder.split('/').includes('..'));
        }
      } catch (refusal) {
        const code = refusal instanceof Error && 'code' in refusal ? String(refusal.code) : refusal;
        assert.ok(code === 'FILE_NAME_REFUSED' || code === 'CART_MISBEHAVED', String(code));
      }
    }),
  );
});
