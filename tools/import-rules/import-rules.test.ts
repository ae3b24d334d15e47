// Goal: each import rule refuses what it should, nothing else, and never by reading nothing.
// Method: every fixture is a small workspace that breaks exactly the rule it is named after (`lawful` breaks
// none, though it uses every permission). It is copied to a folder of its own, its packages are linked as npm
// links them, and the real judge reads it.
import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { packagesOf } from '../workspace/workspace.ts';
import { UnreadModules, readGraph } from './graph.ts';
import { RULE_NAMES, judgeImports } from './import-rules.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const LAWFUL = 'lawful';
const temporary = mkdtempSync(path.join(tmpdir(), 'import-rules-'));
after(() => rmSync(temporary, { recursive: true }));

const fixtures = readdirSync(FIXTURES).sort();
/** A rule may have several fixtures: `rule`, `rule.variant`. */
const ruleOf = (fixture: string): string => fixture.split('.', 1)[0] ?? '';

test('every rule has a fixture that breaks it', () => {
  const covered = new Set(fixtures.filter((name) => name !== LAWFUL).map(ruleOf));
  assert.deepEqual([...covered].sort(), [...RULE_NAMES].sort());
});

describe('a fixture breaks its own rule and no other', () => {
  for (const fixture of fixtures.filter((name) => name !== LAWFUL)) {
    test(fixture, async () => {
      const { violations } = await judgeImports(layOut(fixture));
      assert.deepEqual(
        violations.map((violation) => violation.rule),
        [ruleOf(fixture)],
      );
    });
  }
});

test('what is allowed is not refused', async () => {
  const { violations, modules, imports } = await judgeImports(layOut(LAWFUL));
  assert.deepEqual(violations, []);
  assert.ok(modules > 20 && imports > 20, `read ${modules} modules and ${imports} imports`);
});

describe('reading less than there is is an error', () => {
  test('a tree without modules', async () => {
    const empty = mkdtempSync(path.join(temporary, 'empty-'));
    await assert.rejects(readGraph(empty), UnreadModules);
  });

  test('a module whose imports are not understood', async () => {
    const root = layOut(LAWFUL);
    const torn = "export const torn = `;\nimport { step } from './step.ts';\n";
    writeFileSync(path.join(root, 'cart/src/consent/torn.ts'), torn);
    await assert.rejects(readGraph(root), UnreadModules);
  });
});

/** Copies a fixture and links its packages and dependencies into node_modules, as npm would. */
function layOut(fixture: string): string {
  const root = mkdtempSync(path.join(temporary, `${fixture}-`));
  cpSync(path.join(FIXTURES, fixture), root, { recursive: true });
  const modules = path.join(root, 'node_modules');
  mkdirSync(path.join(modules, '@chaperone'), { recursive: true });
  for (const name of packagesOf(root)) {
    symlinkSync(path.join(root, name), path.join(modules, '@chaperone', name));
  }
  for (const name of ['.', ...packagesOf(root)]) {
    for (const dependency of dependenciesIn(path.join(root, name, 'package.json'))) {
      const folder = path.join(modules, dependency);
      if (dependency.startsWith('@chaperone/')) continue;
      mkdirSync(folder, { recursive: true });
      writeFileSync(
        path.join(folder, 'package.json'),
        JSON.stringify({ name: dependency, main: 'index.js' }),
      );
      writeFileSync(path.join(folder, 'index.js'), '');
    }
  }
  return root;
}

function dependenciesIn(manifest: string): readonly string[] {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly devDependencies?: Readonly<Record<string, string>>;
  };
  return Object.keys({ ...dependencies, ...devDependencies });
}
