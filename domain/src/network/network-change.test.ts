// Goal: whatever happens while a profile is tried, the end is one profile in force: the new one if it was proven in time, else the
// last good one; what was to show the gateway is never kept for its link alone; and never are two tried at once. Method: random
// histories of both kinds of changes and proofs, failures, clocks that jump, restarts at any point and disks that refuse, beside a
// model of what is on the disk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FINDINGS } from '../validation/finding.ts';
import {
  CHANGE_FAILURES,
  CHANGE_PROOFS,
  NO_CHANGE,
  NetworkChangeUnderWay,
  BY_OTHER_INTERFACE,
  begin,
  fail,
  isKeepable,
  isUnderWay,
  keep,
  note,
  prove,
  resume,
  returned,
} from './network-change.ts';
import type { ChangeProof, NetworkChange } from './network-change.ts';

const LIMIT_MS = 60_000;
const happening = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('begin' as const),
      proof: fc.constantFrom(...CHANGE_PROOFS),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('prove' as const),
      shown: fc.constantFrom(...CHANGE_PROOFS),
    }),
  },
  fc.record({
    does: fc.constant('write' as const),
    outcome: fc.constantFrom('written' as const, 'refused' as const, 'written, not heard' as const),
  }),
  fc.record({ does: fc.constant('fail' as const), failure: fc.constantFrom(...CHANGE_FAILURES) }),
  fc.record({ does: fc.constant('note' as const) }),
  fc.record({ does: fc.constant('wait' as const), byMs: fc.integer({ min: -5_000, max: 90_000 }) }),
  fc.record({ does: fc.constant('return' as const) }),
  fc.record({ does: fc.constant('restart' as const) }),
);

/** What whoever runs a change does when its time is over. */
function inTime(change: NetworkChange, nowMs: number): NetworkChange {
  const isOver = change.state === 'trying' && nowMs >= change.untilMs;
  return isOver ? fail(change, 'TIMED_OUT') : change;
}

test('the end is the new profile, proven in time and on the disk, or the last good one', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
      let change: NetworkChange = NO_CHANGE;
      let nowMs = 1_000;
      let begun: { id: string; interface: string; proof: ChangeProof } | null = null;
      let good = 'change-0';
      let provenInTime = '';
      const proven = new Set<string>();
      let startedMs = 0;
      let count = 0;
      for (const each of happenings) {
        const before: NetworkChange = change;
        if (each.does === 'wait') {
          nowMs += each.byMs;
          change = inTime(change, nowMs);
        } else if (each.does === 'begin') {
          const next = { id: `change-${count + 1}`, interface: 'eth0', proof: each.proof };
          if (isUnderWay(change)) {
            assert.throws(() => begin(change, next, nowMs, LIMIT_MS), NetworkChangeUnderWay);
          } else {
            count += 1;
            change = begin(change, next, nowMs, LIMIT_MS);
            begun = next;
            startedMs = nowMs;
          }
        } else if (each.does === 'prove') {
          change = prove(change, each.shown, nowMs);
          if (change.state === 'keeping' && before.state === 'trying') {
            assert.ok(nowMs < startedMs + LIMIT_MS);
            assert.ok(each.shown === 'gateway' || begun?.proof === 'link', 'enough was shown');
            provenInTime = change.id;
            proven.add(change.id);
          }
        } else if (each.does === 'write') {
          if (change.state !== 'keeping') continue;
          const { id } = change;
          if (each.outcome !== 'refused') good = id;
          if (each.outcome === 'written') change = keep(change);
          // Whether it was written the file itself says, so what was written is never refused afterwards.
          else if (each.outcome === 'refused' && good !== id) change = fail(change, 'NOT_KEPT');
        } else if (each.does === 'fail') {
          // Once the good profile is written there is no failing any more: whoever keeps has written it or not.
          if (change.state === 'keeping') continue;
          change = fail(change, each.failure);
        } else if (each.does === 'note') change = note(change, 'NO_ADDRESS');
        else if (each.does === 'return') change = returned(change);
        else {
          // In memory nothing is left; the clock begins anew.
          nowMs = 0;
          change = resume(isUnderWay(change) ? begun : null, good);
        }
        if (change.state !== 'none') assert.equal(change.proof, begun?.proof);
        if (change.state === 'kept') assert.deepEqual([good, provenInTime], [change.id, change.id]);
        if (change.state === 'rolled-back') assert.notEqual(good, change.id);
        if (change.state === 'none') assert.ok(each.does === 'restart' || before.state === 'none');
        assert.ok(good === 'change-0' || proven.has(good), 'nothing unproven is ever good');
      }
      // Left alone, it comes to its end by itself: the limit passes, the disk answers, what returns has returned.
      change = returned(keep(inTime(change, nowMs + LIMIT_MS + 100_000)));
      assert.ok(!isUnderWay(change));
    }),
    { numRuns: 3000 },
  );
});

