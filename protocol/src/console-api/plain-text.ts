/** Text that a console sends: what neither a URL nor PostgreSQL can carry is refused at the door. */
import type { z } from 'zod';

/** Narrows a text to well-formed Unicode without NUL. */
export function plain(text: z.ZodString): z.ZodString {
  return text.refine(
    (value) => value.isWellFormed() && !value.includes('\0'),
    'expected text without NUL or halves of characters',
  );
}
