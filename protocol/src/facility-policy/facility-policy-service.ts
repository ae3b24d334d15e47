/**
 * How a facility's policy comes to a cart, on the commissioning road (docs/protocol.md section 3): the cart asks, the gateway
 * carries what the facility has signed, and the cart says what it has taken.
 *
 * | request | | answer |
 * |---|---|---|
 * | `GET  /commissioning/v1/facility-policy?above=N` | N: the version that the cart has, 0 for none | `waitingPolicy`: a later one, or null |
 * | `POST /commissioning/v1/facility-policy/receipt` | `policyReceipt` | `{}` |
 */
import { z } from 'zod';
import { COMMISSIONING_PREFIX } from '../commissioning/service.ts';
import { compactJWS } from '../cart-api/schema.ts';
import {
  POLICY_CHARACTERS_MAX,
  POLICY_RECEIPT_CHARACTERS_MAX,
} from './facility-policy-statement.ts';

export const FACILITY_POLICY_PATHS = {
  policy: `${COMMISSIONING_PREFIX}/facility-policy`,
  receipt: `${COMMISSIONING_PREFIX}/facility-policy/receipt`,
} as const;

export const waitingPolicy = z.strictObject({
  policy: z.string().max(POLICY_CHARACTERS_MAX).nullable(),
});
export const policyReceipt = z.strictObject({
  receipt: compactJWS.max(POLICY_RECEIPT_CHARACTERS_MAX),
});
