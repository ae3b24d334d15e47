/**
 * Reads the cart agent's configuration: a JSON file, refused as a whole when anything in it is unknown or wrong.
 *
 * A mistyped key must not silently leave a default in force, so each refusal names the key and what was expected.
 */
import { DomainError } from '@chaperone/domain/error/domain-error.ts';
import { DEFAULT_SESSION_LIMITS } from '@chaperone/domain/session/limits.ts';
import type { SessionLimits } from '@chaperone/domain/session/limits.ts';
import { z } from 'zod';
import type { IndicatorSettings } from '../indicator/indicator.ts';
import { readSmallText } from '../platform/small-input.ts';
import { configurationSchema } from './schema.ts';
import type { CartConfiguration, ScreenConfiguration } from './schema.ts';

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
  indicatorSettings(configuration);
  checkMasks(configuration.screen);
  if (configuration.demo && !isLoopback(configuration.gateway.host)) {
    throw new ConfigurationInvalid(
      '"demo" is true, so "gateway.host" must be loopback (127.0.0.1, ::1 or localhost).',
    );
  }
  return configuration;
}

/**
 * Tells what on the display says that somebody is in. A screen on a real display has it unless the configuration says in so
 * many words that it has none.
 * @throws ConfigurationInvalid
 */
export function indicatorSettings({ screen, indicator }: CartConfiguration): IndicatorSettings {
  if (indicator !== undefined) {
    if (indicator.kind === 'x11' && screen.kind === 'x11' && indicator.display !== screen.display) {
      throw new ConfigurationInvalid(
        '"indicator.display" must be the display that the technician is shown, "screen.display".',
      );
    }
    return indicator;
  }
  switch (screen.kind) {
    case 'demo':
      return { kind: 'panel' };
    case 'x11':
      return { kind: 'x11', display: screen.display, xauthority: null, devices: null };
    case 'rfb':
      throw new ConfigurationInvalid(
        '"indicator" is missing: with "screen.kind" "rfb" it has to say which display shows that somebody is in ' +
          '({"kind": "x11", "display": ":0"}), or why none does ({"kind": "none", "reason": "…"}).',
      );
  }
}

/**
 * Refuses what would let pixels pass by the masks.
 * @throws ConfigurationInvalid
 */
function checkMasks({ masks, encoder }: ScreenConfiguration): void {
  const { mode, templatesFile, templatesSha256 } = masks;
  if (mode === 'off') return;
  if (mode === 'strict' && templatesFile === null) {
    throw new ConfigurationInvalid(
      '"screen.masks.templatesFile" is missing: in mode "strict" only what a template says is clear is shown.',
    );
  }
  if (templatesFile === null) return;
  if (templatesSha256 === null) {
    throw new ConfigurationInvalid(
      '"screen.masks.templatesSha256" is missing: templates are believed only as somebody has looked at them (sha256sum prints it).',
    );
  }
  if (encoder.mode === 'relay') {
    throw new ConfigurationInvalid(
      '"screen.encoder.mode" is "relay", which passes the screen on as it is, and "screen.masks" is to cover parts of it: ' +
        'set "screen.encoder.mode" to "re-encoder", or "screen.masks.mode" to "off".',
    );
  }
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
