// Goal: nothing is open without a yes to the question that was read, no silence is a yes, and whatever narrows the session covers all
// of it at once. Method: properties over random acts and times, driving the production machine.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DomainError } from '../error/domain-error.ts';
import { isSameMask } from './mask.ts';
import type { MaskKey } from './mask.ts';
import {
  ALL_COVERED,
  UNMASK_ANSWER_WITHIN_MS,
  UNMASK_MINUTES,
  nextUnmaskDeadlineMs,
  unmask,
  UNMASK_QUIET_MS,
  UnmaskAlreadyAsked,
  UnmaskAskedTooSoon,
  UnmaskNotAsked,
} from './unmask.ts';
import type { UnmaskEvent, UnmaskState, UnmaskStep } from './unmask.ts';

const KEYS: readonly MaskKey[] = [
  { layout: 'exam', mask: 'name' },
  { layout: 'exam', mask: 'number' },
  { layout: 'list', mask: 'name' },
];
const key = fc.constantFrom(...KEYS);
const minutes = fc.constantFrom(...UNMASK_MINUTES);
const event: fc.Arbitrary<UnmaskEvent> = fc.oneof(
  fc.record({ type: fc.constant('ask'), key, reason: fc.constant('why'), minutes }),
  fc.record({ type: fc.constant('allow'), number: fc.integer({ min: 0, max: 4 }), minutes }),
  fc.record({ type: fc.constant('cover'), key: fc.option(key) }),
  fc.constantFrom<UnmaskEvent>({ type: 'refuse' }, { type: 'narrowed' }, { type: 'tick' }),
);
const pause = fc.oneof(fc.nat(50_000), fc.nat(20 * 60_000), fc.constantFrom(0, 60_000, 300_000));
const schedule = fc.array(fc.tuple(event, pause), { maxLength: 40 });
const at = (monotonicMs: number) => ({ monotonicMs, utcMs: 0 });

interface Taken {
  readonly before: UnmaskState;
  readonly event: UnmaskEvent;
  readonly step: UnmaskStep;
  readonly nowMs: number;
}

function run(
  plan: readonly (readonly [UnmaskEvent, number])[],
  look: (taken: Taken) => void,
): void {
  let state = ALL_COVERED;
  let nowMs = 0;
  for (const [next, waitMs] of plan) {
    nowMs += waitMs;
    try {
      const step = unmask(state, next, at(nowMs));
      look({ before: state, event: next, step, nowMs });
      state = step.state;
    } catch (fault) {
      assert.ok(fault instanceof DomainError);
    }
  }
}

test('what is open was asked for, and the yes was to that question and in time', () => {
  fc.assert(
    fc.property(schedule, (plan) => {
      run(plan, ({ before, event: done, step, nowMs }) => {
        for (const open of step.state.open) {
          if (before.open.includes(open)) continue;
          assert.equal(done.type, 'allow');
          assert.ok(done.type === 'allow' && before.asked?.number === done.number);
          assert.ok(nowMs < (before.asked?.deadlineMonotonicMs ?? 0));
          assert.ok(isSameMask(open.key, before.asked?.key as MaskKey));
          assert.equal(open.untilMonotonicMs, nowMs + done.minutes * 60_000);
          assert.ok(step.widening);
          assert.ok(step.facts.some((fact) => fact.kind === 'allowed' && fact.key === open.key));
        }
        if (!step.widening) assert.ok(step.state.open.every((open) => before.open.includes(open)));
      });
    }),
    { numRuns: 2000 },
  );
});

test('nothing stays open or asked beyond its time, and every closing says so once', () => {
  fc.assert(
    fc.property(schedule, (plan) => {
      run(plan, ({ before, step, nowMs }) => {
        const { state, facts } = step;
        assert.ok(state.open.every(({ untilMonotonicMs }) => nowMs < untilMonotonicMs));
        assert.ok(state.asked === null || nowMs < state.asked.deadlineMonotonicMs);
        const closed = before.open.filter((open) => !state.open.includes(open));
        const told = facts.flatMap((fact) => (fact.kind === 'covered' ? [fact.open] : []));
        assert.deepEqual(new Set(told), new Set(closed));
        assert.equal(told.length, closed.length);
        const keys = state.open.map((open) => JSON.stringify(open.key));
        assert.equal(new Set(keys).size, keys.length, 'a mask is open once');
        const deadlineMs = nextUnmaskDeadlineMs(state);
        assert.equal(deadlineMs === null, state.asked === null && state.open.length === 0);
        assert.ok(deadlineMs === null || deadlineMs > nowMs);
      });
    }),
    { numRuns: 2000 },
  );
});

test('whatever narrows the session covers everything and answers the question with no', () => {
  fc.assert(
    fc.property(schedule, (plan) => {
      run(plan, ({ event: done, step }) => {
        if (done.type !== 'narrowed') return;
        assert.deepEqual(step.state.open, []);
        assert.equal(step.state.asked, null);
        assert.equal(step.widening, false);
      });
    }),
  );
});

test('a clock that gives no number leaves nothing open', () => {
  const [name] = KEYS;
  assert.ok(name);
  const asked = unmask(ALL_COVERED, { type: 'ask', key: name, reason: 'why', minutes: 5 }, at(0));
  const open = unmask(asked.state, { type: 'allow', number: 1, minutes: 5 }, at(1));
  assert.equal(open.state.open.length, 1);
  assert.deepEqual(unmask(open.state, { type: 'tick' }, at(Number.NaN)).state.open, []);
});

test('a second question waits for the first; a yes to an older question, or too late, is none', () => {
  const [name, number] = KEYS;
  assert.ok(name && number);
  const first = unmask(ALL_COVERED, { type: 'ask', key: name, reason: 'why', minutes: 5 }, at(0));
  const again = { type: 'ask', key: number, reason: 'why', minutes: 1 } as const;
  assert.throws(() => unmask(first.state, again, at(1)), UnmaskAlreadyAsked);
  const allow = { type: 'allow', number: 1, minutes: 5 } as const;
  const late = at(UNMASK_ANSWER_WITHIN_MS);
  assert.throws(() => unmask(first.state, allow, late), UnmaskNotAsked);
  const quiet = unmask(first.state, { type: 'tick' }, late);
  assert.throws(() => unmask(quiet.state, again, late), UnmaskAskedTooSoon);
  const later = at(UNMASK_ANSWER_WITHIN_MS + UNMASK_QUIET_MS);
  const second = unmask(quiet.state, again, later);
  assert.equal(second.state.asked?.number, 2);
  assert.throws(() => unmask(second.state, allow, later), UnmaskNotAsked);
});
