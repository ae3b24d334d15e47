/**
 * What the operator touched and what became of it: busy at once, then done or a problem in plain words.
 *
 * No act ever waits for another: End goes out while anything else is still unanswered.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { codeOf } from '../api/act-failed.ts';

export interface Acts {
  readonly isBusy: (name: string) => boolean;
  /** The code of the last failure on this stage. */
  readonly problem: string | null;
  readonly start: (name: string, run: () => Promise<void>) => void;
}

interface Book {
  readonly stage: string;
  readonly busy: ReadonlySet<string>;
  readonly problem: string | null;
}

/**
 * Milliseconds that a button stays busy after the agent said yes, for the new view to arrive. If none does,
 * it can be touched again rather than be stuck.
 */
const AFTERGLOW_MS = 1500;

/** Keeps the acts of one stage of the panel; a new stage starts with a clean slate. */
export function useActs(stage: string): Acts {
  const [book, setBook] = useState<Book>({ stage, busy: new Set(), problem: null });
  const current = book.stage === stage ? book : { stage, busy: new Set<string>(), problem: null };
  const stageNow = useRef(stage);
  useEffect(() => {
    stageNow.current = stage;
  }, [stage]);

  const start = useCallback(
    (name: string, run: () => Promise<void>): void => {
      const write = (isBusy: boolean, problem: string | null): void => {
        if (stageNow.current !== stage) return;
        setBook((before) => {
          const busy = new Set(before.stage === stage ? before.busy : []);
          if (isBusy) busy.add(name);
          else busy.delete(name);
          return { stage, busy, problem: problem ?? (isBusy ? null : before.problem) };
        });
      };
      write(true, null);
      run().then(
        () => setTimeout(() => write(false, null), AFTERGLOW_MS),
        (failure: unknown) => write(false, codeOf(failure)),
      );
    },
    [stage],
  );
  return { isBusy: (name) => current.busy.has(name), problem: current.problem, start };
}
