/**
 * Which files a facility lets leave its carts, and which it lets come: by name and by what their first bytes are, both.
 *
 * What is listed as refused is refused first; then a file needs one allowed type that fits its name and its content. An empty list
 * allows nothing.
 */
import type { FileKind } from '../file-kind/file-kind.ts';

/** A type of file: `*.log` that is text, `*.dcm` that is DICOM. */
export interface AllowedFileType {
  /** With the dot, lower case, such as `.log`; compared without regard to case. `''` is a name of any ending. */
  readonly endings: readonly string[];
  readonly kinds: readonly FileKind[];
}

export interface FileRule {
  readonly allowed: 'any' | readonly AllowedFileType[];
  readonly refused: readonly FileKind[];
}

/** Tells whether a file of this name could be let through, if its content fits. */
export function mayFitByName(rule: FileRule, name: string): boolean {
  return rule.allowed === 'any' || rule.allowed.some(({ endings }) => fits(endings, name));
}

/** Tells whether a file is let through. */
export function fitsRule(rule: FileRule, name: string, kind: FileKind): boolean {
  if (rule.refused.includes(kind)) return false;
  if (rule.allowed === 'any') return true;
  return rule.allowed.some(({ endings, kinds }) => kinds.includes(kind) && fits(endings, name));
}

function fits(endings: readonly string[], name: string): boolean {
  const lower = name.toLowerCase();
  return endings.some((ending) => lower.endsWith(ending) && lower.length > ending.length);
}
