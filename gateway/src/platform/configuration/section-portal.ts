/** The section `portal`: where facilities' security officers read what is kept about their facility. */
import { z } from 'zod';
import { HOST_EXPECTED, host, listen, noted } from './configuration-field.ts';

/** Without the section there is no portal. It has no setting without TLS: it knows officers by their certificates. */
export const portal = z
  .strictObject({
    listen: listen(8445, "facilities' security officers are taken"),
    names: noted(z.array(host).min(1).max(16), {
      description:
        `The 1 to 16 names in the browser's address line, each ${HOST_EXPECTED}; others are refused. ` +
        'Must be given with `portal`; without `portal` there is no portal.',
    }),
  })
  .optional();
