/** GET /api/audit/witnesses: who vouches for the ledger, and up to where. */
import { z } from 'zod';

export const witnessList = z.object({
  witnesses: z.array(
    z.object({
      /** `name+hash+base64` */
      witness: z.string(),
      facility: z.string(),
      size: z.number().int(),
      seenUtcMs: z.number().int(),
    }),
  ),
});
export type WitnessList = z.infer<typeof witnessList>;
