/** What `docs/configuration-cart.md` says of a field of the configuration beside its type and default. */
import { z } from 'zod';

export interface FieldNote {
  readonly description: string;
  /** What is expected, where the schema cannot say it in words. */
  readonly expected?: string;
  /** `bytes`, `ms`; absent for what has no unit. */
  readonly unit?: string;
  /** The default, where the schema leaves the field out and the program completes it. */
  readonly standard?: number;
}

/** The notes of all fields, found again when the schema is printed. */
export const FIELD_NOTES = z.registry<FieldNote>();

/** Puts a note on a field. */
export function noted<Schema extends z.ZodType>(schema: Schema, note: FieldNote): Schema {
  // `default` and `optional` make a new schema, so the note is put on last; on a copy, since fields share schemas.
  const own = schema.clone();
  FIELD_NOTES.add(own, note);
  return own;
}
