/**
 * Reads who imports whom, with dependency-cruiser on top of swc.
 *
 * dependency-cruiser does not know TypeScript 7; without swc it reads nothing and finds nothing wrong. So this
 * file checks what was read against what is on disk: a module that was not read, or whose imports were not seen,
 * is an error and never silence. It judges nothing itself. Decision 0003.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cruise } from 'dependency-cruiser';
import type { IDependency, IReporterOutput } from 'dependency-cruiser';
import { filesBelow, isCode, packagesOf } from '../workspace/workspace.ts';

/** One import, export-from or dynamic import. */
export interface Edge {
  /** The importing file, from the root of the tree. */
  readonly from: string;
  /** The imported file from the root of the tree, or the built-in's or package's own name. */
  readonly to: string;
  /** What is written in the import. */
  readonly specifier: string;
  readonly kind: 'file' | 'built-in' | 'package';
}

export interface Graph {
  readonly root: string;
  readonly files: readonly string[];
  readonly edges: readonly Edge[];
}

/** The reader understood less than there is, so that the absence of violations would mean nothing. */
export class UnreadModules extends Error {
  override readonly name = 'UnreadModules';
}

const WORKSPACE_SCOPE = '@chaperone/';
/** A static import at the beginning of a line, and what it names. */
const STATIC_IMPORT = /^(?:(?:import|export)\b[^'"`();]*\bfrom|import)\s*(['"])([^'"]+)\1/gm;

/**
 * Reads all modules of a tree's packages.
 *
 * @throws UnreadModules when no module was read, one was left out, or one's imports were not seen
 */
export async function readGraph(root: string): Promise<Graph> {
  const files = filesBelow(root, packagesOf(root), isCode);
  if (files.length === 0) throw new UnreadModules(`There is no module to read below ${root}.`);
  const modules = modulesOf(
    await cruise([...files], {
      baseDir: root,
      tsPreCompilationDeps: true,
      combinedDependencies: true,
      doNotFollow: { path: 'node_modules' },
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['import', 'node', 'browser', 'default'],
      },
    }),
  );
  const edges: Edge[] = [];
  for (const file of files) {
    const dependencies = modules.get(file);
    if (dependencies === undefined) throw new UnreadModules(`${file} was not read.`);
    const text = readFileSync(path.join(root, file), 'utf8');
    const seen = new Set(dependencies.map(({ module }) => withoutScheme(module)));
    for (const written of staticImportsIn(text)) {
      if (!seen.has(withoutScheme(written)))
        throw new UnreadModules(`${file} imports ${written}, unseen.`);
    }
    for (const dependency of dependencies) edges.push(edgeOf(file, dependency));
  }
  return { root, files, edges };
}

function modulesOf(answer: IReporterOutput): ReadonlyMap<string, readonly IDependency[]> {
  if (typeof answer.output === 'string') {
    throw new UnreadModules(`dependency-cruiser answered with a text: ${answer.output}`);
  }
  return new Map(answer.output.modules.map((module) => [module.source, module.dependencies]));
}

function edgeOf(from: string, dependency: IDependency): Edge {
  const specifier = dependency.module;
  if (dependency.coreModule) {
    return { from, to: withoutScheme(specifier), specifier, kind: 'built-in' };
  }
  if (specifier.startsWith('.')) return { from, to: dependency.resolved, specifier, kind: 'file' };
  const name = packageNameOf(specifier);
  if (!name.startsWith(WORKSPACE_SCOPE)) return { from, to: name, specifier, kind: 'package' };
  // Every package of the workspace exports `./*.ts` as `./src/*.ts`, whether or not the file is there yet.
  const folder = name.slice(WORKSPACE_SCOPE.length);
  const to = `${folder}/src${specifier.slice(name.length)}`;
  return { from, to, specifier, kind: 'file' };
}

/** dependency-cruiser writes `crypto` for `node:crypto`, but `node:sqlite`, which has no other name, in full. */
function withoutScheme(specifier: string): string {
  return specifier.replace(/^node:/, '');
}

/** Lists what the static imports of a module name, read by eye: independent of any parser. */
export function staticImportsIn(text: string): readonly string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '');
  return [...code.matchAll(STATIC_IMPORT)].map((match) => match[2] ?? '');
}

/** Takes the package's name from `name/path` or `@scope/name/path`. */
export function packageNameOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
