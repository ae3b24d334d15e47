/** Where a file stands in the tree: its package, its zone, its feature. Read from the path alone. */

import { isTest } from '../workspace/workspace.ts';

/** May look into everything: they start the programs or examine them. */
export const ONLOOKERS: ReadonlySet<string> = new Set(['test', 'tools', 'simulate', 'bench']);

/** The gateway's zones; each is reached by the others through its contract.ts only. */
export const ZONES = [
  'edge',
  'desk',
  'authority',
  'directory',
  'vault',
  'ledger',
  'portal',
  'antivirus',
] as const;

const ZONE_NAMES: ReadonlySet<string> = new Set(ZONES);

/** Tells in which package of the workspace a file lies. */
export function packageOf(file: string): string {
  return file.split('/', 1)[0] ?? '';
}

/** Tells whether a file helps the tests beside it: it stands in a folder named `testing`. */
export function isTestSupport(file: string): boolean {
  return file.split('/').includes('testing');
}

/** Tells whether a file is part of what is delivered: no test, nothing that only tests need, no tool. */
export function isProduct(file: string): boolean {
  return !isTest(file) && !isTestSupport(file) && !ONLOOKERS.has(packageOf(file));
}

/** Tells in which zone of the gateway a file lies, if in any. */
export function zoneOf(file: string): string | undefined {
  const [where, source, zone, ...rest] = file.split('/');
  if (where !== 'gateway' || source !== 'src' || zone === undefined) return undefined;
  return ZONE_NAMES.has(zone) && rest.length > 0 ? zone : undefined;
}

/** Tells whether a file puts a program together, and so may see into everything of its package. */
export function isCompositionRoot(file: string): boolean {
  return /^(?:gateway|cart|workstation|verify)\/src\/(?:main|composition)\b/.test(file);
}

/** A folder with one door: below a zone of the gateway or the cart's devices, or directly in the cart. */
export interface Feature {
  readonly folder: string;
  readonly door: string;
}

/**
 * Tells in which feature a file lies, if in any.
 *
 * `platform` is no feature: it is the shelf of small libraries that every zone and feature may take from.
 */
export function featureOf(file: string): Feature | undefined {
  const parts = file.split('/');
  const depth = featureDepth(parts, file);
  const name = parts[depth - 1];
  if (depth === 0 || parts.length <= depth || name === undefined || name === 'platform') {
    return undefined;
  }
  const folder = parts.slice(0, depth).join('/');
  return { folder, door: `${folder}/${name}` };
}

/** How many parts a feature's folder has here; 0 where there are no features. */
function featureDepth(parts: readonly string[], file: string): number {
  if (zoneOf(file) !== undefined) return 4;
  if (parts[0] !== 'cart' || parts[1] !== 'src') return 0;
  return parts[2] === 'device' ? 4 : 3;
}
