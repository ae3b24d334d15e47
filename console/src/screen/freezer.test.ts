/**
 * Goal: a frozen picture is there only under the terms under which it was taken, never comes back once they were others, and keeps
 * no pixels then; any change of a session is another term, also of a member that comes later.
 * Method: random sequences of terms and acts, with canvases of our own; sessions in which each member is changed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SessionDetail } from '../api/desk.ts';
import { Freezer, termsOf } from './freezer.ts';

const SESSION: SessionDetail = {
  state: 'open',
  session: 'sess-1',
  challenge: null,
  cart: 'US-1',
  grant: 'grnt-1',
  activities: ['view', 'control'],
  comparisonCode: '123456',
  paused: false,
  secondsLeft: 900,
  endReason: null,
  inputRefused: 0,
  technicianName: null,
  watching: null,
  refusal: null,
  interlock: null,
  carried: null,
  operatorActive: false,
  isHeartbeatExpected: true,
};

test('whatever changes of a session is another term, but for what counts by itself', () => {
  const under = termsOf(SESSION, []);
  assert.equal(
    termsOf(
      {
        ...SESSION,
        ...{ secondsLeft: 899, inputRefused: 3, operatorActive: true },
        carried: { sessionBytes: 1, monthBytes: 2 },
      },
      [],
    ),
    under,
  );
  const others: readonly Partial<SessionDetail>[] = [
    { paused: true },
    { state: 'interrupted' },
    { state: 'ended', endReason: 'operator-ended' },
    { grant: 'grnt-2' },
    { session: 'sess-2' },
    { activities: ['view'] },
  ];
  for (const other of others) assert.notEqual(termsOf({ ...SESSION, ...other }, []), under);
  assert.notEqual(termsOf(SESSION, ['exam/name']), under);
  // What a later desk says beside: something has been covered, for instance.
  assert.notEqual(termsOf({ ...SESSION, ...{ covered: ['name'] } }, []), under);
});

test('a copy is there under its own terms only, and what is void keeps no pixels', () => {
  const act = fc.record({
    act: fc.constantFrom('keep', 'follow', 'release'),
    under: fc.constantFrom('a', 'b', null),
  });
  fc.assert(
    fc.property(fc.array(act), (acts) => {
      const freezer = new Freezer<{ width: number; height: number }>();
      const copies: { width: number; height: number }[] = [];
      let now: string | null = null;
      let told = 0;
      freezer.subscribe(() => (told += 1));
      for (const { act: what, under } of acts) {
        if (what === 'follow') {
          now = under;
          const had = freezer.now();
          assert.equal(freezer.follow(under), had !== null && had.under !== under);
        } else if (what === 'release') freezer.release();
        else if (now !== null) {
          const canvas = { width: 4, height: 3 };
          copies.push(canvas);
          freezer.keep({ canvas, takenMs: 0, picture: null, under: now });
        }
        const kept = freezer.now();
        assert.ok(kept === null || kept.under === now);
        for (const each of copies) {
          if (each !== kept?.canvas) assert.deepEqual(each, { width: 0, height: 0 });
        }
      }
      assert.ok(told >= copies.length);
    }),
  );
});
