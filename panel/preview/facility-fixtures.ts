/** Views of a cart that is bound by its facility's policy. Development only. */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';

type Facility = NonNullable<PanelView['facility']>;

const FACILITY: Facility = {
  name: 'St. Marien Krankenhaus',
  version: 7,
  waitingVersion: null,
  validUntilUtcMs: Date.UTC(2027, 0, 1),
  trouble: null,
  isOpen: true,
  opensUtcMs: null,
  timeZone: 'Europe/Berlin',
  closesInSeconds: null,
  approvedActivities: ['control'],
};

const APPROVAL: NonNullable<PanelView['approval']> = {
  technicianName: 'Maria Lindqvist',
  activities: ['view', 'control'],
  approvers: [{ id: 'biomed-1', name: 'Jo Doe' }],
  triesLeft: 3,
  secondsLeft: 171,
};

/** Makes them from views of a cart without one. */
export function facilityFixtures(base: {
  readonly idle: PanelView;
  readonly session: PanelView;
  readonly waiting: PanelView;
}): Readonly<Record<string, PanelView>> {
  const idle = (change: Partial<Facility>): PanelView => ({
    ...base.idle,
    facility: { ...FACILITY, ...change },
  });
  const approving = (change: Partial<typeof APPROVAL>): PanelView => ({
    ...base.waiting,
    facility: FACILITY,
    approval: { ...APPROVAL, ...change },
  });
  return {
    'idle-facility-closed': idle({ isOpen: false, opensUtcMs: Date.UTC(2026, 11, 1, 7) }),
    'idle-facility-closed-for-long': idle({ isOpen: false }),
    'idle-facility-policy-expired': idle({ trouble: 'expired', isOpen: false }),
    'session-facility-closes': {
      ...base.session,
      facility: { ...FACILITY, closesInSeconds: 290 },
    },
    'approval-one': approving({}),
    'approval-two': approving({
      approvers: [
        { id: 'biomed-1', name: 'Jo Doe' },
        { id: 'ward-2', name: 'Ada Oberhauser-Wittgenstein' },
      ],
      triesLeft: 1,
    }),
    'approval-nobody': approving({ approvers: [] }),
  };
}
