/**
 * How current workstations and the gateway's own host have to be (decision 0011).
 *
 * The defaults: ClamAV publishes definitions daily, so three days bridge a weekend. Security archives renew their lists
 * within a week, so two weeks are late but not absurd. A timer reports hourly; whoever was away for a day reports anew.
 */
import type { PosturePolicy } from '@chaperone/domain/posture/posture.ts';
import { z } from 'zod';
import { noted, path } from './configuration-field.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const AGE_MAX_MS = 365 * DAY_MS;

const required = z.strictObject({
  kind: noted(z.literal('required'), {
    description:
      "`required`: a workstation that lacks something gets no new sign-in and no new session; while the gateway's own machine does, only administrators sign in. The default without `demo: true`.",
  }),
  antivirusDefinitionsAgeMaxMs: noted(
    z
      .int()
      .min(HOUR_MS)
      .max(AGE_MAX_MS)
      .default(3 * DAY_MS),
    {
      description: 'How old antivirus definitions may be.',
      unit: 'ms',
    },
  ),
  systemUpdateAgeMaxMs: noted(
    z
      .int()
      .min(DAY_MS)
      .max(AGE_MAX_MS)
      .default(14 * DAY_MS),
    {
      description: 'How long ago the operating system may have been updated last.',
      unit: 'ms',
    },
  ),
  rebootRequiredAgeMaxMs: noted(
    z
      .int()
      .min(0)
      .max(AGE_MAX_MS)
      .default(7 * DAY_MS),
    {
      description: 'How long a restart that an update asks for may be outstanding; 0 allows none.',
      unit: 'ms',
    },
  ),
  reportAgeMaxMs: noted(
    z
      .int()
      .min(5 * 60_000)
      .max(30 * DAY_MS)
      .default(26 * HOUR_MS),
    {
      description: "How old a workstation's last report may be.",
      unit: 'ms',
    },
  ),
  clamdSocket: noted(path.optional(), {
    description:
      "Where clamd of the gateway's own machine listens, if not where `/etc/clamav/clamd.conf` says.",
  }),
});

export const posture = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: noted(z.literal('off-demo'), {
      description:
        '`off-demo`: nobody is asked how current a machine is, and banner and ledger say so. Only with `demo: true`, where it is the default.',
    }),
  }),
  required,
]);

export type PostureSection = z.infer<typeof posture>;

/** Gives the section that holds, whether it stands in the file or not. */
export function postureSectionOf(
  demo: boolean,
  section: PostureSection | undefined,
): PostureSection {
  return section ?? (demo ? { kind: 'off-demo' } : required.parse({ kind: 'required' }));
}

/** Gives how old is too old; null where nothing is asked. */
export function posturePolicyOf(
  demo: boolean,
  section: PostureSection | undefined,
): PosturePolicy | null {
  const held = postureSectionOf(demo, section);
  return held.kind === 'off-demo' ? null : held;
}
