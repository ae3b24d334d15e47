/** One PanelView for each thing that the panel can show, for looking at and for the page tests. Development only. */
import { NOTICE_VERSION } from '@chaperone/domain/notice/notice.ts';
import type { RequestId } from '@chaperone/domain/id/id.ts';
import { INTERLOCK_SOURCES } from '@chaperone/domain/interlock/interlock.ts';
import type { InterlockSource } from '@chaperone/domain/interlock/interlock.ts';
import { END_REASONS } from '@chaperone/domain/session/state.ts';
import type { EndReason } from '@chaperone/domain/session/state.ts';
import type {
  CertificateNotice,
  PanelTransfer,
  PanelView,
} from '@chaperone/protocol/panel-api/schema.ts';
import { DIAL_CODES } from '../src/words/words.ts';
import { facilityFixtures } from './facility-fixtures.ts';

type PanelSession = NonNullable<PanelView['session']>;

export const IDLE_VIEW: PanelView = {
  demo: true,
  cart: { serial: 'SN-204417', model: 'Sonata 9' },
  licence: {
    standing: 'in-force',
    features: ['view', 'control', 'fetch-files', 'send-files'],
    validFromUtcMs: Date.UTC(2026, 0, 1),
    validUntilUtcMs: null,
  },
  certificate: {
    notice: 'none',
    renewalDueUtcMs: Date.UTC(2027, 0, 1),
    expiresUtcMs: Date.UTC(2028, 0, 1),
    failure: null,
    advice: null,
  },
  serviceCentre: {
    name: 'Northfield Imaging Service',
    phone: '+49 89 5550 0142',
    phiPolicyUrl: 'https://service.northfield.example/policies/patient-data-in-remote-service',
  },
  isSetUp: true,
  phase: 'idle',
  interlock: null,
  notice: null,
  dialFailure: null,
  secondsLeftToDial: null,
  case: null,
  requests: [],
  facility: null,
  approval: null,
  session: null,
  transfers: [],
  waiting: { fetching: 0, sending: 0 },
  ended: null,
  journalWritable: true,
  indicator: { kind: 'panel', reason: null, isSeen: true },
  watching: { asked: null, watcher: null },
  masks: { rule: 'template', isRecognised: true, asked: null, open: [] },
};

function interlocked(source: InterlockSource): Pick<PanelView, 'interlock'> {
  return { interlock: { source, sinceUtcMs: Date.UTC(2026, 10, 30, 9, 41) } };
}

function licensed(standing: NonNullable<PanelView['licence']>['standing']): PanelView {
  const features = IDLE_VIEW.licence?.features ?? [];
  const [validFromUtcMs, validUntilUtcMs] = [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)];
  return { ...IDLE_VIEW, licence: { standing, features, validFromUtcMs, validUntilUtcMs } };
}

function certified(notice: CertificateNotice): PanelView {
  const certificate = {
    notice,
    renewalDueUtcMs: Date.UTC(2026, 4, 1),
    expiresUtcMs: Date.UTC(2027, 0, 1),
    failure: 'ENROLMENT_UNREACHABLE',
    advice: null,
  };
  return { ...IDLE_VIEW, certificate };
}

const CASE = {
  number: 'SC-2026-0042',
  facility: 'St. Marien Krankenhaus, Kardiologie',
  recordsScreen: true,
};

/** Makes the request of one technician who is ready. */
export function request(
  letter: string,
  technicianName: string,
  comparisonCode: string,
  activities: PanelView['requests'][number]['activities'],
): PanelView['requests'][number] {
  return {
    id: `rqst-${letter.repeat(26)}` as RequestId,
    technicianName,
    comparisonCode,
    activities,
    deidentifies: activities.includes('fetch-files'),
  };
}

const MARIA = request('a', 'Maria Lindqvist', '482 913', [
  'view',
  'control',
  'fetch-files',
  'send-files',
]);
const JONAS = request('b', 'Jonas Oberhauser-Wittgenstein', '077 250', ['view', 'fetch-files']);
const OTHERS = [
  'Aiko Tanaka',
  'Bénédicte Charpentier',
  'Peter Ng',
  'Tomás Villanueva Ortega',
  'Ewa Szymańska',
  'Liam Doyle',
].map((name, index) =>
  request('cdefgh'[index] ?? 'j', name, `${310 + index * 77} ${905 - index * 31}`, ['view']),
);

