// Goal: nothing is admitted that the policy does not plainly allow, and a policy that is not in force admits nothing at all. Method:
// properties over random policies and questions; every admission is held against the fields by a second reading of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ACTIVITIES, isGrantable } from '../activity/activity.ts';
import { DomainError } from '../error/domain-error.ts';
import { FILE_KINDS, fileKindOf } from '../file-kind/file-kind.ts';
import type { CartSerial, TechnicianId, WorkstationId } from '../id/id.ts';
import { isOpenAt } from './facility-hours.ts';
import type { FacilityHours } from './facility-hours.ts';
import {
  admitActivities,
  admitFile,
  admitSession,
  admitTechnician,
  FacilityClosed,
  FacilityPolicyNotInForce,
  FileTypeNotAllowed,
  mayListFile,
  mayUseTemplates,
  mustDeIdentify,
  POLICY_TROUBLES,
  secondApprovalFor,
  sessionClosesUtcMs,
  standingOf,
} from './facility-policy.ts';
import type { Asking, FacilityPolicy, PolicyStanding } from './facility-policy.ts';

const TECHNICIANS = ['tech-a', 'tech-b'] as unknown as TechnicianId[];
const WORKSTATIONS = ['wrks-a', 'wrks-b'] as unknown as WorkstationId[];
const SERIALS = ['CART-1', 'CART-2'] as unknown as CartSerial[];
const FROM = Date.UTC(2026, 0, 1);
const UNTIL = Date.UTC(2027, 0, 1);

const activities = fc.subarray([...ACTIVITIES]);
const everyOr = <T>(all: readonly T[]): fc.Arbitrary<'every' | readonly T[]> =>
  fc.oneof(fc.constant('every' as const), fc.subarray([...all]));
const window = { fromMinute: 8 * 60, untilMinute: 17 * 60 };
const hours: FacilityHours = {
  timeZone: 'Europe/Berlin',
  week: { mon: [window], wed: [window] },
  exceptions: [],
  mayFinish: false,
};
const rule = fc.record({
  allowed: fc.oneof(
    fc.constant('any' as const),
    fc.array(
      fc.record({
        endings: fc.subarray(['.log', '.dcm', '']),
        kinds: fc.subarray([...FILE_KINDS]),
      }),
      { maxLength: 3 },
    ),
  ),
  refused: fc.subarray([...FILE_KINDS]),
});
const policy: fc.Arbitrary<FacilityPolicy> = fc.record({
  facility: fc.constant('St. Example'),
  version: fc.nat(),
  validFromUtcMs: fc.constant(FROM),
  validUntilUtcMs: fc.constant(UNTIL),
  carts: everyOr(SERIALS),
  hours: fc.oneof(
    fc.constant('always' as const),
    fc.boolean().map((mayFinish) => ({ ...hours, mayFinish })),
  ),
  groups: fc.array(
    fc.record({
      name: fc.constant('group'),
      technicians: everyOr(TECHNICIANS),
      workstations: everyOr(WORKSTATIONS),
      activities,
    }),
    { maxLength: 3 },
  ),
  activities,
  files: fc.record({ fetch: rule, send: rule }),
  deIdentificationRequired: fc.boolean(),
  regionTemplates: fc.subarray(['aa'.repeat(32), 'bb'.repeat(32)]),
  secondApproval: fc.option(
    fc.record({
      activities,
      approvers: fc.constant([{ id: 'biomed', name: 'Jo Doe' }]),
    }),
  ),
});
const instant = fc.oneof(
  fc.constantFrom(FROM - 1, FROM, UNTIL - 1, UNTIL, Number.NaN),
  fc.integer({ min: FROM, max: UNTIL }),
);
const standing: fc.Arbitrary<PolicyStanding> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(policy, instant)
      .map(([each, at]) => standingOf(each, SERIALS[0] as CartSerial, at)),
  },
  fc.constantFrom(...POLICY_TROUBLES).map((is) => ({ is })),
);
const asking: fc.Arbitrary<Asking> = fc.record({
  technicianId: fc.constantFrom(...TECHNICIANS),
  workstationId: fc.constantFrom(...WORKSTATIONS),
});
const head = fc.oneof(
  fc.constant(Buffer.from('a line of a log\n')),
  fc.constant(Buffer.from('#!/bin/sh\n')),
  fc.constant(Buffer.from('MZ')),
  fc.uint8Array({ maxLength: 200 }),
);

/** Gives what an act gives, or null when it is refused as rules refuse. */
function admitted<T>(act: () => T): { readonly value: T } | null {
  try {
    return { value: act() };
  } catch (fault) {
    assert.ok(fault instanceof DomainError, String(fault));
    return null;
  }
}

test('a policy that is not in force admits nothing', () => {
  fc.assert(
    fc.property(standing, asking, activities, instant, head, (held, who, wanted, at, bytes) => {
      if (held.is === 'in-force') return;
      const refused = (act: () => unknown): void => assert.throws(act, FacilityPolicyNotInForce);
      refused(() => admitSession(held, at));
      refused(() => sessionClosesUtcMs(held, at));
      refused(() => admitTechnician(held, who, wanted));
      refused(() => admitActivities(held, who, wanted));
      refused(() => admitFile(held, 'fetch', 'a.log', bytes));
      refused(() => admitFile(held, 'send', 'a.log', bytes));
      refused(() => secondApprovalFor(held, wanted));
      assert.equal(mayListFile(held, 'a.log'), false);
      assert.equal(mustDeIdentify(held), true);
      assert.equal(mayUseTemplates(held, 'aa'.repeat(32)), false);
    }),
  );
});

