/** The section `recording`: whether what technicians are shown of carts' screens is recorded (decision 0052). */
import { z } from 'zod';
import { noted } from './configuration-field.ts';

export const recording = z
  .strictObject({
    screens: noted(z.enum(['on', 'off']).default('on'), {
      description:
        '`on`: what a technician is shown of a screen is recorded, sealed with the case and destroyed with it; a screen that ' +
        'cannot be recorded is not shown. `off`: nothing is recorded, and the ledger says so for each screen, the console in ' +
        'each session. Technicians cannot change it.',
    }),
  })
  .prefault({});
