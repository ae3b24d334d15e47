/** The workspace as the tools see it: where it is, which packages it has, and which files a person wrote. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Every package of the workspace, present or planned; those not there are passed over. */
export const PACKAGES = [
  'domain',
  'protocol',
  'gateway',
  'cart',
  'panel',
  'console',
  'workstation',
  'facility',
  'verify',
  'host',
  'deidentification',
  'test',
  'simulate',
  'bench',
  'tools',
] as const;
export type PackageName = (typeof PACKAGES)[number];

/** Packages with a browser program, which vite builds. */
export const PAGES = ['panel', 'console', 'verify'] as const satisfies readonly PackageName[];

/** Not written by a person, or (fixtures) written to be wrong. */
const FOLDERS_LEFT_OUT = new Set(['node_modules', 'dist', 'fixtures']);

/** Lists the packages of a tree that are there. */
export function packagesOf(root: string): readonly PackageName[] {
  return PACKAGES.filter((name) => existsSync(path.join(root, name, 'package.json')));
}

/**
 * Lists the files below some folders of a tree, as sorted paths relative to its root with `/`.
 *
 * @param matches judges the path of one file
 */
export function filesBelow(
  root: string,
  folders: readonly string[],
  matches: (file: string) => boolean,
): readonly string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const place = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!FOLDERS_LEFT_OUT.has(entry.name) && !entry.name.startsWith('.')) walk(place);
      } else if (entry.isFile() && matches(place)) {
        found.push(place);
      }
    }
  };
  for (const folder of folders) if (existsSync(path.join(root, folder))) walk(folder);
  return found.sort();
}

/** Tells whether a file holds code that is compiled or run. */
export function isCode(file: string): boolean {
  return /\.(?:ts|tsx|mts|cts|js|jsx|mjs|cjs)$/.test(file);
}

/** Tells whether a file holds tests for node's test runner. */
export function isTest(file: string): boolean {
  return file.endsWith('.test.ts');
}
