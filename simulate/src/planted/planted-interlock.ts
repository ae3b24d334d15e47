/** Planted faults about the clinical interlock. */
import { inStep } from './planted-fault.ts';
import type { PlantedFault } from './planted-fault.ts';

export const PLANTED_INTERLOCK: readonly PlantedFault[] = [
  {
    name: 'interlock-is-a-picture-only',
    says: 'A request is admitted while the clinic needs the cart: only new ones are refused elsewhere.',
    found: ['interlock-holds'],
    plant: ({ admit }) => ({
      admit: (state, ask, now) => {
        const { interlock: _, ...without } = state;
        return admit(without as typeof state, ask, now);
      },
    }),
  },
  {
    name: 'connection-lifts-interlock',
    says: 'A connection that is lost takes the interlock with it.',
    found: ['interlock-holds'],
    plant: inStep((event, honest) => {
      const next = honest();
      if (event.type !== 'link-lost' || next.state.interlock === undefined) return next;
      const { interlock: _, ...state } = next.state;
      return { ...next, state: state as typeof next.state };
    }),
  },
  {
    name: 'signal-is-lost-in-a-pause',
    says: 'A signal while the session is paused does nothing: nobody sees anything then anyway.',
    found: ['interlock-holds'],
    plant: inStep((event, honest, [state]) =>
      event.type === 'raise-interlock' && 'paused' in state && state.paused
        ? { state, facts: [], widening: false }
        : honest(),
    ),
  },
  {
    name: 'continue-lifts-both',
    says: 'Whoever lifts a pause lifts the interlock, too.',
    found: ['interlock-holds', 'entry-before-act', 'pause-takes-effect'],
    plant: inStep((event, honest, [state, , now, limits, version, bounds], { step }) => {
      if (event.type !== 'lift-pause' || state.interlock === undefined) return honest();
      const { interlock: _, ...without } = state;
      return step(without as typeof state, event, now, limits, version, bounds);
    }),
  },
];
