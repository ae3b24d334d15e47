// Goal: a worker that hangs is ended and everybody who waits is told; the next call has another one; a cancelled call is over.
// Method: a worker made of a script, with time for silence cut short.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadingFault, WorkerCalls } from './worker-call.ts';
import type { FromWorker, ToWorker, WorkerPort } from './worker-call.ts';

const SILENCE_MS = 50;

/** A worker that does as it is told. */
class Scripted implements WorkerPort {
  onmessage: ((event: { readonly data: FromWorker }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly heard: ToWorker[] = [];
  isEnded = false;
  readonly #hangs: boolean;

  constructor(hangs: boolean) {
    this.#hangs = hangs;
  }

  postMessage(message: ToWorker): void {
    this.heard.push(message);
    if (this.#hangs) return;
    queueMicrotask(() => {
      if (message.is === 'ping') this.onmessage?.({ data: { is: 'pong' } });
      if (message.is !== 'call' || message.method === 'never') return;
      const { call } = message;
      this.onmessage?.({ data: { is: 'told', call, value: 1 } });
      this.onmessage?.({ data: { is: 'done', call, value: message.argument } });
    });
  }

  terminate(): void {
    this.isEnded = true;
  }
}

const codeIs = (code: string) => (fault: unknown) =>
  fault instanceof ReadingFault && fault.code === code;

test('a call is told how far it is, and answered', async () => {
  const calls = new WorkerCalls(() => new Scripted(false));
  const told: number[] = [];
  assert.equal(
    await calls.call<number, number>('x', 7, { onTold: (value) => told.push(value) }),
    7,
  );
  assert.deepEqual(told, [1]);
  calls.close();
});

test('one that gives no sign of life is ended with all who wait, and made anew', async () => {
  const made: Scripted[] = [];
  const calls = new WorkerCalls(() => {
    const worker = new Scripted(made.length === 0);
    made.push(worker);
    return worker;
  }, SILENCE_MS);
  const waiting = [calls.call('x', 1), calls.call('x', 2)];
  for (const each of waiting) await assert.rejects(each, codeIs('VIEWER_STOPPED'));
  assert.ok(made[0]?.isEnded);
  assert.equal(await calls.call('x', 3), 3);
  assert.equal(made.length, 2);
  calls.close();
});

test('who cancels is done, and the worker hears of it; who closes ends all', async () => {
  const worker = new Scripted(false);
  const calls = new WorkerCalls(() => worker);
  const controller = new AbortController();
  const cancelled = calls.call('never', 0, { signal: controller.signal });
  controller.abort();
  await assert.rejects(cancelled, codeIs('CANCELLED'));
  assert.ok(worker.heard.some(({ is }) => is === 'cancel'));
  const left = calls.call('never', 0);
  calls.close();
  await assert.rejects(left, codeIs('CANCELLED'));
  assert.ok(worker.isEnded);
});
