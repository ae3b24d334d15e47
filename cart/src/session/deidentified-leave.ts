/** Whether files may leave only when they are de-identified, by what a session is now or would be. */
import type { SessionRequest } from '@chaperone/domain/consent/consent.ts';
import {
  mustLeaveDeidentified,
  stricterRule,
} from '@chaperone/domain/deidentification/deidentification.ts';
import type { CaseId } from '@chaperone/domain/id/id.ts';
import { isInSession } from '@chaperone/domain/session/state.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';

/** The case for which they may leave only so; null where they may leave as they are. @param byPolicy the facility asks for it */
export function deidentifyFor(state: SessionState, byPolicy: boolean): CaseId | null {
  if (!isInSession(state)) return null;
  const { caseId, deidentification = 'not-required' } = state.grant;
  return mustLeaveDeidentified(deidentification, byPolicy) ? caseId : null;
}

/** Tells before the consent what {@link deidentifyFor} would say after it. */
export function wouldDeidentify(
  state: SessionState,
  request: Pick<SessionRequest, 'deidentification'>,
  byPolicy: boolean,
): boolean {
  const offered = state.phase === 'waiting' ? state.offered : null;
  const rule = stricterRule(
    offered?.deidentification ?? 'not-required',
    request.deidentification ?? 'not-required',
  );
  return mustLeaveDeidentified(rule, byPolicy);
}
