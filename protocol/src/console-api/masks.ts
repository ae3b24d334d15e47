/** What the console reads of covered parts of a cart's screen. */
import { z } from 'zod';
import { maskView } from '../cart-api/masks.ts';

/** Null: this cart's version does not tell, and covers nothing. */
export const sessionMasks = z.object({ masks: maskView.nullable() });
export type SessionMasks = z.infer<typeof sessionMasks>;
