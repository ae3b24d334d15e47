/** Is this cart's licence in force, by the gateway's own word? */
import { lastDayOf, licenceStanding } from '@chaperone/domain/licence/licence-terms.ts';
import { failed, passed, warned } from '../outcome.ts';
import type { Step } from '../scene.ts';

export const licenceStep: Step = {
  name: 'licence',
  needs: ['certificate'],
  limitMs: 1000,
  otherwise: 'NOT_ENROLLED',
  async take({ options, status, skewMs }) {
    if (options.identity === null) return failed('NOT_ENROLLED', { serial: null });
    if (status === null)
      return { result: 'left-out', said: 'The gateway does not tell of the licence.' };
    const { id, state, features, validUntilUtcMs } = status.licence;
    const seen = {
      id,
      state,
      features: features.length === 0 ? 'everything' : features.join(', '),
      facility: status.facility,
      validUntil: validUntilUtcMs === null ? null : lastDayOf(validUntilUtcMs),
    };
    if (state === 'retired') return failed('LICENCE_RETIRED', seen);
    if (state === 'expired') return failed('LICENCE_EXPIRED', seen);
    const nowMs = options.utcMs() + (skewMs ?? 0);
    // The gateway's state has said that it is in force; from when on is not told.
    const terms = { validFromUtcMs: -Infinity, validUntilUtcMs };
    const isEnding = licenceStanding(terms, nowMs) === 'ends-soon';
    return isEnding ? warned('LICENCE_ENDS_SOON', seen) : passed(seen);
  },
};
