// Goal: each import rule refuses what it should, nothing else, and never by reading nothing.
// Method: every fixture is a small workspace that breaks exactly the rule it is named after (`lawful` breaks
// none, though it uses every permission). The real judge reads a copy of it.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
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
    test(fixture, () => {
      const { violations } = judgeImports(layOut(fixture));
      assert.deepEqual(
        violations.map((violation) => violation.rule),
        [ruleOf(fixture)],
      );
    });
  }
});

test('what is allowed is not refused', () => {
  const { violations, modules, imports } = judgeImports(layOut(LAWFUL));
  assert.deepEqual(violations, []);
  assert.ok(modules > 20 && imports > 20, `read ${modules} modules and ${imports} imports`);
});

describe('every way to import is seen', () => {
  for (const text of [
    "import { door } from '../consent/step.ts';",
    "import type { door } from '../consent/step.ts';",
    "import '../consent/step.ts';",
    "export * from '../consent/step.ts';",
    "export type {\n  door,\n} from '../consent/step.ts';",
    "export { type door } from '../consent/step.ts';",
    "export const later = () => import('../consent/step.ts');",
    "export type Later = import('../consent/step.ts').door;",
    "export const load = (): void => {\n  using file = open();\n  void import('../consent/step.ts');\n};",
  ]) {
    test(text, () => {
      const root = layOut(LAWFUL);
      writeFileSync(path.join(root, 'cart/src/screen/probe.ts'), text);
      const { violations } = judgeImports(root);
      assert.deepEqual(
        violations.map((violation) => violation.rule),
        ['features-through-doors'],
      );
    });
  }
});

describe('reading less than there is is an error', () => {
  test('a tree without modules', () => {
    const empty = mkdtempSync(path.join(temporary, 'empty-'));
    assert.throws(() => readGraph(empty), UnreadModules);
  });

  for (const [what, text] of [
    ['does not parse', "import { step } from './step.ts'; export const = 1;"],
    ['holds an import that is not understood', "export const t = `\nimport { s } from 'x';\n`;"],
    ['decides when it runs what it imports', 'export const at = (name: string) => import(name);'],
  ] as const) {
    test(`a module that ${what}`, () => {
      const root = layOut(LAWFUL);
      writeFileSync(path.join(root, 'cart/src/consent/torn.ts'), text);
      assert.throws(() => readGraph(root), UnreadModules);
    });
  }
});

/** Copies a fixture, so that a test may add to it. */
function layOut(fixture: string): string {
  const root = mkdtempSync(path.join(temporary, `${fixture}-`));
  cpSync(path.join(FIXTURES, fixture), root, { recursive: true });
  return root;
}
