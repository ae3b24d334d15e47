/**
 * The steps of `npm run check`. Each reads the whole workspace, changes nothing, and says how much it read:
 * a step that read nothing has failed.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { UnreadModules } from '../import-rules/graph.ts';
import type { Judgement } from '../import-rules/import-rules.ts';
import { judgeImports } from '../import-rules/import-rules.ts';
import { PAGES, ROOT, filesBelow, isCode, packagesOf } from '../workspace/workspace.ts';
import { dependencyFindings } from './dependency-table.ts';
import { LINES_MAX, longFiles } from './file-length.ts';
import { mergeMarkerFindings } from './merge-marker.ts';
import { migrationNumberFindings } from './migration-numbers.ts';
import { nameFindings } from './names.ts';
import { namedTestFindings } from './named-tests.ts';
import type { Outcome } from './program.ts';
import { runNode } from './program.ts';

export interface Step {
  readonly name: string;
  readonly run: () => Promise<Outcome>;
}

export const STEPS: readonly Step[] = [
  { name: 'types', run: () => types('.') },
  ...PAGES.map((page): Step => ({ name: `types-${page}`, run: () => types(page) })),
  { name: 'lint', run: lint },
  { name: 'imports', run: imports },
  { name: 'import-rules', run: () => tests('tools/import-rules/import-rules.test.ts') },
  { name: 'format', run: format },
  { name: 'names', run: async () => outcomeOf(nameFindings(ROOT)) },
  { name: 'dependencies', run: async () => outcomeOf(dependencyFindings(ROOT)) },
  { name: 'merge-markers', run: async () => outcomeOf(mergeMarkerFindings(ROOT)) },
  { name: 'migration-numbers', run: async () => outcomeOf(migrationNumberFindings(ROOT)) },
  { name: 'named-tests', run: async () => outcomeOf(namedTestFindings(ROOT)) },
  { name: 'length', run: length },
];

async function types(folder: string): Promise<Outcome> {
  if (!existsSync(path.join(ROOT, folder, 'tsconfig.json'))) {
    return { ok: false, output: `${folder}/tsconfig.json is missing.` };
  }
  const hasCode = folder === '.' || filesBelow(ROOT, [`${folder}/src`], isCode).length > 0;
  if (!hasCode) return { ok: false, output: `${folder}/src holds no code.` };
  const pretty = String(process.stdout.isTTY === true);
  return runNode('node_modules/typescript/bin/tsc', ['--noEmit', '--pretty', pretty, '-p', folder]);
}

/** Type-aware lint of every file; oxlint's closing line must name at least as many files as there are. */
async function lint(): Promise<Outcome> {
  const outcome = await runNode('node_modules/oxlint/bin/oxlint', ['--type-aware', '.']);
  const linted = Number(/ on (\d+) files?/.exec(outcome.output)?.[1] ?? 0);
  const there = filesBelow(ROOT, packagesOf(ROOT), isCode).length;
  if (linted >= there) return outcome;
  return { ok: false, output: `${outcome.output}\n${linted} of ${there} files were linted.` };
}

async function format(): Promise<Outcome> {
  const { ok, output } = await runNode('node_modules/oxfmt/bin/oxfmt', ['--list-different', '.']);
  if (ok) return { ok, output };
  return { ok, output: `${output}\nThese are not formatted: npm run format -- <files>` };
}

async function imports(): Promise<Outcome> {
  let judgement: Judgement;
  try {
    judgement = judgeImports(ROOT);
  } catch (error) {
    if (error instanceof UnreadModules) return { ok: false, output: error.message };
    throw error;
  }
  const findings = judgement.violations.map(
    ({ rule, from, to, advice }) => `${from}\n    imports ${to}\n    ${rule}: ${advice}`,
  );
  return outcomeOf(findings);
}

function tests(file: string): Promise<Outcome> {
  return runNode('--test', ['--test-reporter=dot', file]);
}

async function length(): Promise<Outcome> {
  const long = longFiles(ROOT);
  const tooLong = long.filter(({ lines }) => lines > LINES_MAX);
  const rows = long.map(({ file, lines }) => `${String(lines).padStart(5)} lines: ${file}`);
  if (tooLong.length > 0) rows.push(`More than ${LINES_MAX} lines do not pass: split by noun.`);
  return { ok: tooLong.length === 0, output: rows.join('\n') };
}

function outcomeOf(findings: readonly string[]): Outcome {
  return { ok: findings.length === 0, output: findings.join('\n') };
}
