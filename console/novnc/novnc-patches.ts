/**
 * noVNC as the console has it: the pinned package with small patches, each with its reason and the upstream pull request.
 *
 * They are applied while a page is built, and to nothing on the disk: `node_modules` stays what package-lock.json says, and the
 * same package gives the same page everywhere. A patch has to fit exactly, at one place; when the package changes under it, the
 * build says which patch no longer fits, and whether that is because upstream has taken it (decision 0053).
 */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.join(import.meta.dirname, 'patches');
const PACKAGE = '@novnc/novnc/';
const FILE = /^--- a\/(?<file>\S+)\n\+\+\+ b\/(?<again>\S+)\n/m;

/** What a patch changes at one place. */
export interface Hunk {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

export interface Patch {
  readonly name: string;
  /** Why it is there, and where upstream speaks of it. */
  readonly reason: string;
  readonly hunks: readonly Hunk[];
}

/** A patch does not fit the package that is installed. */
export class PatchMisfit extends Error {
  override readonly name = 'PatchMisfit';
}

/** Reads all patches, in their order. */
export function readPatches(folder: string = FOLDER): readonly Patch[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.patch'));
  return names
    .sort()
    .map((name) => parsePatch(name, readFileSync(path.join(folder, name), 'utf8')));
}

/** Reads a unified diff with a reason before it. @throws PatchMisfit */
export function parsePatch(name: string, text: string): Patch {
  const [reason = '', ...files] = text.split(/^(?=--- a\/)/m);
  const hunks = files.flatMap((part) => {
    const head = FILE.exec(part);
    const { file, again } = head?.groups ?? {};
    if (file === undefined || file !== again)
      throw new PatchMisfit(`${name}: a file of it has no name.`);
    const [, ...texts] = part.slice(head?.[0].length).split(/^@@ [^\n]*\n/m);
    return texts.map((each) => ({ file, ...sidesOf(each) }));
  });
  if (hunks.length === 0) throw new PatchMisfit(`${name}: it changes nothing.`);
  return { name, reason: reason.trim(), hunks };
}

function sidesOf(text: string): { readonly before: string; readonly after: string } {
  const lines = text.replace(/\n$/, '').split('\n');
  const side = (left: string): string =>
    lines
      .filter((line) => !line.startsWith(left))
      .map((line) => line.slice(1))
      .join('\n');
  return { before: side('+'), after: side('-') };
}

/** Gives a file of the package with all patches. @throws PatchMisfit */
export function patched(file: string, source: string, patches: readonly Patch[]): string {
  let text = source;
  for (const { name, hunks } of patches) {
    for (const hunk of hunks) {
      if (hunk.file === file) text = exchanged(text, hunk, name);
    }
  }
  return text;
}

function exchanged(text: string, { file, before, after }: Hunk, name: string): string {
  const [head, ...rest] = text.split(before);
  if (head !== undefined && rest.length === 1) return `${head}${after}${rest[0] ?? ''}`;
  const isTaken = text.includes(after);
  throw new PatchMisfit(
    isTaken
      ? `${name} stands in ${file} of noVNC already: upstream has it, so remove the patch.`
      : `${name} does not fit ${file} of noVNC: look what upstream changed there, then renew or remove the patch.`,
  );
}

/** Files of the package that patches change. */
export function patchedFiles(patches: readonly Patch[]): ReadonlySet<string> {
  return new Set(patches.flatMap(({ hunks }) => hunks.map(({ file }) => file)));
}

/** The part of vite's plugin interface that is used. */
export interface BuildPlugin {
  readonly name: string;
  readonly enforce: 'pre';
  transform(code: string, id: string): { readonly code: string; readonly map: null } | null;
  buildEnd(fault?: Error): void;
}

/** Patches noVNC while vite reads it; a build in which a patch was not applied fails. */
export function novncPatches(patches: readonly Patch[] = readPatches()): BuildPlugin {
  const owed = new Set(patchedFiles(patches));
  return {
    name: 'novnc-patches',
    enforce: 'pre',
    transform: (code, id) => {
      const at = id.indexOf(PACKAGE);
      const file = at < 0 ? '' : (id.slice(at + PACKAGE.length).split('?')[0] ?? '');
      if (!owed.has(file)) return null;
      const text = patched(file, code, patches);
      owed.delete(file);
      return { code: text, map: null };
    },
    buildEnd: (fault) => {
      if (fault === undefined && owed.size > 0)
        throw new PatchMisfit(`Not part of the page, though patched: ${[...owed].join(', ')}.`);
    },
  };
}
