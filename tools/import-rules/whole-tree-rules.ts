/** The import rules that need more than one edge: declared dependencies, cycles, browser reach, private keys. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isTest } from '../workspace/workspace.ts';
import type { Edge, Graph } from './graph.ts';
import { packageNameOf } from './graph.ts';
import { isProduct, packageOf } from './place.ts';
import type { Violation } from './violation.ts';

const WORKSPACE_SCOPE = '@chaperone/';
const BROWSER_PACKAGES: ReadonlySet<string> = new Set(['panel', 'console']);

/** Where a private key may be made or opened, and the one library that does the work for them. */
const KEEPERS_OF_KEYS =
  /^(?:gateway\/src\/(?:authority|vault|ledger|platform\/(?:tls|token))|cart\/src\/(?:licence|consent|journal)|workstation\/src\/identity|facility\/src\/key|verify\/src\/witness)\//;
const LIBRARY_FOR_KEEPERS = 'protocol/src/x509/algorithm.ts';
/** The functions through which a private key comes into being or into memory. */
const MAKERS_OF_KEYS =
  /\b(?:createPrivateKey|newKeyPair|generateKeyPair|generateKeyPairSync|importPKCS8|exportPKCS8)\b/;
/** Packages whose code may hold private keys at all; the console's own key never leaves the browser. */
const WATCHED_FOR_KEYS: ReadonlySet<string> = new Set([
  'domain',
  'protocol',
  'gateway',
  'cart',
  'workstation',
  'facility',
  'verify',
  'host',
  'deidentification',
]);

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Finds imports of packages that the importing package does not declare. */
export function undeclaredDependencies(graph: Graph): readonly Violation[] {
  const manifests = new Map<string, Manifest>();
  const manifestOf = (name: string): Manifest => {
    const known = manifests.get(name) ?? readManifest(path.join(graph.root, name, 'package.json'));
    manifests.set(name, known);
    return known;
  };
  return graph.edges.flatMap((edge) => {
    const wanted = declaredNameOf(edge);
    const importer = packageOf(edge.from);
    if (wanted === undefined || wanted === `${WORKSPACE_SCOPE}${importer}`) return [];
    const own = manifestOf(importer);
    const delivered = { ...own.dependencies, ...own.optionalDependencies };
    const forWork = { ...own.devDependencies, ...manifestOf('').devDependencies };
    if (Object.hasOwn(delivered, wanted)) return [];
    if (!isDelivered(edge.from) && Object.hasOwn(forWork, wanted)) return [];
    const advice = `declare ${wanted} in ${importer}/package.json, or do without it.`;
    return [{ rule: 'dependencies-declared', from: edge.from, to: edge.specifier, advice }];
  });
}

/** Finds groups of modules that import each other in a circle; each group is reported once. */
export function cycles(graph: Graph): readonly Violation[] {
  const importsOf = neighbours(graph.edges.filter((edge) => edge.kind === 'file'));
  const violations: Violation[] = [];
  const done = new Set<string>();
  for (const start of graph.files) {
    if (done.has(start)) continue;
    const circle = circleThrough(start, importsOf);
    if (circle === undefined) continue;
    for (const file of circle) done.add(file);
    const advice = 'move what both need to a third module.';
    violations.push({ rule: 'no-cycles', from: start, to: circle.slice(1).join(' → '), advice });
  }
  return violations;
}

/** Finds the built-ins of Node that a page would reach, through whatever modules. */
export function nodeInBrowser(graph: Graph): readonly Violation[] {
  const edgesOf = Map.groupBy(graph.edges, (edge) => edge.from);
  const violations: Violation[] = [];
  const judged = new Set<string>();
  const follow = (file: string, road: readonly string[]): void => {
    if (judged.has(file)) return;
    judged.add(file);
    for (const edge of edgesOf.get(file) ?? []) {
      if (edge.kind === 'file') follow(edge.to, [...road, edge.to]);
      if (edge.kind !== 'built-in') continue;
      const to = [...road.slice(1), edge.specifier].join(' → ');
      const advice = 'the browser has no such module: use what the web platform offers.';
      violations.push({ rule: 'no-node-in-browser', from: road[0] ?? file, to, advice });
    }
  };
  for (const file of graph.files) if (isInBrowser(file)) follow(file, [file]);
  return violations;
}

/** Finds modules that make or open a private key where none belongs. */
export function strayPrivateKeys(graph: Graph): readonly Violation[] {
  return graph.files.flatMap((file) => {
    if (!isProduct(file) || !WATCHED_FOR_KEYS.has(packageOf(file))) return [];
    if (KEEPERS_OF_KEYS.test(file) || file === LIBRARY_FOR_KEEPERS) return [];
    const found = MAKERS_OF_KEYS.exec(codeOf(path.join(graph.root, file)));
    if (found === null) return [];
    const advice = 'take a signer as an argument from the zone or feature that keeps the key.';
    return [{ rule: 'private-keys-where-they-live', from: file, to: found[0], advice }];
  });
}

/** Names the package that an edge needs declared, if any. */
function declaredNameOf(edge: Edge): string | undefined {
  if (edge.kind === 'package') return edge.to;
  return edge.kind === 'file' && edge.specifier.startsWith(WORKSPACE_SCOPE)
    ? packageNameOf(edge.specifier)
    : undefined;
}

/** What runs on somebody's machine needs real dependencies; tests and build settings may use those for work. */
function isDelivered(file: string): boolean {
  return isProduct(file) && file.split('/')[1] === 'src';
}

function isInBrowser(file: string): boolean {
  const [name, source] = file.split('/');
  // The verifier is a program, and a page of the same checks.
  if (name === 'verify' && source === 'page') return !isTest(file);
  return BROWSER_PACKAGES.has(name ?? '') && source === 'src' && !isTest(file);
}

function neighbours(edges: readonly Edge[]): ReadonlyMap<string, readonly string[]> {
  const byFile = Map.groupBy(edges, (edge) => edge.from);
  return new Map([...byFile].map(([file, own]) => [file, own.map((edge) => edge.to)]));
}

/** Finds the shortest way from a file back to itself. */
function circleThrough(
  start: string,
  importsOf: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const file of queue) {
    for (const next of importsOf.get(file) ?? []) {
      if (next === start) return wayBack(start, file, cameFrom);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, file);
      queue.push(next);
    }
  }
  return undefined;
}

function wayBack(
  start: string,
  last: string,
  cameFrom: ReadonlyMap<string, string>,
): readonly string[] {
  const way = [start];
  let file: string | undefined = last;
  while (file !== undefined && file !== start) {
    way.splice(1, 0, file);
    file = cameFrom.get(file);
  }
  return [...way, start];
}

/** Reads a module without its comments, in which the names may stand freely. */
function codeOf(file: string): string {
  return readFileSync(file, 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '');
}

function readManifest(file: string): Manifest {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : {};
}
