/** One blow of a round: waits for its moment while a phase is at work, and kills. */
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import type { Trigger } from './round-plan.ts';

export interface Blow {
  /** Settles once it has fallen. */
  readonly fallen: Promise<void>;
  readonly hasFallen: boolean;
  /** Changes of files seen so far. */
  readonly changes: number;
  /** The first part of an answer has come. */
  halfAnswer(): void;
  /** The phase is over: it falls now unless it has. */
  fallNow(): void;
}

/**
 * Arms a blow.
 * @param folders whose files are watched, with all below
 * @param kill is called once, synchronously
 */
export function armBlow(trigger: Trigger, folders: readonly string[], kill: () => void): Blow {
  let changes = 0;
  let hasFallen = false;
  const watchers: FSWatcher[] = [];
  let settle = (): void => undefined;
  const fallen = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const fall = (): void => {
    if (hasFallen) return;
    hasFallen = true;
    kill();
    clearTimeout(timer);
    for (const each of watchers) each.close();
    settle();
  };
  const timer = trigger.kind === 'time' ? setTimeout(fall, trigger.afterMs) : undefined;
  for (const folder of folders) watchers.push(watchTree(folder, changed));
  function changed(): void {
    changes += 1;
    if (trigger.kind === 'change' && changes >= trigger.nth) fall();
  }
  return {
    fallen,
    get hasFallen() {
      return hasFallen;
    },
    get changes() {
      return changes;
    },
    halfAnswer: () => {
      if (trigger.kind === 'half-answer') fall();
    },
    fallNow: fall,
  };
}

/** Watches a folder and all below it; folders that go away under it are no fault. */
export function watchTree(folder: string, changed: () => void): FSWatcher {
  const watcher = watch(folder, { recursive: true }, changed);
  watcher.on('error', () => undefined);
  return watcher;
}
