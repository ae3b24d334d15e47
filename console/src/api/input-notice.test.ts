/**
 * Goal: what only a person does counts as one being there, for its time; what a page does by itself does not.
 * Method: a window that gives out its listeners, and events as a browser makes them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { THERE_MS, activeHeader, watchInput } from './input-notice.ts';

const told = (nowMs?: number): string => activeHeader(nowMs)['chaperone-active'];

test('a person is there from an input on, for its time; a page that moves by itself is nobody', () => {
  const listeners = new Map<string, (event: Event) => void>();
  watchInput({
    addEventListener: (type: string, listener: unknown, options: unknown) => {
      assert.deepEqual(options, { capture: true, passive: true });
      listeners.set(type, listener as (event: Event) => void);
    },
  } as never);
  const happen = (type: string, members: object = {}): void =>
    listeners.get(type)?.({ type, isTrusted: true, ...members } as Event);

  assert.equal(told(), '0');
  happen('keydown', { isTrusted: false });
  happen('pointermove', { movementX: 0, movementY: 0 });
  assert.equal(told(), '0');
  happen('pointermove', { movementX: 0, movementY: -1 });
  assert.equal(told(), '1');
  const later = performance.now() + THERE_MS;
  assert.equal(told(later), '0');
  for (const type of ['keydown', 'pointerdown', 'wheel', 'touchmove'])
    assert.ok(listeners.has(type), type);
});
