/**
 * Messages of the cart's service API about what is covered on its screen, from version 3 on. Decision 0050; normative:
 * docs/protocol.md, "Masks".
 */
import { MASK_NAME } from '@chaperone/domain/mask/mask.ts';
import { UNMASK_MINUTES, UNMASK_REASON_CHARACTERS } from '@chaperone/domain/mask/unmask.ts';
import { z } from 'zod';

const MASKS_MAX = 1100;
const LAYOUTS_MAX = 32;
/** `layout/mask`, or `whole-screen`. */
export const maskName = z
  .string()
  .max(81)
  .refine((text) => {
    const parts = text.split('/');
    return parts.length <= 2 && parts.every((part) => MASK_NAME.test(part));
  }, 'a mask');

/** GET /v1/masks */
export const maskView = z.strictObject({
  /** `nothing`: no templates are installed, and nothing is covered. `unknown-model`: everything is. */
  rule: z.enum(['off', 'nothing', 'unknown-model', 'template']),
  /** Null unless there is a template. */
  mode: z.enum(['configured', 'strict']).nullable(),
  /** Layouts that are recognised on the screen that is open; none: everything is covered, or no screen is open. */
  layouts: z.array(z.string().regex(MASK_NAME)).max(LAYOUTS_MAX),
  /** What can be asked for now, and for how long it is open; empty without a grant. */
  masks: z
    .array(z.strictObject({ name: maskName, secondsOpen: z.number().int().min(0).nullable() }))
    .max(MASKS_MAX),
  /** What the operator is being asked for at the moment. */
  asked: maskName.nullable(),
});
export type MaskView = z.infer<typeof maskView>;

/** What of a technician's reason is shown to the operator: one line, in any language. */
export const unmaskReason = z
  .string()
  .trim()
  .min(UNMASK_REASON_CHARACTERS.min)
  .max(UNMASK_REASON_CHARACTERS.max)
  .regex(/^[^\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]*$/u, 'one line of plain text');

/** POST /v1/masks/ask: 204 when the operator is asked. */
export const unmaskAsk = z.strictObject({
  mask: maskName,
  reason: unmaskReason,
  minutes: z.literal([...UNMASK_MINUTES]),
});
export type UnmaskAskBody = z.infer<typeof unmaskAsk>;
