/**
 * The Carts page's part of the console API: what a service centre knows of each cart, and what needs somebody's attention. The
 * routes are in `administration.ts`. What a report says of its place is the cart's word; nothing here carries PHI.
 */
import { LICENCE_STANDINGS } from '@chaperone/domain/licence/licence-terms.ts';
import { VALIDATION_STEPS } from '@chaperone/domain/validation/finding.ts';
import { z } from 'zod';

export const CART_DRIFTS = [
  'software',
  'model',
  'facility',
  'licence',
  'gateway',
  'network',
  'road',
] as const;
/** A difference from the newest report by which the cart was accepted. */
export const cartDrift = z.object({
  what: z.enum(CART_DRIFTS),
  was: z.string(),
  now: z.string(),
});
export type CartDrift = z.infer<typeof cartDrift>;

export const CART_ATTENTIONS = [
  'validation-failed',
  'drifted',
  'certificate-ends',
  'licence-ends',
  'never-validated',
  /** The rest of what is said of the cart is left out; the log of the gateway says why. */
  'cannot-be-read',
] as const;

/** `attention` leaves out what needs nobody. */
export const CART_CHOICES = ['all', 'attention'] as const;
/** `validated`: the oldest validation first, those without one before it. `expires`: the certificate that ends first. */
export const CART_ORDERS = ['serial', 'facility', 'validated', 'expires'] as const;

export const commissionedCart = z.object({
  serial: z.string(),
  state: z.enum(['licensed', 'commissioned', 'retired']),
  certificateExpiresUtcMs: z.number().nullable(),
  online: z.boolean(),
  /** As the licence has it, otherwise as the newest report does. */
  facility: z.string().nullable(),
  /** As the cart said when it connected last, otherwise as the licence or the newest report has it. */
  model: z.string().nullable(),
  software: z.string().nullable(),
  licence: z
    .object({
      id: z.string(),
      features: z.array(z.string()),
      validUntilUtcMs: z.number().nullable(),
      standing: z.enum(LICENCE_STANDINGS),
    })
    .nullable(),
  /** The newest that the cart has signed. */
  validation: z
    .object({
      report: z.string(),
      validatedUtcMs: z.number(),
      accepted: z.boolean(),
      failedStep: z.enum(VALIDATION_STEPS).nullable(),
      warnings: z.number(),
      acceptedBy: z.string(),
    })
    .nullable(),
  /** When the newest report by which it was accepted was signed, by the cart's clock. */
  acceptedUtcMs: z.number().nullable(),
  /** The policy of its facility, as the cart said last; null when it said nothing of one. */
  facilityPolicy: z.object({ version: z.number(), installedUtcMs: z.number() }).nullable(),
  drift: z.array(cartDrift),
  /** Bytes that its connections have carried this month (UTC). */
  monthBytes: z.number(),
  attention: z.array(z.enum(CART_ATTENTIONS)),
});

/** One acceptance report of a cart. */
export const cartReport = z.object({
  id: z.string(),
  receivedUtcMs: z.number(),
  signedUtcMs: z.number(),
  accepted: z.boolean(),
  failedStep: z.enum(VALIDATION_STEPS).nullable(),
  warnings: z.number(),
  acceptedBy: z.string(),
  facility: z.string(),
});
/** Newest first. */
export const cartReportList = z.object({ items: z.array(cartReport) });
