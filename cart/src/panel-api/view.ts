/** What the operator's panel shows, told as one view from everything that the agent knows. */
import { NOTICE_VERSION } from '@chaperone/domain/notice/notice.ts';
import { isInSession } from '@chaperone/domain/session/state.ts';
import type { SessionState } from '@chaperone/domain/session/state.ts';
import type {
  PanelTransfer,
  PanelView,
  PanelWaiting,
} from '@chaperone/protocol/panel-api/schema.ts';
import type { IndicatorKeeper } from '../indicator/indicator.ts';
import type { LicenceInForce, RenewalStanding } from '../licence/licence.ts';
import { shownApproval } from './facility-view.ts';
import type { Session } from '../session/session.ts';

/** What of the view the session does not know. */
export type PanelFrame = Pick<
  PanelView,
  | 'demo'
  | 'cart'
  | 'serviceCentre'
  | 'licence'
  | 'certificate'
  | 'facility'
  | 'indicator'
  | 'masks'
  | 'watching'
>;

/** What of a licence the panel shows. */
export function shownLicence(
  licence: Pick<LicenceInForce, 'held' | 'standing'>,
): PanelView['licence'] {
  const { held } = licence;
  const standing = licence.standing();
  if (held === null || standing === null) return null;
  const { features, validFromUtcMs, validUntilUtcMs } = held;
  return { standing, features: [...features], validFromUtcMs, validUntilUtcMs };
}

/** What of the certificate the panel shows. */
export function shownCertificate(standing: RenewalStanding): PanelView['certificate'] {
  const { notice, renewalDueUtcMs, expiresUtcMs, failure, advice } = standing;
  return { notice, renewalDueUtcMs, expiresUtcMs, failure, advice };
}

/** What of the sign on the display the panel shows. */
export function shownIndicator({ kind, reason, state }: IndicatorKeeper): PanelView['indicator'] {
  return { kind, reason, isSeen: state.is !== 'covered' && state.is !== 'lost' };
}

/** Tells the view of a cart that has no identity yet: nothing can be connected. */
export function viewBeforeSetUp(frame: PanelFrame): PanelView {
  return {
    ...frame,
    isSetUp: false,
    phase: 'idle',
    interlock: null,
    notice: null,
    dialFailure: null,
    secondsLeftToDial: null,
    case: null,
    requests: [],
    approval: null,
    session: null,
    transfers: [],
    waiting: { fetching: 0, sending: 0 },
    ended: null,
    journalWritable: true,
  };
}

/** Tells the view as it stands now. */
export function panelViewOf(
  session: Session,
  transfers: readonly PanelTransfer[],
  waiting: PanelWaiting,
  frame: PanelFrame,
): PanelView {
  const { state } = session;
  const nowMs = session.now().monotonicMs;
  const secondsUntil = (deadlineMs: number): number =>
    Math.max(0, Math.ceil((deadlineMs - nowMs) / 1000));
  const isWaiting = state.phase === 'waiting';
  return {
    ...frame,
    isSetUp: true,
    phase: state.phase,
    interlock: state.interlock ?? null,
    notice:
      state.phase === 'notice'
        ? { version: NOTICE_VERSION, secondsLeft: secondsUntil(state.deadlineMonotonicMs) }
        : null,
    dialFailure: saysWhy(state) ? session.dialFailure : null,
    secondsLeftToDial: state.phase === 'dialling' ? secondsUntil(state.deadlineMonotonicMs) : null,
    case:
      isWaiting && state.offered
        ? {
            number: state.offered.number,
            facility: state.offered.facility,
            recordsScreen: state.offered.recordsScreen === true,
          }
        : null,
    requests: isWaiting
      ? state.requests.map((request) => ({
          id: request.id,
          technicianName: request.technician.name,
          comparisonCode: request.comparisonCode,
          activities: [...request.activities],
          deidentifies: session.wouldDeidentify(request),
        }))
      : [],
    approval: shownApproval(session),
    session: isInSession(state)
      ? {
          technicianName: state.grant.technician.name,
          caseNumber: state.grant.caseNumber,
          comparisonCode: session.comparisonCode,
          activities: [...state.grant.activities],
          startedUtcMs: state.grant.issuedUtcMs,
          secondsLeft: Math.min(
            secondsUntil(state.grant.endsMonotonicMs),
            frame.facility?.closesInSeconds ?? Infinity,
          ),
          paused: state.paused,
          operatorActive: session.isOperatorAtWork,
          link: state.link.is,
          leaseSecondsLeft:
            state.link.is === 'up' ? null : secondsUntil(state.link.leaseEndsMonotonicMs),
          screenOpen: session.isScreenOpen,
          inputRefused: session.tally.inputRefused,
          deidentifies: session.deidentifyFor() !== null,
          recordsScreen: state.grant.recordsScreen === true,
        }
      : null,
    transfers: isInSession(state) || state.phase === 'ended' ? [...transfers] : [],
    waiting: isInSession(state) ? waiting : { fetching: 0, sending: 0 },
    ended:
      state.phase === 'ended'
        ? {
            reason: state.reason,
            technicianName: state.grant?.technician.name ?? null,
            filesFetched: session.tally.filesFetched,
            filesPlaced: session.tally.filesPlaced,
          }
        : null,
    journalWritable: session.isJournalWritable,
  };
}

/** Tells whether the reason of the last failed attempt to dial matters to the operator in this state. */
function saysWhy(state: SessionState): boolean {
  if (state.phase === 'dialling') return true;
  if (state.phase === 'ended') {
    return state.reason === 'gateway-unreachable' || state.reason === 'gateway-refused';
  }
  return isInSession(state) && state.link.is === 'lost';
}
