/** Planted faults about the facility's policy and the second person that it may want. */
import { UNBOUNDED } from '@chaperone/domain/session/bounds.ts';
import type { SessionBounds } from '@chaperone/domain/session/bounds.ts';
import { inStep } from './planted-fault.ts';
import type { PlantedFault } from './planted-fault.ts';

/** A policy that wants nobody beside the operator. */
function withoutSecond(bounds: SessionBounds): SessionBounds {
  const { policy } = bounds;
  if (policy.is !== 'in-force') return bounds;
  return {
    ...bounds,
    policy: { is: 'in-force', policy: { ...policy.policy, secondApproval: null } },
  };
}

export const PLANTED_APPROVAL: readonly PlantedFault[] = [
  {
    name: 'second-yes-left-to-the-panel',
    says: 'The machine gives a grant without asking whether a second person is needed.',
    found: ['policy-binds'],
    plant: inStep((event, honest, [state, , now, limits, version, bounds], { step }) =>
      event.type === 'give-consent'
        ? step(state, event, now, limits, version, withoutSecond(bounds))
        : honest(),
    ),
  },
  {
    name: 'second-yes-for-anything',
    says: 'A second yes counts for whatever is consented to next.',
    found: ['policy-binds'],
    plant: inStep((event, honest, [state, , now, limits, version, bounds], { step }) => {
      const isApproved = state.phase === 'waiting' && state.approval.is === 'approved';
      return event.type === 'give-consent' && isApproved
        ? step(state, event, now, limits, version, withoutSecond(bounds))
        : honest();
    }),
  },
  {
    name: 'silence-is-a-yes',
    says: 'A question that nobody has answered in time counts as approved.',
    found: ['policy-binds'],
    plant: inStep((event, honest, [state, , now, limits, version, bounds], { step }) => {
      const isSilent = state.phase === 'waiting' && state.approval.is === 'asked';
      return event.type === 'give-consent' && isSilent
        ? step(state, event, now, limits, version, withoutSecond(bounds))
        : honest();
    }),
  },
  {
    name: 'policy-of-yesterday',
    says: 'After the second yes the policy is not looked at again.',
    found: ['policy-binds'],
    plant: inStep((event, honest, [state, , now, limits, version], { step }) => {
      const isApproved = state.phase === 'waiting' && state.approval.is === 'approved';
      return event.type === 'give-consent' && isApproved
        ? step(state, event, now, limits, version, UNBOUNDED)
        : honest();
    }),
  },
];
