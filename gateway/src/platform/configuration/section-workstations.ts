/** The section `workstations`: how many there may be, and how long their certificates hold. */
import { z } from 'zod';
import { noted } from './configuration-field.ts';

export const workstations = z
  .strictObject({
    seatsMax: noted(z.int().min(1).max(10_000).default(100), {
      description:
        'How many licensed workstations may be in force at the same time. Retired and expired ones take no seat.',
    }),
    certificateDays: noted(z.int().min(1).max(825).default(365), {
      description:
        "How long a workstation's certificates hold, in days; they are renewed once two thirds have passed.",
    }),
  })
  .prefault({});
