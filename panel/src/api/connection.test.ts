/**
 * Goal: the panel never holds on to an old picture, comes back by itself, and gives up only where trying is no use.
 * Method: scripted streams of views, a clock that the test turns, the test runner's timers.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setImmediate } from 'node:timers';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { IDLE_VIEW, inSession } from '../../preview/fixtures.ts';
import { ActFailed } from './act-failed.ts';
import { watch } from './connection.ts';
import type { Watch } from './connection.ts';

interface Stage {
  readonly following: Watch;
  readonly send: (view: PanelView) => Promise<void>;
  readonly breakStream: (code?: string) => Promise<void>;
  readonly wait: (ms: number) => Promise<void>;
  /** Time passes in which the browser runs none of the window's timers. */
  readonly sleep: (ms: number) => void;
  readonly opened: () => number;
}

/** Lets promises that are due run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function stage(t: TestContext): Stage {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  let nowMs = 0;
  let opened = 0;
  let write: (view: PanelView) => void = () => undefined;
  let fail: (failure: Error | null) => void = () => undefined;
  const agent = {
    async *views(signal: AbortSignal): AsyncGenerator<PanelView, void, undefined> {
      opened += 1;
      const stream = new ReadableStream<PanelView>({
        start(controller) {
          write = (view) => controller.enqueue(view);
          fail = (failure) => (failure ? controller.error(failure) : controller.close());
          signal.addEventListener('abort', () =>
            controller.error(new ActFailed('AGENT_SILENT', 'cut')),
          );
        },
      });
      for await (const view of stream) yield view;
    },
  };
  const following = watch(agent, () => nowMs);
  t.after(() => following.stop());
  return {
    following,
    opened: () => opened,
    send: (view) => {
      write(view);
      return settle();
    },
    breakStream: (code) => {
      fail(code === undefined ? null : new ActFailed(code, 'broken'));
      return settle();
    },
    sleep: (ms) => {
      nowMs += ms;
    },
    wait: async (ms) => {
      for (let passed = 0; passed < ms; passed += 100) {
        nowMs += 100;
        t.mock.timers.tick(100);
        await settle();
      }
    },
  };
}

test('a stream that breaks is opened again unseen; one that stays away turns the page', async (t) => {
  const { following, send, breakStream, wait } = stage(t);
  await send(IDLE_VIEW);
  assert.equal(following.now().is, 'live');
  await breakStream();
  await wait(600);
  await send(IDLE_VIEW);
  await wait(3000);
  assert.equal(following.now().is, 'live');
  await breakStream('AGENT_SILENT');
  for (let attempt = 0; attempt < 6; attempt += 1) {
    await wait(500);
    await breakStream('AGENT_SILENT');
  }
  assert.deepEqual(following.now(), { is: 'lost', lastView: IDLE_VIEW });
  await wait(600);
  await send(IDLE_VIEW);
  assert.equal(following.now().is, 'live');
});

test('in a session, silence on an open stream turns the page, even while presence is answered', async (t) => {
  const { following, send, wait } = stage(t);
  await send(inSession({}));
  await wait(3500);
  following.heard();
  assert.equal(following.now().is, 'live');
  await wait(1500);
  assert.equal(following.now().is, 'lost');
});

test('out of a session, an answer to presence is a sign of life', async (t) => {
  const { following, send, wait } = stage(t);
  await send(IDLE_VIEW);
  for (let beat = 0; beat < 10; beat += 1) {
    await wait(2000);
    following.heard();
  }
  assert.equal(following.now().is, 'live');
  await wait(8000);
  assert.equal(following.now().is, 'lost');
});

test('a refused window asks no more: each try would be an entry in the journal', async (t) => {
  const { following, send, breakStream, wait, opened } = stage(t);
  await send(IDLE_VIEW);
  await breakStream('CREDENTIAL_REFUSED');
  assert.equal(following.now().is, 'refused');
  const before = opened();
  await wait(20_000);
  assert.equal(opened(), before);
});

test('a view of another make is said, not shown', async (t) => {
  const { following, breakStream } = stage(t);
  await breakStream('VIEW_UNREADABLE');
  assert.deepEqual(following.now(), { is: 'unreadable', lastView: null });
});

test('a window that slept listens again before it calls the agent lost', async (t) => {
  const { following, send, sleep, wait } = stage(t);
  await send(IDLE_VIEW);
  sleep(60_000);
  await wait(1000);
  assert.equal(following.now().is, 'live');
  await wait(8000);
  assert.equal(following.now().is, 'lost');
});
