/** Words of a remote session: what is asked for, the screen, and why it ended. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import type { EndReason } from '@chaperone/domain/session/state.ts';
import type { SessionDetail } from '../api/desk.ts';

type SessionState = SessionDetail['state'];

export const SESSION_WORDS = {
  activities: {
    view: 'See the screen',
    control: 'Control the screen',
    'fetch-files': 'Fetch files',
    'send-files': 'Send files',
  } satisfies Record<Activity, string>,
  activitiesShort: {
    view: 'view',
    control: 'control',
    'fetch-files': 'fetch files',
    'send-files': 'send files',
  } satisfies Record<Activity, string>,
  activityHints: {
    view: 'What the cart shows, live.',
    control: 'Mouse and keyboard. Needs “See the screen”.',
    'fetch-files': 'Copy files from the cart into this case.',
    'send-files': 'Place files in the cart’s inbox.',
  } satisfies Record<Activity, string>,
  session: {
    states: {
      offline: 'Cart not connected',
      waiting: 'Cart connected',
      requested: 'Access requested',
      granted: 'Access granted',
      open: 'In session',
      interrupted: 'Interrupted',
      ended: 'Session ended',
    } satisfies Record<SessionState, string>,
    request: 'Request access',
    requestLead: 'The operator decides, and may allow less than you ask for.',
    offlineLead:
      'Ask the operator to press the remote service button on the cart and to accept the notice.',
    waitingLead: 'The operator is at the cart and sees this case’s number.',
    notLicensed: (activities: string) =>
      `The licence of this cart does not include: ${activities}.`,
    licence: {
      over: (lastDay: string) =>
        `The licence of this cart ended on ${lastDay}: its operator cannot begin a session. An administrator or a field engineer can renew it.`,
      notYet: (day: string) =>
        `The licence of this cart begins on ${day}: until then its operator cannot begin a session.`,
    },
    choose: 'Ask for',
    ask: 'Request access',
    askAhead: 'Request as soon as the cart connects',
    armed: 'Your request is sent as soon as the cart connects.',
    asking: 'Signing and sending the request …',
    withdraw: 'Withdraw request',
    codeTitle: 'Ask the operator to read you this number',
    codeLead:
      'It must be the same on the cart. If it is not, somebody is in between: do not go on, and tell your administrator.',
    waitingFor: 'Waiting for the operator to allow',
    renewed: 'The request is renewed by itself while you wait.',
    refused: 'The cart did not take the request',
    busyElsewhere: 'has the session of this cart.',
    ended: 'The session has ended.',
    signFault: 'The request was not taken.',
    resumeFault: 'The session could not be resumed.',
    end: 'End session',
    endTitle: 'End the session?',
    endLead:
      'The screen closes and running transfers stop. For another session the operator must press the button again.',
    fullScreen: 'Full screen',
    leaveFullScreen: 'Leave full screen',
    viewOnly: 'View only',
    controlling: 'You control the screen',
    controlHint: 'Shift+Esc gives the keyboard back to the console',
    viewOnlyHint: 'View only: the operator did not allow control.',
    pictures: { exact: 'Exact', moving: 'Moving', stills: 'Stills only' },
    pictureHints: {
      exact: 'Every pixel is as it is on the cart.',
      moving: 'Sent as video, or in fewer colours: fine detail may differ from the cart.',
      stills:
        'The cart has no program for video, or that fails: what moves comes as single pictures, and some have not come yet.',
    },
    recording: {
      on: {
        text: 'Recorded',
        hint: 'What you see here is recorded and becomes a record of this case.',
      },
      off: {
        text: 'Not recorded',
        hint: 'The service centre has configured that screens are not recorded.',
      },
    },
    notRecordable: 'The screen is not shown because it cannot be recorded now.',
    carriedHint: (session: string, month: string) =>
      `The cart’s line has carried ${session} in this session and ${month} this month.`,
    inputRefused: (count: number) =>
      `The cart refused ${count} ${count === 1 ? 'input' : 'inputs'}: control is not allowed.`,
    left: 'left',
    operatorActive: 'The operator is using the cart: your input waits',
    withoutHeartbeat: 'No heartbeat',
    withoutHeartbeatHint:
      'This cart’s software is older and says nothing while its screen stands still. When the cart is cut off, a still picture stays for up to 15 seconds.',
    interlockedShort: 'Held off',
    interlocked: 'The clinic needs the cart: screen withheld',
    interlockedLead: 'Nothing passes until the operator lets the service go on.',
    silent: 'Nothing is heard of the cart: screen withheld',
    silentLead: 'It is shown again as soon as the cart is heard.',
    pausedShort: 'Paused',
    paused: 'Paused by the operator',
    pausedLead: 'The picture is covered and nothing passes until the operator goes on.',
    interrupted: 'Connection to the cart lost',
    interruptedLead: 'The session goes on by itself when the cart is back.',
    resuming: 'The cart is back. Resuming …',
    countdown: 'The session ends in',
    connecting: 'Opening the screen …',
    replaced: 'The screen was opened in another window.',
    takeOver: 'Show it here',
    screenLost: 'The screen broke off. Opening it again …',
    noView: 'The operator did not allow the screen.',
    noViewLead: 'What was allowed is under Files.',
    screen: 'Screen of the cart',
    backToScreen: 'Back to the screen',
  },
  ended: {
    'operator-ended': 'The operator ended the session.',
    'notice-declined': 'The operator declined the notice.',
    'notice-timed-out': 'The notice was not accepted in time.',
    'gateway-unreachable': 'The cart could not reach the service centre.',
    'gateway-refused': 'The service centre refused the cart.',
    'nobody-granted': 'The operator allowed nobody in time.',
    'technician-left': 'You ended the session.',
    'case-resolved': 'The case was resolved.',
    'gateway-ended': 'The service centre ended the session.',
    'connection-lost': 'The connection was lost for too long.',
    'grant-expired': 'The allowed time was over.',
    'session-idle': 'Nothing happened for a while.',
    'consent-withdrawn': 'The operator withdrew the permission.',
    'indicator-lost': 'The cart could no longer show its operator that somebody is in.',
    'facility-closed': "The facility's hours for remote service are over.",
    'agent-stopped': 'The cart’s agent was stopped.',
  } satisfies Record<EndReason, string> as Record<string, string>,
} as const;

/** A state as the desk names it; one that we do not know is told as it is. */
export function sessionStateText(state: string): string {
  const states: Readonly<Record<string, string>> = SESSION_WORDS.session.states;
  return states[state] ?? state;
}
