/** What stands in the address of the Carts page besides search and page; what is left out is all of them, by serial. */
import { CART_CHOICES, CART_ORDERS } from '@chaperone/protocol/console-api/carts.ts';
import { z } from 'zod';
import { listSearch } from '../list/list-search.ts';

export const cartSearch = listSearch.extend({
  only: z.enum(CART_CHOICES).optional().catch(undefined),
  sort: z.enum(CART_ORDERS).optional().catch(undefined),
});
export type CartSearch = z.infer<typeof cartSearch>;
