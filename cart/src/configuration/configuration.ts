/**
 * Reads the cart agent's configuration: a JSON file, refused as a whole when anything in it is unknown or wrong.
 *
 * A mistyped key must not silently leave a default in force, so each refusal names the key and what was expected.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { DEFAULT_SESSION_LIMITS } from '@chaperone/domain/session/limits.ts';
import type { SessionLimits } from '@chaperone/domain/session/limits.ts';
import { z } from 'zod';
import { readSmallText } from '../platform/small-input.ts';
import { configurationSchema } from './schema.ts';
import type { CartConfiguration } from './schema.ts';

export type { CartConfiguration, GatewayAddress, ScreenConfiguration } from './schema.ts';
export { gatewaySchema } from './schema.ts';

export class ConfigurationInvalid extends DomainError {
  readonly code = 'CONFIGURATION_INVALID';
}

/** Far more than any configuration needs; a wrong path may point at anything. */
const FILE_BYTES_MAX = 256 * 1024;

/** Reads and checks a configuration file. @throws ConfigurationInvalid */
export async function readConfiguration(path: string): Promise<CartConfiguration> {
  return parseConfiguration(await readJSONFile(path));
}

async function readJSONFile(path: string): Promise<unknown> {
  let text: string | null;
  try {
    text = await readSmallText(path, FILE_BYTES_MAX);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new ConfigurationInvalid(`The file ${path} cannot be read (${code}).`, { cause });
  }
  if (text === null) {
    throw new ConfigurationInvalid(`The file ${path} is far too long to be a configuration.`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ConfigurationInvalid(`The file ${path} is not JSON.`, { cause });
  }
}

/**
 * Checks a configuration.
 * @throws ConfigurationInvalid naming each wrong key and what was expected instead
 */
export function parseConfiguration(value: unknown): CartConfiguration {
  const parsed = configurationSchema.safeParse(value);
  if (!parsed.success) {
    throw new ConfigurationInvalid(
      ['The configuration is refused:', ...describeIssues(parsed.error)].join('\n  '),
    );
  }
  const configuration = parsed.data;
  const ids = configuration.directories.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) {
    throw new ConfigurationInvalid(`Two entries of "directories" have the id "${twice}".`);
  }
  if (configuration.demo && !isLoopback(configuration.gateway.host)) {
    throw new ConfigurationInvalid(
      '"demo" is true, so "gateway.host" must be loopback (127.0.0.1, ::1 or localhost).',
    );
  }
  return configuration;
}

/** Completes the limits of a configuration with their defaults. */
export function sessionLimits(configuration: CartConfiguration): SessionLimits {
  const given = Object.entries(configuration.limits).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_SESSION_LIMITS, ...Object.fromEntries(given) };
}

/** Says in words what a schema refused, a line per issue. */
export function describeIssues(error: z.ZodError): readonly string[] {
  return error.issues.map((issue) => {
    const where = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') {
      const keys = issue.keys
        .map((key) => `"${where === '' ? key : `${where}.${key}`}"`)
        .join(', ');
      const expected = keysAt(configurationSchema, issue.path);
      const hint = expected.length === 0 ? '' : ` (expected here: ${expected.join(', ')})`;
      return `unknown key ${keys}${hint}`;
    }
    return `"${where || '(the whole)'}": ${issue.message}`;
  });
}

/** Finds the keys that an object of the schema knows, by the path of an issue. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const inner = unwrap(schema);
  const [first, ...rest] = path;
  if (inner instanceof z.ZodArray) return keysAt(inner.element, rest);
  if (!(inner instanceof z.ZodObject)) return [];
  if (first === undefined) return Object.keys(inner.shape);
  const next = (inner.shape as Readonly<Record<string, z.core.$ZodType>>)[String(first)];
  return next === undefined ? [] : keysAt(next, rest);
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodOptional
  ) {
    return unwrap(schema.unwrap());
  }
  return schema;
}

/** Tells whether this is surely this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
