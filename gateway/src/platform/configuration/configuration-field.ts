/** What every section of the configuration is written with: notes on fields, and the kinds of text that occur again. */
import { isIP } from 'node:net';
import { z } from 'zod';

/** What `docs/configuration.md` says of a field beside its type and default. */
export interface FieldNote {
  readonly description: string;
  /** `bytes`, `ms`, `s`; absent for what has no unit. */
  readonly unit?: string;
  /** The field's value is the path of a file that holds a secret. */
  readonly secretFile?: true;
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

const DNS_LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
export const HOST_EXPECTED = 'a DNS name in lower case or an IP address';

/** Tells whether a text is a DNS name in lower case or an IP address, without port or brackets. */
export function isHost(text: string): boolean {
  if (isIP(text) !== 0) return true;
  // A name of digits and dots only would be taken for an address.
  return (
    text.length <= 253 && text.split('.').every((one) => DNS_LABEL.test(one)) && /[a-z]/.test(text)
  );
}

/** One line of text. */
export const line = (max: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]+$/u, 'expected one line without control characters');
/** The path of a file or folder; a relative one starts at the configuration. */
export const path = z
  .string()
  .min(1)
  .max(4_096)
  .regex(/^[^\0]+$/, 'expected a path');
/** A name or an address of a machine. */
export const host = z.string().refine(isHost, `expected ${HOST_EXPECTED}`);
export const port = z.int().min(0).max(65_535);

/**
 * A listener's address and port.
 *
 * Without a written return type: the checked configuration's type is inferred from the schema alone.
 */
export const listen = (defaultPort: number, what: string) =>
  z
    .strictObject({
      host: noted(host.default('127.0.0.1'), {
        description: `The address of this machine on which ${what}; \`0.0.0.0\` and \`::\` mean all.`,
      }),
      port: noted(port.default(defaultPort), { description: 'The TCP port; 0 takes a free one.' }),
    })
    .prefault({});
