/** Turns what zod found into one sentence per wrong key: where it is and what was expected, never what it held. */
import type { z } from 'zod';
import { describeType, findSchema, knownKeys } from './schema-view.ts';
import { nearestWord } from './did-you-mean.ts';

export interface ConfigurationFault {
  /** For example `edge.gatewayNames[0]`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** One fault per wrong key, in the order of the file's schema. */
export function faultsOf(issues: readonly Issue[], value: unknown): readonly ConfigurationFault[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => unknownKey(issue.path, key, value));
    return [{ path: shownPath(issue.path), message: expectation(issue, value) }];
  });
}

/** Prints a path as one would write it in a program. */
export function shownPath(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

function unknownKey(path: Path, key: string, value: unknown): ConfigurationFault {
  const known = knownKeys(path, value);
  const near = nearestWord(key, known);
  const hint = near === undefined ? `known here: ${known.join(', ')}` : `did you mean "${near}"?`;
  return { path: shownPath([...path, key]), message: `unknown key; ${hint}` };
}

function expectation(issue: Issue, value: unknown): string {
  const given = valueAt(value, issue.path);
  const expected = `expected ${describeType(findSchema(issue.path, value))}`;
  if (given === undefined) return `is missing; ${expected}`;
  if (issue.code === 'custom' || issue.code === 'invalid_format') return issue.message;
  if (issue.code === 'too_small' && issue.origin !== 'number')
    return `expected at least ${issue.minimum}`;
  if (issue.code === 'too_big' && issue.origin !== 'number')
    return `expected at most ${issue.maximum}`;
  const choices = choicesOf(issue, value);
  const near = typeof given === 'string' ? nearestWord(given, choices) : undefined;
  return near === undefined ? expected : `${expected}; did you mean "${near}"?`;
}

function choicesOf(issue: Issue, value: unknown): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  const quoted = describeType(findSchema(issue.path, value)).matchAll(/"([^"]+)"/g);
  return issue.code === 'invalid_union' ? [...quoted].map(([, word]) => word ?? '') : [];
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Readonly<Record<PropertyKey, unknown>>)[part];
  }
  return at;
}