test('a policy is in force on its carts, from its beginning up to its end', () => {
  fc.assert(
    fc.property(policy, instant, fc.constantFrom(...SERIALS), (held, at, serial) => {
      const isOurs = held.carts === 'every' || held.carts.includes(serial);
      const isInTime = at >= FROM && at < UNTIL;
      assert.equal(standingOf(held, serial, at).is === 'in-force', isOurs && isInTime);
    }),
  );
});

test('a session begins inside the hours alone, and is over with them unless it may finish', () => {
  fc.assert(
    fc.property(policy, instant, (held, at) => {
      const inForce: PolicyStanding = { is: 'in-force', policy: held };
      const isOpen = held.hours === 'always' || (Number.isFinite(at) && isOpenAt(held.hours, at));
      if (!Number.isFinite(at)) return;
      const closes = admitted(() => sessionClosesUtcMs(inForce, at));
      assert.equal(closes !== null, isOpen);
      if (closes === null || closes.value === null) return;
      assert.ok(closes.value <= UNTIL);
      if (held.hours === 'always' || held.hours.mayFinish) return;
      if (closes.value < UNTIL) assert.equal(isOpenAt(held.hours, closes.value), false);
    }),
  );
});

test('nobody gets an activity that the policy or their group does not have', () => {
  fc.assert(
    fc.property(policy, asking, activities, (held, who, wanted) => {
      const inForce: PolicyStanding = { is: 'in-force', policy: held };
      const shown = admitted(() => admitTechnician(inForce, who, wanted));
      if (shown !== null) {
        assert.ok(isGrantable(shown.value) || !isGrantable(wanted));
        for (const activity of shown.value) {
          assert.ok(wanted.includes(activity) && held.activities.includes(activity));
          const group = held.groups.find(
            (each) =>
              each.activities.includes(activity) &&
              (each.technicians === 'every' || each.technicians.includes(who.technicianId)) &&
              (each.workstations === 'every' || each.workstations.includes(who.workstationId)),
          );
          assert.ok(group, `${activity} of nobody`);
        }
      }
      // What is shown can be granted, and nothing beside it.
      const granted = admitted(() => admitActivities(inForce, who, wanted));
      if (wanted.length > 0)
        assert.equal(granted !== null, shown !== null && shown.value.length === wanted.length);
    }),
  );
});

test('a file is moved only when its name and its content are allowed together', () => {
  fc.assert(
    fc.property(
      policy,
      fc.constantFrom('fetch' as const, 'send' as const),
      fc.constantFrom('a.log', 'A.LOG', 'b.dcm', '.log', 'c.log.exe', 'd'),
      head,
      (held, direction, name, bytes) => {
        const inForce: PolicyStanding = { is: 'in-force', policy: held };
        const { allowed, refused } = held.files[direction];
        const kind = fileKindOf(bytes);
        const moved = admitted(() => admitFile(inForce, direction, name, bytes)) !== null;
        const isListed =
          allowed === 'any' ||
          allowed.some(
            ({ endings, kinds }) =>
              kinds.includes(kind) &&
              endings.some(
                (ending) => name.toLowerCase().endsWith(ending) && name.length > ending.length,
              ),
          );
        assert.equal(moved, isListed && !refused.includes(kind));
        if (moved && direction === 'fetch') assert.ok(mayListFile(inForce, name));
      },
    ),
  );
});

test('a cart without a pinned key of a facility is as it was before there were policies', () => {
  const none: PolicyStanding = { is: 'none' };
  const who = { technicianId: TECHNICIANS[0], workstationId: WORKSTATIONS[0] } as Asking;
  admitSession(none, Number.NaN);
  assert.equal(sessionClosesUtcMs(none, 0), null);
  assert.deepEqual(admitTechnician(none, who, ['view', 'control']), ['view', 'control']);
  admitFile(none, 'send', 'x.exe', Buffer.from('MZ'));
  assert.equal(secondApprovalFor(none, ['control']), null);
  assert.equal(mustDeIdentify(none), false);
  assert.equal(mayUseTemplates(none, 'aa'.repeat(32)), true);
});

test('who is closed out is told when it opens', () => {
  const held = { hours, validUntilUtcMs: UNTIL } as FacilityPolicy;
  const at = Date.UTC(2026, 10, 29, 12);
  try {
    admitSession({ is: 'in-force', policy: held }, at);
    assert.fail('a Sunday is closed');
  } catch (fault) {
    assert.ok(fault instanceof FacilityClosed);
    assert.equal(fault.opensUtcMs, Date.UTC(2026, 10, 30, 7));
  }
});

test('a program that calls itself a log is not sent', () => {
  const files = { allowed: [{ endings: ['.log'], kinds: ['text' as const] }], refused: [] };
  const held = { files: { fetch: files, send: files } } as unknown as FacilityPolicy;
  const inForce: PolicyStanding = { is: 'in-force', policy: held };
  admitFile(inForce, 'send', 'probe.log', Buffer.from('ok\n'));
  assert.throws(
    () => admitFile(inForce, 'send', 'probe.log', Buffer.from('\u007fELF')),
    FileTypeNotAllowed,
  );
  assert.throws(
    () => admitFile(inForce, 'send', 'probe.sh', Buffer.from('ok\n')),
    FileTypeNotAllowed,
  );
});

test('region templates count only when the policy in force names their digest', () => {
  const named = ['aa'.repeat(32), 'bb'.repeat(32)];
  fc.assert(
    fc.property(policy, fc.constantFrom(...named, 'cc'.repeat(32)), (each, sha256) => {
      const held: PolicyStanding = { is: 'in-force', policy: each };
      assert.equal(mayUseTemplates(held, sha256), each.regionTemplates.includes(sha256));
    }),
  );
});
