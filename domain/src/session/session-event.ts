/** What can happen to a session. What it does is in `session.ts`. */
import type { Activity } from '../activity/activity.ts';
import type { OfferedCase, SessionRequest } from '../consent/consent.ts';
import type { ApprovalAsked } from '../facility-policy/second-approval.ts';
import type { GrantId, RequestId, SessionId } from '../id/id.ts';
import type { InterlockSource } from '../interlock/interlock.ts';
import type { ActivityAsk } from './admit.ts';
import type { EndReason } from './state.ts';

export type SessionEvent =
  | { readonly type: 'press' }
  | {
      readonly type: 'accept-notice';
      readonly noticeVersion: string;
      readonly sessionId: SessionId;
    }
  | { readonly type: 'decline-notice' }
  | { readonly type: 'tick' }
  | { readonly type: 'dial-failed'; readonly failure: string }
  | { readonly type: 'link-up' }
  | { readonly type: 'link-lost' }
  | {
      readonly type: 'offer';
      readonly offered: OfferedCase | null;
      readonly requests: readonly SessionRequest[];
    }
  | {
      readonly type: 'give-consent';
      readonly requestId: RequestId;
      readonly activities: readonly Activity[];
      readonly grantId: GrantId;
    }
  /** Asks for the second person whom the facility's policy wants before this consent. */
  | {
      readonly type: 'ask-approval';
      readonly requestId: RequestId;
      readonly activities: readonly Activity[];
    }
  /** A PIN was typed: for which question, by whom, and whether it is right. */
  | {
      readonly type: 'answer-approval';
      readonly answers: ApprovalAsked;
      readonly approverId: string;
      readonly isPINRight: boolean;
    }
  | { readonly type: 'refuse-approval' }
  | { readonly type: 'withdraw-activity'; readonly activity: Activity }
  | { readonly type: 'begin-activity'; readonly ask: ActivityAsk }
  /** Bytes moved for the technician: the session is not idle. Not written down. */
  | { readonly type: 'still-active' }
  /** The same workstation signed the challenge of the connection that came back. */
  | { readonly type: 'resume-proven'; readonly request: SessionRequest }
  /** A signal at the cart itself: the clinic needs it. */
  | { readonly type: 'raise-interlock'; readonly source: InterlockSource }
  /** The operator's own hand, at the panel. */
  | { readonly type: 'lift-interlock' }
  | { readonly type: 'pause' }
  | { readonly type: 'lift-pause' }
  | { readonly type: 'end'; readonly reason: EndReason }
  | { readonly type: 'dismiss' };
