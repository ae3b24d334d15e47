/** Looks into the schema itself: which keys stand where, what a field expects, which note it has. */
import { z } from 'zod';
import { FIELD_NOTES } from './configuration-field.ts';
import type { FieldNote } from './configuration-field.ts';
import { configurationSchema } from './configuration-schema.ts';

/** One field of the schema, as `docs/configuration.md` lists it. */
export interface Field {
  readonly path: string;
  /** Of one of several kinds of a thing: which. */
  readonly kind: string | undefined;
  readonly type: string;
  readonly note: FieldNote;
  /** As JSON; undefined when the field must be given or may be left out. */
  readonly standard: string | undefined;
  readonly required: boolean;
}

/** The keys that an object at this place may have. */
export function knownKeys(path: readonly PropertyKey[], value: unknown): readonly string[] {
  const schema = findSchema(path, value);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** The schema at a place, without its defaults; for one of several kinds, the one that the value names. */
export function findSchema(path: readonly PropertyKey[], value: unknown): z.ZodType | undefined {
  let schema: z.ZodType | undefined = configurationSchema;
  let at = value;
  for (const part of path) {
    schema = stepInto(chosen(schema, at), part);
    at = isRecord(at) ? at[part] : undefined;
  }
  return chosen(schema, at);
}

/** Says in words what a schema expects. */
export function describeType(schema: z.ZodType | undefined): string {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodString) return 'a text';
  if (bare instanceof z.ZodURL) return 'an https:// address';
  if (bare instanceof z.ZodBoolean) return 'true or false';
  if (bare instanceof z.ZodNumber)
    return `a whole number from ${bare.minValue} to ${bare.maxValue}`;
  if (bare instanceof z.ZodArray) return 'a list of texts';
  if (bare instanceof z.ZodEnum) return alternatives(bare.options);
  if (bare instanceof z.ZodLiteral) return alternatives([...bare.values]);
  if (bare instanceof z.ZodDiscriminatedUnion) return alternatives(kindsOf(bare));
  return 'an object';
}

/** Lists all fields with a note, in the order of the schema. */
export function listFields(): readonly Field[] {
  return fieldsBelow(configurationSchema, '', true);
}

function fieldsBelow(
  schema: z.ZodType,
  path: string,
  required: boolean,
  kind?: string,
): readonly Field[] {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodDiscriminatedUnion) {
    return bare.options.flatMap((option) =>
      fieldsBelow(option as z.ZodType, path, required, kindOf(option as z.ZodObject)),
    );
  }
  if (!(bare instanceof z.ZodObject)) return [];
  return Object.entries(bare.shape).flatMap(([key, member]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const field = member as z.ZodType;
    const needed = required && !isWrapped(field);
    const note = FIELD_NOTES.get(field);
    if (note === undefined) return fieldsBelow(field, at, needed, kind);
    const standard =
      field instanceof z.ZodDefault ? JSON.stringify(field.parse(undefined)) : undefined;
    return [{ path: at, kind, type: describeType(field), note, standard, required: needed }];
  });
}

function stepInto(schema: z.ZodType | undefined, part: PropertyKey): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[String(part)] as z.ZodType | undefined;
  if (schema instanceof z.ZodDiscriminatedUnion && part === 'kind') {
    return z.enum(kindsOf(schema) as [string, ...string[]]);
  }
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  return undefined;
}

function chosen(schema: z.ZodType | undefined, value: unknown): z.ZodType | undefined {
  const bare = unwrapped(schema);
  if (!(bare instanceof z.ZodDiscriminatedUnion) || !isRecord(value)) return bare;
  const kind = value['kind'];
  const option = bare.options.find((one) => one instanceof z.ZodObject && kindOf(one) === kind);
  return option instanceof z.ZodObject ? option : bare;
}

function kindsOf(union: z.ZodDiscriminatedUnion): readonly string[] {
  return union.options.map((option) => (option instanceof z.ZodObject ? kindOf(option) : ''));
}

function kindOf(option: z.ZodObject): string {
  const kind: unknown = option.shape['kind'];
  return kind instanceof z.ZodLiteral ? String(kind.value) : '';
}

function unwrapped(schema: z.ZodType | undefined): z.ZodType | undefined {
  let bare = schema;
  while (bare !== undefined && isWrapped(bare)) bare = bare.unwrap() as z.ZodType;
  return bare;
}

function isWrapped(schema: z.ZodType): schema is z.ZodDefault | z.ZodPrefault | z.ZodOptional {
  return (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional
  );
}

function alternatives(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(' or ');
}

function isRecord(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === 'object' && value !== null;
}
