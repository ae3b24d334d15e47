/**
 * A list in a file from somebody who may be lying: counted before anything in it is looked at, and given up at its
 * first wrong element.
 *
 * A schema's own list names every fault of every element. Two million wrong elements, which a file of a few megabytes
 * holds, would make a message longer than a string can be, and need more memory than there is.
 */
import { z } from 'zod';

/** Reads a list of at most so many elements. Only the first wrong element is told, with its place. */
export function boundedList<Element extends z.ZodType>(element: Element, elementsMax: number) {
  return z
    .array(z.unknown())
    .max(elementsMax)
    .transform((values, context): z.output<Element>[] => {
      const read: z.output<Element>[] = [];
      for (const [at, value] of values.entries()) {
        const parsed = element.safeParse(value);
        if (parsed.success) {
          read.push(parsed.data);
          continue;
        }
        for (const { path, message } of parsed.error.issues) {
          context.addIssue({ code: 'custom', path: [at, ...path], message });
        }
        return z.NEVER;
      }
      return read;
    });
}
