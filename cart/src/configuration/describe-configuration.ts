/** Prints the schema for `docs/configuration-cart.md`. */
import { z } from 'zod';
import { FIELD_NOTES } from './configuration-field.ts';
import type { FieldNote } from './configuration-field.ts';
import { configurationSchema } from './schema.ts';

/** The smallest file of a cart; a test checks that it is accepted. */
export const EXAMPLE_CONFIGURATION = {
  dataDirectory: '/var/lib/chaperone',
  cart: { serial: 'US-0001', model: 'Example Ultrasound 900' },
  gateway: { host: 'gateway.example.com', port: 443, serverName: 'gateway.example.com' },
  serviceCentre: {
    name: 'Example Service Centre',
    phone: '+1 800 555 0100',
    phiPolicyUrl: 'https://service.example/phi-policy',
  },
  screen: { kind: 'x11', display: ':0' },
} as const;

interface Field {
  readonly path: string;
  /** Of one of several kinds of a thing: which. */
  readonly kind: string | null;
  readonly schema: z.ZodType;
  /** Null: nothing says what it means. */
  readonly note: FieldNote | null;
  readonly isNeeded: boolean;
}

/** Describes every field as Markdown: meaning, what is expected, unit, default. */
export function describeConfiguration(): string {
  return [
    '# Configuration of a cart',
    '',
    'Generated from `cart/src/configuration/`; do not edit. `chaperone cart … --config FILE` reads one JSON file. A key that is not',
    'listed here is refused, and each refusal names the key and what was expected. No field is a secret: keys, passwords and what is',
    'set at the place of the cart lie in the data directory.',
    '',
    '## Example',
    '',
    '```json',
    JSON.stringify(EXAMPLE_CONFIGURATION, null, 2),
    '```',
    '',
    '## Fields',
    '',
    '| field | expected | default | meaning |',
    '|---|---|---|---|',
    ...listFields().map(row),
    '',
    'What is set on site (gateway, proxy) goes before this file; the network of the cart is not in it at all: see',
    '[field-guide.md](field-guide.md).',
    '',
  ].join('\n');
}

/** Lists the fields that have no note, of which the document could say nothing. */
export function fieldsWithoutNote(): readonly string[] {
  return listFields()
    .filter(({ note }) => note === null)
    .map(({ path }) => path);
}

function listFields(): readonly Field[] {
  return fieldsBelow(configurationSchema, '', true, null);
}

function fieldsBelow(
  schema: z.ZodType,
  path: string,
  isNeeded: boolean,
  kind: string | null,
): readonly Field[] {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodDiscriminatedUnion) {
    return bare.options.flatMap((option) =>
      option instanceof z.ZodObject ? fieldsBelow(option, path, isNeeded, kindOf(option)) : [],
    );
  }
  if (bare instanceof z.ZodArray)
    return fieldsBelow(bare.element as z.ZodType, `${path}[]`, true, kind);
  if (!(bare instanceof z.ZodObject)) return [];
  return Object.entries(bare.shape).flatMap(([key, member]) => {
    const field = member as z.ZodType;
    const at = path === '' ? key : `${path}.${key}`;
    const note = FIELD_NOTES.get(field) ?? null;
    const needed = isNeeded && !isWrapped(field);
    // Below what may be left out a field is needed as soon as the whole is there.
    const below = fieldsBelow(field, at, note === null ? needed : true, kind);
    if (note === null && below.length > 0) return below;
    return [{ path: at, kind, schema: field, note, isNeeded: needed }, ...below];
  });
}

function row({ path, kind, schema, note, isNeeded }: Field): string {
  const standard =
    schema instanceof z.ZodDefault ? JSON.stringify(schema.parse(undefined)) : note?.standard;
  const fallback =
    standard === undefined ? (isNeeded ? 'must be given' : 'none') : `\`${standard}\``;
  const unit = note?.unit === undefined ? '' : `, in ${note.unit}`;
  const of = kind === null || path.endsWith('.kind') ? '' : ` of \`${kind}\``;
  const expected = note?.expected ?? describeType(schema);
  return `| \`${path}\`${of} | ${expected}${unit} | ${fallback} | ${note?.description ?? ''} |`;
}

function describeType(schema: z.ZodType): string {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodBoolean) return 'true or false';
  if (bare instanceof z.ZodEnum) return alternatives(bare.options);
  if (bare instanceof z.ZodLiteral) return alternatives([...bare.values]);
  if (bare instanceof z.ZodNumber) {
    const { minValue, maxValue } = bare;
    return maxValue === null || maxValue >= Number.MAX_SAFE_INTEGER
      ? `a whole number from ${minValue} on`
      : `a whole number from ${minValue} to ${maxValue}`;
  }
  if (bare instanceof z.ZodString) return `a text of at most ${bare.maxLength} characters`;
  return 'an object';
}

function unwrapped(schema: z.ZodType): z.ZodType {
  let bare = schema;
  while (isWrapped(bare) || bare instanceof z.ZodNullable) bare = bare.unwrap() as z.ZodType;
  return bare;
}

function isWrapped(schema: z.ZodType): schema is z.ZodDefault | z.ZodPrefault | z.ZodOptional {
  return (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional
  );
}

function kindOf(option: z.ZodObject): string | null {
  const kind: unknown = option.shape['kind'];
  return kind instanceof z.ZodLiteral ? String(kind.value) : null;
}

function alternatives(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(' or ');
}
