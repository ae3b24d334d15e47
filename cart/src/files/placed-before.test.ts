// Goal: a file that was placed just before the agent ended is recognised as the one that is sent again, named once, and by nothing but all of
// its content; whatever else has its name is not touched. Method: real inboxes, agents that start anew, files that differ by one bit.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  link,
  mkdir,
  readFile,
  readdir,
  rename,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import { readReceiptFile } from '@chaperone/protocol/receipt/receipt-files.ts';
import { MovedFiles } from '../session/moved-files.ts';
import {
  RecordingRight,
  announced,
  announcedInBlocks,
  digest,
  startFiles,
} from './testing/files-bench.ts';

const CONTENT = randomBytes(2_500_000);

function receiptOf(right: RecordingRight) {
  const moved = new MovedFiles({ randomBytes, utcMs: () => 5 });
  for (const file of right.settledFiles) moved.note(file);
  return moved.list().lines.map((line) => readReceiptFile(line));
}

test('what an agent placed before it ended is done when its desk goes on with it, once in journal and receipt', async (t) => {
  const { inbox, files, right, open } = await startFiles(t);
  const file = announcedInBlocks('tool.bin', CONTENT, 'kit/new');
  await files.announce(file, right);
  await files.write(file.transfer, 0, Readable.from([CONTENT]), right);
  assert.deepEqual(right.kinds(), ['file-placed']);
  // The answer was lost with the agent.
  const next = await open();
  const later = new RecordingRight();
  const { isNew, progress } = await next.announce(file, later);
  assert.deepEqual(
    [isNew, progress],
    [true, { transfer: file.transfer, received: CONTENT.length, state: 'placed' }],
  );
  assert.deepEqual(await next.announce(file, later), { isNew: false, progress });
  assert.deepEqual(next.progress(file.transfer), progress);
  assert.deepEqual(later.kinds(), ['file-recognised']);
  assert.equal(later.files, 1);
  const rows = receiptOf(later).map((row) => [row?.name, row?.outcome, row?.bytes, row?.sha256]);
  const sha256 = Buffer.from(digest(CONTENT), 'base64').toString('base64url');
  assert.deepEqual(rows, [['kit/new/tool.bin', 'whole', CONTENT.length, sha256]]);
  assert.equal(next.transfers().at(-1)?.state, 'done');
  assert.ok((await readFile(path.join(inbox, 'kit/new/tool.bin'))).equals(CONTENT));
  await next.endSession();
  assert.deepEqual(await readdir(inbox, { recursive: true }), [
    'kit',
    'kit/new',
    'kit/new/tool.bin',
  ]);
});

test('one that has both names, because the agent ended between giving it the second and taking the first, is left with its own', async (t) => {
  const { inbox, files, right, open } = await startFiles(t);
  const file = announcedInBlocks('a', CONTENT);
  await files.announce(file, right);
  await files.write(file.transfer, 0, Readable.from([CONTENT]), right);
  await link(path.join(inbox, 'a'), path.join(inbox, `.chaperone-staging-${file.transfer}`));
  const next = await open();
  assert.equal((await readdir(inbox)).length, 2);
  assert.equal((await next.announce(file, new RecordingRight())).progress.state, 'placed');
  assert.deepEqual(await readdir(inbox), ['a']);
});

test('a desk of version 1, and an empty file, too', async (t) => {
  const { inbox, files } = await startFiles(t);
  for (const content of [CONTENT, Buffer.alloc(0)]) {
    const file = announced(`of ${content.length}`, content);
    await writeFile(path.join(inbox, file.name), content);
    const right = new RecordingRight();
    assert.equal((await files.announce(file, right)).progress.state, 'placed');
    assert.deepEqual(right.kinds(), ['file-recognised']);
  }
});

