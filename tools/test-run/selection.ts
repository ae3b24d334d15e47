/** Which tests a person asked for, and which files those are. */
import { parseArgs } from 'node:util';
import path from 'node:path';
import type { PackageName } from '../workspace/workspace.ts';
import { ROOT, filesBelow, isTest } from '../workspace/workspace.ts';

const UNIT_PACKAGES: readonly PackageName[] = [
  'domain',
  'protocol',
  'gateway',
  'cart',
  'workstation',
  'facility',
  'verify',
  'host',
  'deidentification',
  'simulate',
  'bench',
  'tools',
  'console',
  'panel',
];
const SYSTEM_PACKAGES: readonly PackageName[] = ['test'];

export interface Selection {
  /** Part of a path; only test files whose path contains it are run. */
  readonly only: string | undefined;
  readonly skipSetUp: boolean;
}

/** Reads the command line. @throws TypeError naming an unknown option */
export function readSelection(args: readonly string[]): Selection {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string' }, 'skip-setup': { type: 'boolean', default: false } },
  });
  return { only: values.only, skipSetUp: values['skip-setup'] };
}

/** Lists the unit tests, those beside the code. */
export function unitTests(only?: string): readonly string[] {
  return testsIn(UNIT_PACKAGES, only);
}

/** Lists the whole-system tests, those in test/ but for the long ones. */
export function systemTests(only?: string): readonly string[] {
  return testsIn(SYSTEM_PACKAGES, only).filter((file) => !isLong(file));
}

/** Lists the tests that take minutes: fuzzing, many seeds, many rounds. */
export function longTests(only?: string): readonly string[] {
  return testsIn(SYSTEM_PACKAGES, only).filter(isLong);
}

function isLong(file: string): boolean {
  return file.startsWith(path.join(ROOT, 'test', 'long') + path.sep);
}

function testsIn(packages: readonly PackageName[], only = ''): readonly string[] {
  const files = filesBelow(ROOT, packages, (file) => isTest(file) && file.includes(only));
  return files.map((file) => path.join(ROOT, file));
}