const HELD: PanelTransfer = {
  id: 'xfer-5',
  direction: 'from-cart',
  name: 'study-4711.dcm',
  bytes: 12_400_000,
  bytesTotal: 61_200_000,
  state: 'paused',
  secondsLeft: null,
};

const TRANSFERS: readonly PanelTransfer[] = [
  {
    id: 'xfer-1',
    direction: 'from-cart',
    name: 'system.log',
    bytes: 48_213,
    bytesTotal: 48_213,
    state: 'done',
    secondsLeft: null,
  },
  {
    id: 'xfer-2',
    direction: 'to-cart',
    name: 'probe-table-2.7.bin',
    bytes: 91_000,
    bytesTotal: 402_000,
    state: 'failed',
    secondsLeft: null,
  },
  {
    id: 'xfer-3',
    direction: 'from-cart',
    name: 'crash-2026-03-02.dmp',
    bytes: 7_400_000,
    bytesTotal: 7_400_000,
    state: 'done',
    secondsLeft: null,
  },
  {
    id: 'xfer-4',
    direction: 'from-cart',
    name: 'cine-loop_long-axis_2026-03-02T10-14-22_with-a-name-that-goes-on-and-on.dcm',
    bytes: 38_400_000,
    bytesTotal: 61_200_000,
    state: 'moving',
    secondsLeft: 95,
  },
];

export const SESSION: PanelSession = {
  technicianName: MARIA.technicianName,
  caseNumber: CASE.number,
  comparisonCode: MARIA.comparisonCode,
  activities: ['view'],
  startedUtcMs: Date.UTC(2026, 2, 2, 13, 32),
  secondsLeft: 3420,
  paused: false,
  operatorActive: false,
  link: 'up',
  leaseSecondsLeft: null,
  screenOpen: true,
  inputRefused: 0,
  deidentifies: true,
  recordsScreen: true,
};

/** Makes the view of a session. */
export function inSession(
  session: Partial<PanelSession>,
  more: Partial<PanelView> = {},
): PanelView {
  return { ...IDLE_VIEW, phase: 'open', case: CASE, session: { ...SESSION, ...session }, ...more };
}

function waiting(more: Partial<PanelView>): PanelView {
  return { ...IDLE_VIEW, phase: 'waiting', ...more };
}

function dialling(dialFailure: string | null): PanelView {
  return { ...IDLE_VIEW, phase: 'dialling', dialFailure, secondsLeftToDial: 74 };
}

function ended(reason: EndReason): PanelView {
  const wasIn = ![
    'notice-declined',
    'notice-timed-out',
    'gateway-unreachable',
    'gateway-refused',
    'nobody-granted',
  ].includes(reason);
  return {
    ...IDLE_VIEW,
    phase: 'ended',
    dialFailure: reason === 'gateway-unreachable' ? 'GATEWAY_NAME_UNKNOWN' : null,
    ended: {
      reason,
      technicianName: wasIn ? MARIA.technicianName : null,
      filesFetched: wasIn ? 3 : 0,
      filesPlaced: wasIn ? 1 : 0,
    },
  };
}

/** Every page, by a name that also names its screenshot. */
/** The technician asks to see a covered part, and another one is seen. */
const MASKS: PanelView['masks'] = {
  rule: 'template',
  isRecognised: true,
  asked: {
    name: 'exam/patient-line',
    label: { en: 'Name and number of the patient', de: 'Name und Nummer des Patienten' },
    secondsLeft: 48,
    number: 2,
    reason: 'The line at the top flickers. I have to see whether its text is cut off.',
    minutes: 5,
  },
  open: [{ name: 'exam/worklist', label: null, secondsLeft: 211 }],
};

const WANTS_TO_WATCH = {
  number: 1,
  technicianName: 'Priya Raman',
  comparisonCode: '440 915',
  secondsLeft: 51,
};