test('another file of that name stays what it is, whatever it has in common with the one that is sent', async (t) => {
  const { directory, inbox, files, right } = await startFiles(t);
  const other = Buffer.from(CONTENT);
  other[CONTENT.length - 1] = (other[CONTENT.length - 1] ?? 0) ^ 1;
  await writeFile(path.join(inbox, 'of the same size'), other);
  await writeFile(path.join(inbox, 'longer'), Buffer.concat([CONTENT, Buffer.alloc(1)]));
  await writeFile(path.join(inbox, 'shorter'), CONTENT.subarray(1));
  await mkdir(path.join(inbox, 'a directory'));
  await writeFile(path.join(directory, 'outside'), CONTENT);
  await symlink(path.join(directory, 'outside'), path.join(inbox, 'a link'));
  await symlink(directory, path.join(inbox, 'linked'));
  const names = (await readdir(inbox)).filter((name) => name !== 'linked');
  for (const file of [
    ...names.map((name) => announcedInBlocks(name, CONTENT)),
    announcedInBlocks('outside', CONTENT, 'linked'),
  ])
    await assert.rejects(files.announce(file, right), { code: 'FILE_EXISTS' }, file.name);
  assert.deepEqual(right.facts, []);
  assert.deepEqual(right.settledFiles, []);
  assert.ok((await readFile(path.join(inbox, 'of the same size'))).equals(other));
});

test('what a transfer of this session has placed is not named a second time for another', async (t) => {
  const { files, right } = await startFiles(t);
  const file = announced('a', CONTENT);
  await files.announce(file, right);
  await files.write(file.transfer, 0, Readable.from([CONTENT]), right);
  const again = { ...file, transfer: newId('transfer', randomBytes) };
  await assert.rejects(files.announce(again, right), { code: 'FILE_EXISTS' });
  assert.equal(receiptOf(right).length, 1);
});

test('two that ask at once for the same place are one file, and one that says otherwise is another', async (t) => {
  const { inbox, files, right } = await startFiles(t);
  await writeFile(path.join(inbox, 'a'), CONTENT);
  const file = announced('a', CONTENT);
  const stranger = { ...file, transfer: newId('transfer', randomBytes) };
  const liar = { ...file, sha256: digest(Buffer.from('x')) };
  const outcomes = await Promise.allSettled(
    [liar, file, file, stranger].map(async (each) => await files.announce(each, right)),
  );
  const states = outcomes.map((each) =>
    each.status === 'fulfilled' ? each.value.progress.state : (each.reason as DomainError).code,
  );
  assert.deepEqual(states, ['FILE_EXISTS', 'placed', 'placed', 'FILE_EXISTS']);
  await assert.rejects(files.announce(liar, right), { code: 'TRANSFER_CONFLICT' });
  assert.deepEqual(right.kinds(), ['file-recognised']);
});

class Forbidden extends DomainError {
  readonly code = 'FILE_TYPE_NOT_ALLOWED';
}

test('the policy of the facility, the session and its journal are asked as for a file that arrives', async (t) => {
  const { inbox, files, right } = await startFiles(t);
  await writeFile(path.join(inbox, 'a.sh'), CONTENT);
  const file = announced('a.sh', CONTENT);
  right.admitFile = (direction, name, head) => {
    assert.deepEqual([direction, name], ['send', 'a.sh']);
    assert.ok(CONTENT.subarray(0, head.length).equals(head) && head.length === 4096);
    throw new Forbidden('Not here.');
  };
  await assert.rejects(files.announce(file, right), { code: 'FILE_TYPE_NOT_ALLOWED' });
  assert.deepEqual(right.kinds(), ['file-refused']);
  right.admitFile = () => undefined;
  right.isOver = true;
  await assert.rejects(files.announce(file, right), { code: 'GRANT_NOT_IN_FORCE' });
  assert.throws(() => files.progress(file.transfer), { code: 'TRANSFER_UNKNOWN' });
  right.isOver = false;
  assert.equal((await files.announce(file, right)).progress.state, 'placed');
});

test('a session that ends while the file is read leaves nothing behind, and a file that changes meanwhile is none', async (t) => {
  const { inbox, files, right } = await startFiles(t);
  await writeFile(path.join(inbox, 'a'), CONTENT);
  const asked = files.announce(announced('a', CONTENT), right);
  const ended = files.endSession();
  await assert.rejects(asked, { code: 'TRANSFER_UNKNOWN' });
  await ended;
  assert.deepEqual(right.facts, []);
  await rename(path.join(inbox, 'a'), path.join(inbox, 'b'));
  const changing = files.announce(announced('b', CONTENT), right);
  await truncate(path.join(inbox, 'b'), 10);
  const became = await changing.then(
    ({ progress }) => progress.state,
    (fault: unknown) => (fault as DomainError).code,
  );
  // The reading may have been done before the file was cut; then it was whole.
  assert.ok(['placed', 'FILE_EXISTS'].includes(became), became);
  assert.deepEqual(await readdir(inbox), ['b']);
});
