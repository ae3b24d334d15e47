/** The section `deidentification`: what is chosen for a new case, and where models burn text into their images (decision 0033). */
import { DEIDENTIFICATION_RULES } from '@chaperone/domain/deidentification/deidentification.ts';
import { z } from 'zod';
import { noted, path } from './configuration-field.ts';

export const deidentification = z
  .strictObject({
    newCases: noted(z.enum(DEIDENTIFICATION_RULES).default('not-required'), {
      description:
        'What is chosen when a case is opened, unless whoever opens it chooses otherwise. `not-required`: files are fetched as ' +
        'they are. `in-the-vault`: each file is de-identified when it has arrived, and only the results leave the vault. ' +
        '`on-the-cart`: only de-identified files leave the cart.',
    }),
    templatesFile: noted(path.optional(), {
      description:
        'JSON file with region templates: where which model burns text into its images. Without it no ' +
        'image can be de-identified. Keep it where only the gateway’s administrator can write.',
    }),
    templatesSha256: noted(
      z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits')
        .optional(),
      {
        description:
          'SHA-256 of `templatesFile`, as `sha256sum` prints it, taken when somebody looked at it. The gateway does not start with another file.',
      },
    ),
  })
  .prefault({});