const A = { id: 'a', interface: 'eth0', proof: 'gateway' } as const;
const B = { ...A, id: 'b' } as const;

test('a profile that is proven at the very limit is too late', () => {
  const change = begin(NO_CHANGE, A, 0, LIMIT_MS);
  assert.equal(prove(change, 'gateway', LIMIT_MS - 1).state, 'keeping');
  assert.deepEqual(prove(note(change, 'NO_ADDRESS'), 'gateway', LIMIT_MS), {
    ...{ state: 'returning', ...A },
    ...{ failure: 'TIMED_OUT', trouble: 'NO_ADDRESS' },
  });
});

test('a link alone proves only what was asked for nothing more', () => {
  const strict = begin(NO_CHANGE, A, 0, LIMIT_MS);
  assert.equal(prove(strict, 'link', 1), strict);
  const lenient = begin(NO_CHANGE, { ...A, proof: 'link' }, 0, LIMIT_MS);
  assert.equal(prove(lenient, 'link', 1).state, 'keeping');
  assert.equal(prove(lenient, 'gateway', 1).state, 'keeping');
  assert.equal(prove(lenient, 'link', LIMIT_MS).state, 'returning');
});

test('what failed beyond the router alone can be kept all the same', () => {
  const undone = (trouble: string | null, failure: 'TIMED_OUT' | 'WITHDRAWN' = 'TIMED_OUT') => {
    const begun = begin(NO_CHANGE, A, 0, LIMIT_MS);
    return returned(fail(trouble === null ? begun : note(begun, trouble), failure));
  };
  for (const [finding, step] of Object.entries(FINDINGS)) {
    const isBefore = ['link', 'address', 'route'].includes(step);
    assert.equal(isKeepable(undone(finding)), !isBefore, finding);
    assert.equal(isKeepable(undone(finding, 'WITHDRAWN')), false);
  }
  assert.equal(isKeepable(undone(BY_OTHER_INTERFACE)), true);
  for (const trouble of [null, 'UNEXPECTED', 'NOT_ACTIVATED', 'LOGIN_NO_ANSWER', 'toString'])
    assert.equal(isKeepable(undone(trouble)), false, String(trouble));
  assert.equal(isKeepable(note(begin(NO_CHANGE, A, 0, LIMIT_MS), 'PORT_CLOSED')), false);
});

test('what has ended is not undone, and begins no other end', () => {
  const kept = keep(prove(begin(NO_CHANGE, A, 0, LIMIT_MS), 'gateway', 1));
  for (const step of [
    fail(kept, 'WITHDRAWN'),
    fail(kept, 'TIMED_OUT'),
    returned(kept),
    prove(kept, 'gateway', 1),
  ])
    assert.equal(step, kept);
  const back = returned(fail(begin(NO_CHANGE, B, 0, 1), 'WITHDRAWN'));
  for (const step of [
    keep(back),
    prove(back, 'gateway', 0),
    fail(back, 'TIMED_OUT'),
    note(back, 'X'),
  ])
    assert.equal(step, back);
});

test('after a restart the file on the disk decides', () => {
  assert.equal(resume(null, 'a').state, 'none');
  assert.equal(resume(B, 'a').state, 'returning');
  assert.equal(resume(B, null).state, 'returning');
  assert.equal(resume({ ...B, proof: 'link' }, 'b').state, 'keeping');
});
