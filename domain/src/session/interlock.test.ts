// Goal: while the clinic needs the cart nothing is admitted and nobody is let in, whatever else happens; it can always be
// raised, nothing but the operator's own act lifts it, and lifting gives back no more than there was. Method: properties over
// random sequences of events and times, driving the production machine, with the interlock raised at any point of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DomainError } from '../error/domain-error.ts';
import { INTERLOCK_SOURCES, SessionInterlocked } from '../interlock/interlock.ts';
import { admit } from './admit.ts';
import { IDLE, isInSession } from './state.ts';
import type { SessionState } from './state.ts';
import {
  admitted,
  at,
  event,
  GRANTS,
  inSession,
  LIMITS,
  request,
  run,
  schedule,
  take,
  waitMs,
  WAY_IN,
} from './testing/random-session.ts';

const source = fc.constantFrom(...INTERLOCK_SOURCES);
const later = fc.array(fc.record({ event, waitMs }), { maxLength: 30 });

/** Goes on from a state as long as nobody lifts; the acts that are refused change nothing. */
function goOn(
  from: SessionState,
  fromMs: number,
  acts: readonly { readonly event: Parameters<typeof take>[1]; readonly waitMs: number }[],
  look: (state: SessionState, before: SessionState, monotonicMs: number) => void,
): SessionState {
  let state = from;
  let monotonicMs = fromMs;
  for (const each of acts) {
    if (each.event.type === 'lift-interlock') continue;
    monotonicMs += each.waitMs;
    const before = state;
    try {
      state = take(state, each.event, at(monotonicMs));
    } catch (refusal) {
      assert.ok(refusal instanceof DomainError, String(refusal));
    }
    look(state, before, monotonicMs);
  }
  return state;
}

test('while it is raised nothing is admitted, nobody is let in and no notice is accepted', () => {
  let held = 0;
  fc.assert(
    fc.property(schedule, source, later, (plan, by, acts) => {
      let lastMs = 1000;
      const reached = run(plan, ({ now }) => {
        lastMs = now.monotonicMs;
      });
      const raised = take(reached, { type: 'raise-interlock', source: by }, at(lastMs));
      goOn(raised, lastMs, acts, (state, before, monotonicMs) => {
        assert.ok(state.interlock);
        assert.deepEqual(admitted(state, at(monotonicMs)), []);
        if (isInSession(state)) held += 1;
        if (isInSession(state)) assert.ok(isInSession(before), 'nobody came in');
        if (state.phase === 'dialling') assert.notEqual(before.phase, 'notice');
        if (state.phase === 'notice') assert.equal(before.phase, 'notice');
      });
    }),
    { numRuns: 2000 },
  );
  assert.ok(held > 100, 'sessions went on under it');
});

test('only lift-interlock takes it away: no message of a gateway, no lost or resumed connection, no end, no limit', () => {
  fc.assert(
    fc.property(schedule, (plan) => {
      run(plan, ({ event: done, before, step: { state, widening } }) => {
        if (before.interlock === undefined || state.interlock !== undefined) return;
        assert.equal(done.type, 'lift-interlock');
        assert.equal(widening, true);
        assert.deepEqual({ ...before, interlock: 0 }, { ...state, interlock: 0 });
      });
    }),
    { numRuns: 2000 },
  );
});

test('it can be raised in every state, at once, and then the state is otherwise what it was', () => {
  fc.assert(
    fc.property(schedule, source, source, (plan, by, again) => {
      const state = run(plan, () => undefined);
      const raised = take(state, { type: 'raise-interlock', source: by }, at(10 ** 9));
      assert.equal(raised.interlock?.source, state.interlock?.source ?? by);
      assert.deepEqual({ ...raised, interlock: 0 }, { ...state, interlock: 0 });
      // Whoever comes second changes nothing.
      assert.equal(take(raised, { type: 'raise-interlock', source: again }, at(10 ** 9)), raised);
    }),
  );
});

test('lifting gives back what there was, and not what was paused, withdrawn or ended meanwhile', () => {
  fc.assert(
    fc.property(source, later, (by, acts) => {
      const free = inSession();
      const had = new Set(admitted(free, at(1000)));
      const raised = take(free, { type: 'raise-interlock', source: by }, at(1000));
      const quick = acts.map((each) => ({ ...each, waitMs: 0 }));
      const state = goOn(raised, 1000, quick, () => undefined);
      const lifted = take(state, { type: 'lift-interlock' }, at(1000));
      for (const each of admitted(lifted, at(1000))) assert.ok(had.has(each), each);
      if (isInSession(lifted) && isInSession(state)) assert.equal(lifted.paused, state.paused);
    }),
  );
});

test('what is refused under it says why, and a pause below it stays', () => {
  const raised = take(inSession(), { type: 'raise-interlock', source: 'new-exam' }, at(1000));
  const ask = { grantId: GRANTS[0] as string, activity: 'view' } as const;
  assert.throws(() => admit(raised, ask, at(1000)), SessionInterlocked);
  const paused = take(raised, { type: 'pause' }, at(1000));
  assert.throws(() => take(paused, { type: 'lift-pause' }, at(1000)), SessionInterlocked);
  const lifted = take(paused, { type: 'lift-interlock' }, at(1000));
  assert.ok(isInSession(lifted) && lifted.paused);
});

test('without a session it holds off the press, and a session that was about to begin', () => {
  const idle = take(IDLE, { type: 'raise-interlock', source: 'probe-active' }, at(0));
  assert.throws(() => take(idle, { type: 'press' }, at(0)), SessionInterlocked);
  const waiting = WAY_IN.slice(0, 4).reduce((state, each) => take(state, each, at(0)), IDLE);
  const held = take(waiting, { type: 'raise-interlock', source: 'vendor' }, at(0));
  assert.throws(() => take(held, WAY_IN[4] as (typeof WAY_IN)[4], at(0)), SessionInterlocked);
  const lifted = take(held, { type: 'lift-interlock' }, at(0));
  assert.ok(isInSession(take(lifted, WAY_IN[4] as (typeof WAY_IN)[4], at(0))));
});

test('it survives a lost connection, its resuming, and the end of the session by its lease', () => {
  const raised = take(inSession(), { type: 'raise-interlock', source: 'operator' }, at(1000));
  const lost = take(raised, { type: 'link-lost' }, at(1000));
  const back = take(lost, { type: 'link-up' }, at(1500));
  const same = request(0, { activities: ['view', 'control'] });
  const resumed = take(back, { type: 'resume-proven', request: same }, at(1600));
  assert.ok(isInSession(resumed) && resumed.link.is === 'up' && resumed.interlock);
  assert.deepEqual(admitted(resumed, at(1600)), []);
  const over = take(lost, { type: 'tick' }, at(1000 + LIMITS.leaseMs));
  assert.ok(over.phase === 'ended' && over.interlock);
  const idle = take(over, { type: 'tick' }, at(1000 + LIMITS.leaseMs + LIMITS.endedMs));
  assert.ok(idle.phase === 'idle' && idle.interlock);
});
