/** The import rules applied to a tree: reads the graph once and asks every rule. */
import { readGraph } from './graph.ts';
import { EDGE_RULES } from './rules.ts';
import type { Violation } from './violation.ts';
import {
  cycles,
  nodeInBrowser,
  strayPrivateKeys,
  undeclaredDependencies,
} from './whole-tree-rules.ts';

/** What one reading of a tree found. */
export interface Judgement {
  readonly modules: number;
  readonly imports: number;
  readonly violations: readonly Violation[];
}

/** The name of every rule; each has a fixture that breaks it. */
export const RULE_NAMES: readonly string[] = [
  ...EDGE_RULES.map((rule) => rule.name),
  'dependencies-declared',
  'no-cycles',
  'no-node-in-browser',
  'private-keys-where-they-live',
];

/**
 * Judges every import of a tree.
 *
 * @param root folder that holds the packages
 * @throws UnreadModules when the tree was not read completely, so that silence would mean nothing
 */
export function judgeImports(root: string): Judgement {
  const graph = readGraph(root);
  const byEdge = graph.edges.flatMap((edge) =>
    EDGE_RULES.filter((rule) => rule.forbids(edge)).map(({ name, advice }): Violation => ({
      rule: name,
      from: edge.from,
      to: edge.to,
      advice,
    })),
  );
  return {
    modules: graph.files.length,
    imports: graph.edges.length,
    violations: [
      ...byEdge,
      ...undeclaredDependencies(graph),
      ...cycles(graph),
      ...nodeInBrowser(graph),
      ...strayPrivateKeys(graph),
    ],
  };
}
