/** `standby`: a second gateway that waits and takes over. */
import { z } from 'zod';
import { noted } from './configuration-field.ts';

export const standby = z.strictObject({
  leaseMs: noted(z.int().min(1_000).max(300_000).default(15_000), {
    description:
      'How long the active gateway may be silent before one that waits takes over. Every gateway of one database has this ' +
      'section, the same data directory (a shared disk) and PostgreSQL; each has its own listeners.',
    unit: 'ms',
  }),
});
