/**
 * How a workstation tells the desk how current it is.
 *
 *   POST /api/workstation/posture   with the program's certificate: PostureReport → PostureAnswer
 */
import { LACK_CODES } from '@chaperone/domain/posture/posture.ts';
import { z } from 'zod';
import { compactJWS } from '../cart-api/schema.ts';
import { POSTURE_REPORT_CHARACTERS_MAX } from '../signed/posture-claims.ts';

/** The report and little more. */
export const POSTURE_REQUEST_BYTES_MAX = 4 * 1024;

/** `report` is signed with the key of the certificate that is shown. */
export const postureReport = z.strictObject({
  report: compactJWS.max(POSTURE_REPORT_CHARACTERS_MAX),
});

export const postureAnswer = z.object({
  judgement: z.object({
    /** True where nothing is asked, too. */
    isCurrent: z.boolean(),
    lacks: z.array(z.object({ code: z.enum(LACK_CODES), sentence: z.string() })),
  }),
});
export type PostureAnswer = z.infer<typeof postureAnswer>;
