/**
 * Goal: an upload of a browser goes on from where it was when the gateway is killed under it, and when its page is loaded anew; the
 * cart gets exactly the file, and little of it is sent twice. Method: the built console in real Chromium with tus-js-client, a
 * gateway that is a process of its own and is killed with SIGKILL, a real cart whose inbox is read; each piece that leaves the
 * browser is counted.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openConsoleStage } from './console-stage.ts';
import type { ConsoleStage } from './console-stage.ts';
import { chooseFile, toFiles } from './upload-acts.ts';

const PIECE_BYTES = 4 * 1024 * 1024;
const FILE_BYTES = 6 * PIECE_BYTES + 12_345;
/** What a kill may cost (decision 0025): two megabytes that were not on the disk, and the piece that was under way. */
const LOST_BYTES_MAX = 2 * 1024 * 1024 + PIECE_BYTES;
/** Pieces that the desk has taken before what happens happens. */
const TAKEN = 2;
/** No measure of speed: a machine that does much besides takes long for a page and for a start. Well below a file's limit. */
const WAIT_MS = 120_000;

let stage: ConsoleStage;
let folder: string;
let page: Page;
before(async () => {
  stage = await openConsoleStage();
  folder = await mkdtemp(path.join(tmpdir(), 'chaperone-upload-resumes-'));
  ({ page } = await stage.openWindow());
  page.setDefaultTimeout(WAIT_MS);
  await toFiles(stage, page);
});
after(async () => {
  await stage[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Sent {
  /** Offsets of all pieces that left the browser, in their order. */
  readonly offsets: readonly number[];
  /** Where the desk stood at its last answer to a piece. */
  readonly acknowledged: () => number;
  /** Uploads that were begun. */
  readonly begun: () => number;
  /** Settles when the desk has taken some pieces. */
  readonly some: Promise<void>;
}

function countPieces(): Sent {
  const offsets: number[] = [];
  let acknowledged = 0;
  let taken = 0;
  let begun = 0;
  const some = Promise.withResolvers<void>();
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/uploads')) begun += 1;
    if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
  });
  page.on('response', (response) => {
    if (response.request().method() !== 'PATCH' || response.status() !== 204) return;
    acknowledged = Number(response.headers()['upload-offset']);
    taken += 1;
    if (taken === TAKEN) some.resolve();
  });
  return { offsets, acknowledged: () => acknowledged, begun: () => begun, some: some.promise };
}

async function aFile(name: string): Promise<{ readonly at: string; readonly digest: string }> {
  const bytes = randomBytes(FILE_BYTES);
  const at = path.join(folder, name);
  await writeFile(at, bytes);
  return { at, digest: createHash('sha256').update(bytes).digest('hex') };
}

/** Waits until the cart has the file, and compares it. */
async function arrives(name: string, digest: string): Promise<void> {
  await page.locator('.transfer--done', { hasText: name }).waitFor({ timeout: WAIT_MS });
  const placed = await readFile(path.join(stage.inbox, name));
  assert.equal(placed.length, FILE_BYTES);
  assert.equal(createHash('sha256').update(placed).digest('hex'), digest);
}

/** What was sent after something happened goes on from where it was, and hardly a byte is sent twice. */
function wentOn({ offsets, begun }: Sent, before: number, stood: number): void {
  const rest = offsets.slice(before);
  const [first = 0] = rest;
  assert.ok(first >= stood - LOST_BYTES_MAX, `went on at ${first}, the desk had ${stood}`);
  assert.ok(first > 0, 'began anew');
  assert.deepEqual(
    rest,
    rest.toSorted((one, other) => one - other),
  );
  const lengthOf = (offset: number): number => Math.min(PIECE_BYTES, FILE_BYTES - offset);
  const sent = offsets.reduce((sum, offset) => sum + lengthOf(offset), 0);
  const twice = sent - FILE_BYTES;
  assert.ok(twice <= LOST_BYTES_MAX + PIECE_BYTES, `${twice} bytes were sent twice`);
  assert.equal(begun(), 1, 'one upload from its beginning to its end');
}

test('a gateway that is killed in the middle of an upload goes on with it after its start', async () => {
  const { at, digest } = await aFile('killed.bin');
  const sent = countPieces();
  await chooseFile(page, at);
  await sent.some;
  await stage.system.gateway.kill();
  await page.getByText('Connection lost – goes on by itself').waitFor();
  // Nothing reaches a gateway that is away; what went to the killed one has been told of by now.
  const [stood, before] = [sent.acknowledged(), sent.offsets.length];
  assert.ok(stood < FILE_BYTES, 'killed before its end');
  await stage.system.restartGateway();
  await arrives('killed.bin', digest);
  wentOn(sent, before, stood);
});

test('a page that is loaded anew goes on with the same file by asking the desk', async () => {
  const { at, digest } = await aFile('reloaded.bin');
  const sent = countPieces();
  await chooseFile(page, at);
  await sent.some;
  await page.reload();
  const [stood, before] = [sent.acknowledged(), sent.offsets.length];
  assert.ok(stood < FILE_BYTES, 'loaded anew before its end');
  await page.getByText('Not whole yet – choose the same file again to go on').waitFor();
  await chooseFile(page, at);
  await arrives('reloaded.bin', digest);
  wentOn(sent, before, stood);
});
