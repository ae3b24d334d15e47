/** The lines that are seen, as they come from the reading worker; and how far its index is. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { SourceAddress } from '../reading/range-source.ts';
import { shownFault } from '../worker/shown-fault.ts';
import { WorkerCalls } from '../worker/worker-call.ts';
import type { WorkerPort } from '../worker/worker-call.ts';
import type { TextEncoding } from './line-index.ts';
import type { IndexTold, ShownLine } from './log-reading.ts';
import type { LinesAsked, LogOpening } from './log-worker.ts';

export interface Lines {
  readonly count: number;
  readonly bytes: number;
  readonly isWhole: boolean;
  readonly fault: Error | null;
  readonly shown: readonly ShownLine[];
  /** A line that is here; null while it is on its way. */
  at(line: number): ShownLine | null;
}

interface Window {
  readonly from: number;
  readonly lines: readonly ShownLine[];
}

const NOTHING: Window = { from: 0, lines: [] };

export function useLines(
  source: SourceAddress,
  encoding: TextEncoding,
  from: number,
  count: number,
): Lines {
  const { address, bytes } = source;
  const [told, setTold] = useState<IndexTold>({ lines: 0, bytes: 0 });
  const [isWhole, setIsWhole] = useState(false);
  const [fault, setFault] = useState<Error | null>(null);
  const [window, setWindow] = useState(NOTHING);
  const calls = useRef<WorkerCalls | null>(null);

  useEffect(() => {
    const own = new WorkerCalls(
      () =>
        new Worker(new URL('./log-worker.ts', import.meta.url), {
          type: 'module',
        }) as unknown as WorkerPort,
    );
    calls.current = own;
    const opening: LogOpening = { source: { address, bytes }, encoding };
    own
      .call<IndexTold, IndexTold>('index', opening, { onTold: setTold })
      .then((whole) => {
        setTold(whole);
        setIsWhole(true);
      })
      .catch((reason: unknown) => setFault(shownFault(reason)));
    return () => own.close();
  }, [address, bytes, encoding]);

  // Asked again while the index grows only as long as what is seen is not all there.
  const known = Math.min(told.lines, from + count);
  useEffect(() => {
    let isStale = false;
    const asked: LinesAsked = { from, count: known - from };
    if (asked.count <= 0) return undefined;
    calls.current
      ?.call<readonly ShownLine[]>('lines', asked)
      .then((lines) => {
        if (!isStale) setWindow({ from, lines });
      })
      .catch((reason: unknown) => {
        if (!isStale) setFault(shownFault(reason));
      });
    return () => {
      isStale = true;
    };
  }, [from, known]);

  return useMemo(
    () => ({
      count: told.lines,
      bytes: told.bytes,
      isWhole,
      fault,
      shown: window.lines,
      at: (line) => window.lines[line - window.from] ?? null,
    }),
    [told, isWhole, fault, window],
  );
}
