/** Who decides which technicians may work on a case. */
import { z } from 'zod';
import { noted } from './configuration-field.ts';

export const DESIGNATORS = ['lead', 'lead-or-opener'] as const;
export type Designator = (typeof DESIGNATORS)[number];

export const cases = z
  .strictObject({
    designatedBy: noted(z.enum(DESIGNATORS).optional(), {
      description:
        '`lead`: a lead designates the technicians of a case; a technician may open one and waits for the lead. ' +
        '`lead-or-opener`: whoever opens a case is designated for it, and may designate others. Without this setting it ' +
        'is `lead`, and `lead-or-opener` with `demo: true`.',
    }),
  })
  .prefault({});

/** Who designates, with the default of the kind of gateway. */
export function designatorOf(configuration: {
  readonly demo: boolean;
  readonly cases: { readonly designatedBy?: Designator | undefined };
}): Designator {
  return configuration.cases.designatedBy ?? (configuration.demo ? 'lead-or-opener' : 'lead');
}
