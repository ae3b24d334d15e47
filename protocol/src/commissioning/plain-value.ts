/**
 * Texts and instants of what carts and gateways tell each other while a cart is commissioned: one rule for all of them, because
 * whatever one party takes another one shows to people.
 */
import { z } from 'zod';

/** The year 3000, as in a licence's terms: every date in between is one that programs and people can write. Seconds since 1970. */
const SECONDS_MAX = 32_503_680_000;
export const INSTANT_MAX_MS = SECONDS_MAX * 1000;

/** Seconds since 1970. */
export const seconds = z.number().int().min(0).max(SECONDS_MAX);
/** Milliseconds since 1970, UTC. */
export const instant = z.number().int().min(0).max(INSTANT_MAX_MS);

/**
 * What people cannot read as it stands: line ends and other control characters, lone surrogates, and every character that has no
 * shape of its own: marks that turn the direction of what is around them, soft hyphens, joiners and spaces of no width, tags.
 */
const UNREADABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** What people read: one line, of at most so many UTF-16 units. */
export function text(charactersMax = 300): z.ZodString {
  return z
    .string()
    .max(charactersMax)
    .refine((value) => !UNREADABLE.test(value), 'expected one line of readable text');
}

/** Makes a text from anywhere one that `text` takes. */
export function readableText(value: string, charactersMax = 300): string {
  return value
    .toWellFormed()
    .replaceAll(new RegExp(UNREADABLE, 'gu'), ' ')
    .slice(0, charactersMax)
    .toWellFormed();
}
