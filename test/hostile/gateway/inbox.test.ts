// Goal: under a genuine grant the gateway writes nothing but whole files with the announced digest, under a free and
// harmless name of the inbox. Method: a scripted peer with the gateway's own keys against the real agent and a real
// file system.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { ProblemCode } from '@chaperone/cart/platform/problem-table.ts';
import type { Answer } from '@chaperone/cart/platform/testing/scripted-desk.ts';
import { newId } from '@chaperone/domain/id/id.ts';
import { eventually } from '../../harness/eventually.ts';
import { announcement } from './guarded-asks.ts';
import { Stage } from './stage.ts';
import type { GrantedFoothold } from './stage.ts';

const TAKEN = 'taken.bin';

interface BadAnnouncement {
  readonly name: string;
  readonly change: object;
  readonly code: ProblemCode;
}

const named = (name: string, wire: string, code: ProblemCode = 'FILE_NAME_REFUSED') => ({
  name,
  change: { name: wire },
  code,
});

const BAD_ANNOUNCEMENTS: readonly BadAnnouncement[] = [
  named('a name above', '../sent.bin'),
  named('two dots', '..'),
  named('an absolute name', '/etc/cron.d/sent'),
  named('a name with a backslash', '..\\sent.bin'),
  named('a name with a NUL', 'sent.bin\u0000.txt'),
  named('a name with a line feed', 'sent\n.bin'),
  named('a name that reads backwards', 'sent\u202Enib.exe'),
  named('half a character', 'sent\ud800.bin'),
  named('a name of a device', 'CON'),
  named('a name that ends in a dot', 'sent.bin.'),
  named('the name of a file that is arriving', '.chaperone-staging-x'),
  named('a name of 255 characters and more bytes', 'é'.repeat(200)),
  named('a name of 300 characters', 'a'.repeat(300), 'REQUEST_MALFORMED'),
  named('no name', '', 'REQUEST_MALFORMED'),
  named('a name that is taken', TAKEN, 'FILE_EXISTS'),
  { name: 'more than the inbox takes', change: { bytes: 10_000_001 }, code: 'FILE_TOO_LARGE' },
  { name: 'fewer bytes than none', change: { bytes: -1 }, code: 'REQUEST_MALFORMED' },
  { name: 'half a byte', change: { bytes: 1.5 }, code: 'REQUEST_MALFORMED' },
  { name: 'more bytes than a number holds', change: { bytes: 2 ** 60 }, code: 'REQUEST_MALFORMED' },
  { name: 'no digest', change: { sha256: '' }, code: 'REQUEST_MALFORMED' },
  {
    name: 'a digest in another form',
    change: { sha256: 'a'.repeat(64) },
    code: 'REQUEST_MALFORMED',
  },
  { name: 'a transfer that is a path', change: { transfer: '../x' }, code: 'REQUEST_MALFORMED' },
  {
    name: 'an empty file with the digest of another',
    change: { bytes: 0 },
    code: 'DIGEST_MISMATCH',
  },
];

test('a file is not taken under a hostile name, a taken name, or with sizes and digests that cannot be', async (t) => {
  const stage = await Stage.start(t);
  await writeFile(path.join(stage.inbox, TAKEN), 'what was there');
  const held = await stage.grant(await stage.connect(), ['send-files']);
  for (const { name, change, code } of BAD_ANNOUNCEMENTS) {
    await t.test(name, async () => {
      const answer = await held.bulk.ask('POST', '/v1/inbox', {
        headers: held.granted,
        body: announcement(change),
      });
      stage.assertRefused(answer, 'POST inbox', code);
      assert.deepEqual(await readdir(stage.inbox), [TAKEN]);
    });
  }
  assert.equal(await readFile(path.join(stage.inbox, TAKEN), 'utf8'), 'what was there');
  await stage.end(held);
  await stage.proveSound();
});

const CONTENT = randomBytes(64 * 1024);

async function announce(
  held: GrantedFoothold,
  name: string,
  content = CONTENT,
): Promise<`/v1/inbox/${string}`> {
  const transfer = newId('transfer', randomBytes);
  const sha256 = createHash('sha256').update(content).digest('base64');
  const body = { transfer, name, bytes: content.length, sha256 };
  const answer = await held.bulk.ask('POST', '/v1/inbox', { headers: held.granted, body });
  assert.equal(answer.status, 201);
  return `/v1/inbox/${transfer}`;
}

