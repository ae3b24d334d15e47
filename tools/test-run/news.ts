/**
 * Says what failed as soon as it has, a line or a few for each, with the file and the reason.
 *
 * The runner's own report keeps the order of the files: what the second one found is held back until the first has
 * ended, and the reasons come at the very end. Who reads along need not wait for that.
 */
import path from 'node:path';
import type { TestsStream } from 'node:test';
import { ROOT } from '../workspace/workspace.ts';

/** More of a reason is in the report. */
const REASON_LINES_MAX = 8;

/** Listens to a run and says each failure when it happens. */
export function tellFailures(stream: TestsStream, say: (line: string) => void): void {
  const running = new Map<string, string[]>();
  const failed = new Set<string>();
  stream.on('test:dequeue', ({ name, file }) => {
    if (file === undefined || isFile(name, file)) return;
    running.set(file, [...(running.get(file) ?? []), name]);
  });
  stream.on('test:complete', ({ name, file, details }) => {
    if (file === undefined) return;
    if (isFile(name, file)) {
      const unfinished = running.get(file) ?? [];
      if (!details.passed && (unfinished.length > 0 || !failed.has(file))) {
        say(lineOf(file, unfinished.join(' › '), 'the file was ended, or ended badly'));
      }
      return;
    }
    running.set(file, without(running.get(file) ?? [], name));
    // Of a test whose parts failed, the parts have been told.
    if (details.passed || failureOf(details.error) === 'subtestsFailed') return;
    failed.add(file);
    say(lineOf(file, name, reasonOf(details.error)));
  });
}

function isFile(name: string, file: string): boolean {
  return path.resolve(name) === file;
}

function without(names: readonly string[], name: string): string[] {
  const at = names.indexOf(name);
  return at < 0 ? [...names] : names.toSpliced(at, 1);
}

function lineOf(file: string, name: string, reason: string): string {
  const where = [path.relative(ROOT, file), ...(name === '' ? [] : [name])].join(' › ');
  const lines = reason.split('\n');
  const shown = lines.slice(0, REASON_LINES_MAX).join('\n    ');
  return `✖ now: ${where}\n    ${shown}${lines.length > REASON_LINES_MAX ? '\n    …' : ''}`;
}

/** The runner wraps what a test threw. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function failureOf(error: unknown): unknown {
  return error instanceof Error && 'failureType' in error ? error.failureType : undefined;
}
