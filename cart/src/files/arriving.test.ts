// Goal: what comes is given whole and in order, a stream that breaks off is told apart from one that ends, and memory
// stays bounded. Method: streams that a test feeds by hand.
import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import { arriving } from './arriving.ts';

async function collect(source: Readable): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of arriving(source)) all.push(chunk);
  return Buffer.concat(all);
}

test('a stream is given whole, also one that has nothing', async () => {
  const parts = [1, 2, 3].map((value) => Buffer.alloc(100_000, value));
  assert.deepEqual(
    await collect(Readable.from(parts, { objectMode: false })),
    Buffer.concat(parts),
  );
  assert.equal((await collect(Readable.from([], { objectMode: false }))).length, 0);
});

test('a stream that breaks off gives what came, and then its end is an error', async () => {
  const source = new PassThrough();
  const came: Buffer[] = [];
  source.write('half');
  await assert.rejects(async () => {
    for await (const chunk of arriving(source)) {
      came.push(chunk);
      source.destroy();
    }
  }, /broke off/);
  assert.equal(Buffer.concat(came).toString(), 'half');
  await assert.rejects(collect(source), /broke off/);
});

test('an error of the stream is its end', async () => {
  const source = new PassThrough();
  const reading = collect(source);
  source.destroy(new Error('reset'));
  await assert.rejects(reading, /broke off/);
});

test('a taker that stops early leaves a stream that can still be answered', async () => {
  const source = new PassThrough();
  source.write('a');
  for await (const chunk of arriving(source)) {
    assert.equal(chunk.toString(), 'a');
    break;
  }
  assert.equal(source.destroyed, false);
  assert.equal(source.isPaused(), true);
});

test('a taker that is slow holds up the stream', async () => {
  let given = 0;
  const source = new Readable({
    read() {
      given += 65_536;
      this.push(Buffer.alloc(65_536));
    },
  });
  const taker = arriving(source)[Symbol.asyncIterator]();
  await taker.next();
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
  assert.ok(given < 3 * 1024 * 1024, `${given} bytes were taken for one chunk`);
  await taker.return?.();
  source.destroy();
});
