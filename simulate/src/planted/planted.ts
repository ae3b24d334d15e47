/**
 * Planted faults: each replaces one rule by one that is wrong, and names the invariants of which one must notice.
 *
 * They are what shows that the simulator can find something. They are never part of a program that is delivered.
 */
import { isInSession } from '@chaperone/domain/session/state.ts';
import type { Rules } from '../rules/rules.ts';
import { inStep } from './planted-fault.ts';
import type { PlantedFault } from './planted-fault.ts';
import { PLANTED_APPROVAL } from './planted-approval.ts';
import { PLANTED_INTERLOCK } from './planted-interlock.ts';
import { actFirst, forgetsTheNo, takesTheOld } from './planted-order.ts';

export const PLANTED: readonly PlantedFault[] = [
  {
    name: 'any-grant',
    says: 'A request is admitted whatever grant it names.',
    found: ['consent-in-force', 'activity-is-journalled'],
    plant: ({ admit }) => ({
      admit: (state, ask, now) =>
        admit(state, isInSession(state) ? { ...ask, grantId: state.grant.id } : ask, now),
    }),
  },
  {
    name: 'any-activity',
    says: 'A request is admitted for activities that were not granted.',
    found: ['consent-in-force', 'activity-is-journalled'],
    plant: ({ admit }) => ({
      admit: (state, ask, now) => {
        const [granted] = isInSession(state) ? state.grant.activities : [];
        return admit(state, granted === undefined ? ask : { ...ask, activity: granted }, now);
      },
    }),
  },
  {
    name: 'unclaimed-connection',
    says: 'A connection that came back is used before its technician has claimed it.',
    found: ['consent-in-force'],
    plant: ({ admit }) => ({
      admit: (state, ask, now) =>
        admit(isInSession(state) ? { ...state, link: { is: 'up' } } : state, ask, now),
    }),
  },
  {
    name: 'resume-by-anybody',
    says: 'Whoever signs at a licensed workstation resumes the session.',
    found: ['consent-in-force'],
    plant: inStep((event, honest, [state, , now, limits, version, bounds], { step }) => {
      if (event.type !== 'resume-proven' || !isInSession(state)) return honest();
      const { technician, workstation, activities } = state.grant;
      const request = { ...event.request, technician, workstation, activities };
      return step(state, { ...event, request }, now, limits, version, bounds);
    }),
  },
  {
    name: 'grants-all-that-is-asked',
    says: 'A consent gives all that was asked for, whatever the operator switched off.',
    found: ['consent-in-force'],
    plant: inStep((event, honest, [state, , now, limits, version, bounds], { step }) => {
      if (event.type !== 'give-consent' || state.phase !== 'waiting') return honest();
      const asked = state.requests.find(({ id }) => id === event.requestId);
      const activities = asked?.activities ?? event.activities;
      return step(state, { ...event, activities }, now, limits, version, bounds);
    }),
  },
  {
    name: 'grant-by-wall-clock',
    says: 'A grant ends by the wall clock, which somebody may set back.',
    found: ['consent-in-force', 'timeout-is-no'],
    plant: inStep((_event, honest, [state, event, now, limits, version, bounds], { step }) => {
      if (!isInSession(state)) return honest();
      const usedMs = now.utcMs - state.grant.issuedUtcMs;
      const leftMs = limits.grantMs - usedMs;
      const grant = { ...state.grant, endsMonotonicMs: now.monotonicMs + leftMs };
      return step({ ...state, grant }, event, now, limits, version, bounds);
    }),
  },
  {
    name: 'late-touch-counts',
    says: 'A touch on Accept in the moment of the deadline counts.',
    found: ['timeout-is-no'],
    plant: inStep((event, honest, [state, , now, limits, version, bounds], { step }) =>
      event.type === 'accept-notice'
        ? step(
            state,
            event,
            { ...now, monotonicMs: now.monotonicMs - 5000 },
            limits,
            version,
            bounds,
          )
        : honest(),
    ),
  },
  {
    name: 'lease-renewed',
    says: 'A connection that breaks again before it was claimed gets a new lease.',
    found: ['timeout-is-no', 'consent-in-force'],
    plant: inStep((event, honest, [, , now, limits]) => {
      const next = honest();
      const { state } = next;
      if (event.type !== 'link-lost' || !isInSession(state)) return next;
      const leaseEndsMonotonicMs = now.monotonicMs + limits.leaseMs;
      return { ...next, state: { ...state, link: { is: 'lost', leaseEndsMonotonicMs } } };
    }),
  },
  {
    name: 'waiting-renewed',
    says: 'Each new connection begins the time to wait for a consent anew.',
    found: ['timeout-is-no'],
    plant: inStep((event, honest) => {
      const next = honest();
      if (event.type !== 'link-lost' || next.state.phase !== 'dialling') return next;
      return { ...next, state: { ...next.state, waitingEndsMonotonicMs: null } };
    }),
  },
  {
    name: 'never-idle',
    says: 'A tick counts as activity, so that no session is ever idle.',
    found: ['timeout-is-no', 'every-session-ends'],
    plant: inStep((event, honest, [state, , now, limits, version, bounds], { step }) =>
      event.type === 'tick' && isInSession(state)
        ? step(
            { ...state, lastActivityMonotonicMs: now.monotonicMs },
            event,
            now,
            limits,
            version,
            bounds,
          )
        : honest(),
    ),
  },
  {
    name: 'expired-request-granted',
    says: 'A request can be granted after it has expired.',
    found: ['timeout-is-no'],
    plant: inStep((event, honest, [state, , now, limits, version, bounds], { step }) => {
      if (state.phase !== 'waiting' || (event.type !== 'tick' && event.type !== 'give-consent')) {
        return honest();
      }
      const requests = state.requests.map((each) => ({ ...each, expiresMonotonicMs: Infinity }));
      return step({ ...state, requests }, event, now, limits, version, bounds);
    }),
  },
  {
    name: 'end-not-while-paused',
    says: 'End does nothing while the session is paused.',
    found: ['end-takes-effect'],
    plant: inStep((event, honest, [state]) =>
      event.type === 'end' && isInSession(state) && state.paused
        ? { state, facts: [], widening: false }
        : honest(),
    ),
  },
  {
    name: 'end-waits-for-disk',
    says: 'End is treated as something that must be recorded first.',
    found: ['end-takes-effect'],
    plant: inStep((event, honest) => {
      const next = honest();
      return event.type === 'end' && next.facts.length > 0 ? { ...next, widening: true } : next;
    }),
  },
  {
    name: 'pause-not-while-lost',
    says: 'Pause does nothing while the connection is lost.',
    found: ['pause-takes-effect'],
    plant: inStep((event, honest, [state]) =>
      event.type === 'pause' && isInSession(state) && state.link.is !== 'up'
        ? { state, facts: [], widening: false }
        : honest(),
    ),
  },
  {
    name: 'paused-is-admitted',
    says: 'Requests are admitted while the operator has paused.',
    found: ['pause-takes-effect', 'consent-in-force'],
    plant: ({ admit }) => ({
      admit: (state, ask, now) =>
        admit(isInSession(state) ? { ...state, paused: false } : state, ask, now),
    }),
  },
  {
    name: 'act-before-entry',
    says: 'A widening step is taken first and written down after it.',
    found: ['entry-before-act'],
    plant: () => ({ order: actFirst }),
  },
  {
    name: 'stale-step-taken',
    says: 'What was computed before the writing is taken, although End was touched during it.',
    found: [
      'timeout-is-no',
      'consent-in-force',
      'end-takes-effect',
      'pause-takes-effect',
      'entry-before-act',
      'activity-is-journalled',
    ],
    plant: () => ({ order: takesTheOld }),
  },
  {
    name: 'no-is-forgotten',
    says: 'A touch that is still being written is done, although a later one said no.',
    found: ['end-takes-effect', 'pause-takes-effect', 'consent-in-force'],
    plant: () => ({ order: forgetsTheNo }),
  },
  {
    name: 'grant-without-entry',
    says: 'A grant says nothing to the journal.',
    found: ['entry-before-act'],
    plant: inStep((event, honest) => {
      const next = honest();
      return event.type === 'give-consent' && next.widening ? { ...next, facts: [] } : next;
    }),
  },
  {
    name: 'activity-without-entry',
    says: 'The beginning of an activity is not taken for something that widens.',
    found: ['activity-is-journalled'],
    plant: inStep((event, honest) => {
      const next = honest();
      return event.type === 'begin-activity' ? { ...next, widening: false } : next;
    }),
  },
  {
    name: 'cut-off-session-forgotten',
    says: 'A session that a stop of the agent cut off gets no end in the journal.',
    found: ['every-session-ends'],
    plant: () => ({ unfinishedSession: () => Promise.resolve(null) }),
  },
  {
    name: 'temporary-files-overlooked',
    says: 'The search after a destruction does not count temporary files.',
    found: ['record-dies-with-case'],
    plant: ({ judge }) => ({ judge: (remains) => judge({ ...remains, temporaryFiles: 0 }) }),
  },
  {
    name: 'search-finds-nothing',
    says: 'A destruction goes straight from the decision to its verification, which sees nothing.',
    found: ['record-dies-with-case', 'destruction-completes'],
    plant: () => ({ judge: () => 'verified' }),
  },
  {
    name: 'destruction-stops-early',
    says: 'After the traces are erased there is nothing more to do.',
    found: ['destruction-completes'],
    plant: ({ nextStep }) => ({
      nextStep: (done) => (done === 'traces-erased' ? null : nextStep(done)),
    }),
  },
  {
    name: 'key-survives',
    says: 'The step that erases the key is left out.',
    found: ['destruction-completes'],
    plant: ({ nextStep }) => ({
      nextStep: (done) => (done === 'decided' ? 'records-erased' : nextStep(done)),
    }),
  },
  {
    name: 'closed-case-takes-records',
    says: 'A case that is being resolved still takes what was under way.',
    found: ['nothing-comes-late', 'record-dies-with-case'],
    plant: () => ({ takesNew: () => true }),
  },
  {
    name: 'desk-acts-first',
    says: 'The gateway opens something first and writes it into its ledger after that.',
    found: ['ledger-before-act'],
    plant: () => ({
      recordFirst: (ledger, entries, act) => {
        act(null);
        ledger.appendLater(entries);
      },
    }),
  },
  {
    name: 'resolved-in-session',
    says: 'A case can be resolved while its session is in use.',
    found: ['no-case-resolved-in-use'],
    plant: ({ beginResolving }) => ({
      beginResolving: (found, _inUse, owed) => beginResolving(found, false, owed),
    }),
  },
  {
    name: 'done-without-digest',
    says: 'A transfer is done as soon as its last piece is there.',
    found: ['final-name-is-verified'],
    plant: ({ move }) => ({
      move: (from, to) => {
        const moved = move(from, to);
        return moved === 'verifying' ? 'done' : moved;
      },
    }),
  },
  {
    name: 'settled-moves-again',
    says: 'A transfer that was cancelled or has failed can go on.',
    found: ['final-name-is-verified'],
    plant: ({ move, isSettled }) => ({
      move: (from, to) => (isSettled(from) ? to : move(from, to)),
    }),
  },
  {
    name: 'licence-for-any-key',
    says: 'A licence code that was used serves another key too.',
    found: ['licence-serves-one-key'],
    plant: ({ redeem }) => ({
      redeem: (licence, request) => {
        const keyThumbprint = licence?.redeemed?.keyThumbprint ?? request.keyThumbprint;
        return redeem(licence, { ...request, keyThumbprint });
      },
    }),
  },
  ...PLANTED_APPROVAL,
  ...PLANTED_INTERLOCK,
];

/** The rules with one fault in them. */
export function withFault(rules: Rules, fault: PlantedFault): Rules {
  return { ...rules, ...fault.plant(rules) };
}
