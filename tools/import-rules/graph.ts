/**
 * Reads who imports whom: parses every module with swc and collects what it imports, types included.
 *
 * A module that was not read, or an import that was not seen, is an error and never silence: what the parser found
 * is held against what a plain reading of the text finds. It judges nothing itself. Decision 0003 says why this is
 * not dependency-cruiser.
 */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { parseSync } from '@swc/core';
import { filesBelow, isCode, packagesOf } from '../workspace/workspace.ts';
import { isProduct } from './place.ts';

/** One import, export-from, dynamic import or import type. */
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

/** Less was understood than there is, so that the absence of violations would mean nothing. */
export class UnreadModules extends Error {
  override readonly name = 'UnreadModules';
}

const WORKSPACE_SCOPE = '@chaperone/';
/** A static import at the beginning of a line, and what it names. */
const STATIC_IMPORT = /^(?:(?:import|export)\b[^'"`();]*\bfrom|import)\s*(['"])([^'"]+)\1/gm;

/**
 * Reads all modules of a tree's packages.
 *
 * @throws UnreadModules when there is no module, one does not parse, or one's imports were not all seen
 */
export function readGraph(root: string): Graph {
  const files = filesBelow(root, packagesOf(root), isCode);
  if (files.length === 0) throw new UnreadModules(`There is no module to read below ${root}.`);
  const edges = files.flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    const specifiers = specifiersIn(file, text);
    for (const written of staticImportsIn(text)) {
      if (!specifiers.has(written)) throw new UnreadModules(`${file} imports ${written}, unseen.`);
    }
    return [...specifiers].map((specifier) => edgeOf(file, specifier));
  });
  return { root, files, edges };
}

/** Takes the package's name from `name/path` or `@scope/name/path`. */
export function packageNameOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Lists what a module's imports of every kind name. @throws UnreadModules */
function specifiersIn(file: string, text: string): ReadonlySet<string> {
  const found = new Set<string>();
  const take = (source: unknown): void => {
    const name = literalIn(source);
    if (name !== undefined) return void found.add(name);
    // Tests and tools may import anything, so that there is nothing to judge.
    if (isProduct(file)) throw new UnreadModules(`${file} imports what only running it can tell.`);
  };
  walk(parse(file, text), (node) => {
    switch (node['type']) {
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        return take(node['source']);
      case 'ExportNamedDeclaration':
        return node['source'] === null ? undefined : take(node['source']);
      case 'TsImportType':
        return take(node['argument']);
      case 'TsExternalModuleReference':
        return take(node['expression']);
      case 'CallExpression':
        return isImportCall(node) ? take(firstArgumentOf(node)) : undefined;
      default:
        return undefined;
    }
  });
  return found;
}

type Node = Readonly<Record<string, unknown>>;

function parse(file: string, text: string): unknown {
  try {
    return parseSync(text, { syntax: 'typescript', tsx: file.endsWith('x'), target: 'es2024' });
  } catch (cause) {
    throw new UnreadModules(`${file} does not parse.`, { cause });
  }
}

/** Visits every node below and including one; a syntax tree is nothing but objects and lists. */
function walk(value: unknown, visit: (node: Node) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) walk(item, visit);
    return;
  }
  const node = value as Node;
  if (typeof node['type'] === 'string') visit(node);
  for (const child of Object.values(node)) walk(child, visit);
}

function isImportCall(node: Node): boolean {
  return (node['callee'] as Node | undefined)?.['type'] === 'Import';
}

function firstArgumentOf(call: Node): unknown {
  return (call['arguments'] as readonly Node[])[0]?.['expression'];
}

function literalIn(value: unknown): string | undefined {
  const node = value as Node | undefined;
  if (node?.['type'] !== 'StringLiteral') return undefined;
  return typeof node['value'] === 'string' ? node['value'] : undefined;
}

function edgeOf(from: string, specifier: string): Edge {
  if (specifier.startsWith('.')) {
    const target = specifier.replace(/\?.*$/, '');
    const to = path.posix.join(path.posix.dirname(from), target);
    return { from, to, specifier, kind: 'file' };
  }
  if (isBuiltin(specifier)) {
    return { from, to: specifier.replace(/^node:/, ''), specifier, kind: 'built-in' };
  }
  const name = packageNameOf(specifier);
  if (!name.startsWith(WORKSPACE_SCOPE)) return { from, to: name, specifier, kind: 'package' };
  // Every package of the workspace exports `./*.ts` as `./src/*.ts`.
  const folder = name.slice(WORKSPACE_SCOPE.length);
  const to = `${folder}/src${specifier.slice(name.length)}`;
  return { from, to, specifier, kind: 'file' };
}

/** Lists what the static imports of a module name, read without a parser. */
function staticImportsIn(text: string): readonly string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '');
  return [...code.matchAll(STATIC_IMPORT)].map((match) => match[2] ?? '');
}
