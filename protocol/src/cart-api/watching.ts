/**
 * Messages of the cart's service API about a second technician who watches, from version 4 on. Decision 0054; normative:
 * docs/protocol.md, "Watching".
 */
import { z } from 'zod';
import { compactJWS, requestId, WATCH_ASKS_MAX } from './schema.ts';

/** POST /v1/watch: 200 when the operator is asked. */
export const watchAsk = z.strictObject({
  /** A session request with `purpose: watch`, signed by the second technician's workstation. */
  request: compactJWS,
});
export const watchAnswer = z.strictObject({
  request: requestId,
  comparisonCode: z.string().max(16),
  /** The number of this question: the view tells how many there were. */
  number: z.number().int().min(1).max(WATCH_ASKS_MAX),
});
export type WatchAnswer = z.infer<typeof watchAnswer>;
/** POST /v1/watch/leave */
export const watchLeave = z.strictObject({});