export const FIXTURES: Readonly<Record<string, PanelView>> = {
  'session-asks-to-watch': inSession({}, { watching: { asked: WANTS_TO_WATCH, watcher: null } }),
  'session-watched': inSession(
    {},
    {
      watching: {
        asked: null,
        watcher: { technicianName: 'Priya Raman', sinceUtcMs: Date.UTC(2026, 2, 2, 13, 41) },
      },
    },
  ),
  'session-asks-to-unmask': inSession({}, { masks: MASKS }),
  'session-unmasked': inSession({}, { masks: { ...MASKS, asked: null } }),
  'session-not-recognised': inSession(
    {},
    { masks: { ...MASKS, isRecognised: false, asked: null, open: [] } },
  ),
  'notice-nothing-covered': {
    ...IDLE_VIEW,
    demo: false,
    phase: 'notice',
    notice: { version: NOTICE_VERSION, secondsLeft: 50 },
    masks: { rule: 'nothing', isRecognised: false, asked: null, open: [] },
  },
  idle: IDLE_VIEW,
  'idle-production': { ...IDLE_VIEW, demo: false },
  'idle-licence-ends-soon': licensed('ends-soon'),
  'idle-renewal-failing': certified('failing'),
  'idle-certificate-ends-soon': certified('ends-soon'),
  'idle-certificate-refused': certified('refused'),
  'idle-certificate-expired': certified('expired'),
  'idle-licence-expired': licensed('expired'),
  'idle-licence-not-yet': licensed('not-yet'),
  'idle-journal-full': { ...IDLE_VIEW, journalWritable: false },
  notice: { ...IDLE_VIEW, phase: 'notice', notice: { version: NOTICE_VERSION, secondsLeft: 52 } },
  'notice-unknown': {
    ...IDLE_VIEW,
    phase: 'notice',
    notice: { version: '2031-7', secondsLeft: 52 },
  },
  dialling: dialling(null),
  ...Object.fromEntries(
    [...DIAL_CODES, 'SOMETHING_NEW'].map((code) => [
      `dialling-${code.toLowerCase()}`,
      dialling(code),
    ]),
  ),
  'waiting-no-case': waiting({}),
  'waiting-no-request': waiting({ case: CASE }),
  'consent-one': waiting({ case: CASE, requests: [MARIA] }),
  'consent-two': waiting({ case: CASE, requests: [MARIA, JONAS] }),
  'consent-eight': waiting({ case: CASE, requests: [MARIA, JONAS, ...OTHERS] }),
  'session-granted': inSession({ screenOpen: false }, { phase: 'granted' }),
  'session-view': inSession({ inputRefused: 12 }),
  'session-all': inSession(
    { activities: ['view', 'control', 'fetch-files', 'send-files'], secondsLeft: 412 },
    { transfers: [...TRANSFERS], waiting: { fetching: 311, sending: 2 } },
  ),
  'session-paused': inSession(
    { paused: true, activities: ['view', 'fetch-files'] },
    { transfers: TRANSFERS.slice(0, 1).concat(HELD) },
  ),
  'session-lost': inSession(
    { link: 'lost', leaseSecondsLeft: 103, screenOpen: false },
    { dialFailure: 'GATEWAY_UNREACHABLE' },
  ),
  'session-returned': inSession({ link: 'returned', leaseSecondsLeft: 88, screenOpen: false }),
  'session-paused-and-lost': inSession({
    paused: true,
    link: 'lost',
    leaseSecondsLeft: 41,
    screenOpen: false,
  }),
  'session-journal-full': inSession(
    { activities: ['view', 'control'] },
    { journalWritable: false },
  ),
  ...Object.fromEntries(
    INTERLOCK_SOURCES.map((source) => [
      `interlock-${source}`,
      inSession({ activities: ['view', 'control'], screenOpen: false }, interlocked(source)),
    ]),
  ),
  'interlock-idle': { ...IDLE_VIEW, ...interlocked('new-exam') },
  ...facilityFixtures({
    idle: IDLE_VIEW,
    session: inSession({ activities: ['view', 'control'] }),
    waiting: waiting({ case: CASE, requests: [MARIA] }),
  }),
  ...Object.fromEntries(END_REASONS.map((reason) => [`ended-${reason}`, ended(reason)])),
};