async function send(
  held: GrantedFoothold,
  target: string,
  body: Buffer,
  offset = '0',
): Promise<Answer> {
  const headers = { ...held.granted, 'upload-offset': offset };
  return held.bulk.ask('PATCH', target, { headers, body });
}

test('bytes that are not the announced ones never get a name', async (t) => {
  const stage = await Stage.start(t);
  const held = await stage.grant(await stage.connect(), ['send-files']);
  const refusedPiece = (answer: Answer, code: ProblemCode): void =>
    stage.assertRefused(answer, 'PATCH inbox', code);

  const turned = Buffer.from(CONTENT);
  turned[7] = (turned[7] ?? 0) ^ 1;
  refusedPiece(await send(held, await announce(held, 'digest.bin'), turned), 'DIGEST_MISMATCH');
  const longer = Buffer.concat([CONTENT, Buffer.alloc(1)]);
  refusedPiece(await send(held, await announce(held, 'longer.bin'), longer), 'UPLOAD_TOO_LONG');

  const target = await announce(held, 'piecewise.bin');
  refusedPiece(await send(held, target, CONTENT, '1'), 'UPLOAD_OFFSET_MISMATCH');
  refusedPiece(await send(held, target, CONTENT, '-1'), 'REQUEST_MALFORMED');
  refusedPiece(await send(held, target, CONTENT, '0x0'), 'REQUEST_MALFORMED');
  const first = await send(held, target, CONTENT.subarray(0, 1000));
  assert.equal(first.json()['state'], 'receiving');
  refusedPiece(await send(held, target, CONTENT, '0'), 'UPLOAD_OFFSET_MISMATCH');
  const other = `/v1/inbox/${newId('transfer', randomBytes)}`;
  refusedPiece(await send(held, other, CONTENT), 'TRANSFER_UNKNOWN');
  const again = await held.bulk.ask('POST', '/v1/inbox', {
    headers: held.granted,
    body: announcement({ transfer: path.basename(target), name: 'other.bin' }),
  });
  stage.assertRefused(again, 'POST inbox', 'TRANSFER_CONFLICT');

  // A name that is taken while the file arrives.
  const late = await announce(held, 'late.bin');
  await writeFile(path.join(stage.inbox, 'late.bin'), 'came first');
  refusedPiece(await send(held, late, CONTENT), 'FILE_EXISTS');
  assert.equal(await readFile(path.join(stage.inbox, 'late.bin'), 'utf8'), 'came first');

  assert.deepEqual(await visible(stage), ['late.bin']);
  await stage.end(held);
  await stage.proveSound();
  assert.deepEqual(await readdir(stage.inbox), ['late.bin'], 'nothing staged is left either');
});

test('a file that is cut in the middle is never seen under its name', async (t) => {
  const stage = await Stage.start(t);
  const held = await stage.grant(await stage.connect(), ['send-files']);
  const seen = new Set<string>();
  const target = await announce(held, 'cut.bin');
  const stream = held.bulk.open('PATCH', target, { ...held.granted, 'upload-offset': '0' });
  stream.write(CONTENT.subarray(0, 40_000));
  await eventually('bytes to arrive', async () => {
    for (const name of await visible(stage)) seen.add(name);
    const answer = await held.bulk.ask('GET', target, { headers: held.granted });
    return Number(answer.json()['received']) > 0;
  });
  held.interactive.destroy();
  await stage.operator.viewWhen('the loss', (view) => view.session?.link !== 'up');
  for (const name of await visible(stage)) seen.add(name);
  stage.expectRefusal('PATCH inbox', 'REQUEST_TOO_SLOW');
  await stage.operator.end();
  await stage.proveSound();
  assert.deepEqual([...seen], []);
  assert.deepEqual(await readdir(stage.inbox), []);
});

/** What somebody who looks into the inbox takes for a file. */
async function visible(stage: Stage): Promise<readonly string[]> {
  return (await readdir(stage.inbox)).filter((name) => !name.startsWith('.'));
}

test('not more files arrive at once, and not more of them are announced, than the cart can hold', async (t) => {
  const stage = await Stage.start(t);
  const held = await stage.grant(await stage.connect(), ['send-files']);
  for (let n = 0; n < 16; n += 1) await announce(held, `file-${n}.bin`);
  const answer = await held.bulk.ask('POST', '/v1/inbox', {
    headers: held.granted,
    body: announcement({ name: 'one-more.bin' }),
  });
  stage.assertRefused(answer, 'POST inbox', 'TRANSFER_LIMIT');
  await stage.end(held);
  await stage.proveSound();
  assert.deepEqual(await readdir(stage.inbox), []);
});
