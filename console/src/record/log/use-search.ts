/** A search through all of a text, and the marks in the lines that are seen; both in a worker that may be ended. */
import { useEffect, useRef, useState } from 'react';
import type { SourceAddress } from '../reading/range-source.ts';
import { shownFault } from '../worker/shown-fault.ts';
import { ReadingFault, WorkerCalls } from '../worker/worker-call.ts';
import type { WorkerPort } from '../worker/worker-call.ts';
import type { TextEncoding } from './line-index.ts';
import type { SearchTold, ShownLine } from './log-reading.ts';
import type { SoughtText, Span } from './pattern.ts';
import type { MarksAsked, SearchAsked } from './search-worker.ts';

/** A pattern that says nothing for this long is ended, milliseconds. */
const PATTERN_MS_MAX = 4_000;
const NO_SPANS: readonly Span[] = [];

/** Where in the lines that are seen something is, by their text. */
interface Marks {
  readonly of: SoughtText | null;
  readonly spans: ReadonlyMap<string, readonly Span[]>;
}

export function useSearch(
  source: SourceAddress,
  encoding: TextEncoding,
  shown: readonly ShownLine[],
) {
  const { address, bytes: total } = source;
  const [text, setText] = useState('');
  const [isRegex, setIsRegex] = useState(false);
  const [heedsCase, setHeedsCase] = useState(false);
  const [sought, setSought] = useState<SoughtText | null>(null);
  const [state, setState] = useState<'none' | 'running' | 'done'>('none');
  const [hits, setHits] = useState<readonly number[]>([]);
  const [at, setAt] = useState<number | null>(null);
  const [isMore, setIsMore] = useState(false);
  const [bytes, setBytes] = useState(0);
  const [fault, setFault] = useState<Error | null>(null);
  const [marks, setMarks] = useState<Marks>({ of: null, spans: new Map() });
  const calls = useRef<WorkerCalls | null>(null);

  useEffect(() => {
    const own = new WorkerCalls(
      () =>
        new Worker(new URL('./search-worker.ts', import.meta.url), {
          type: 'module',
        }) as unknown as WorkerPort,
      PATTERN_MS_MAX,
    );
    calls.current = own;
    return () => own.close();
  }, []);

  useEffect(() => {
    if (sought === null) return undefined;
    const controller = new AbortController();
    const asked: SearchAsked = { source: { address, bytes: total }, encoding, sought };
    const hear = (told: SearchTold): void => {
      setBytes(told.bytes);
      if (told.hits.length === 0) return;
      setHits((known) => [...known, ...told.hits]);
      setAt((known) => known ?? 0);
    };
    calls.current
      ?.call<{ readonly isMore: boolean }, SearchTold>('search', asked, {
        onTold: hear,
        signal: controller.signal,
      })
      .then((done) => {
        setIsMore(done.isMore);
        setState('done');
      })
      .catch((reason: unknown) => {
        if (controller.signal.aborted) return;
        // What it was ended for would end it again with each line that is seen.
        setSought(null);
        setState('none');
        const isEnded = reason instanceof ReadingFault && reason.code === 'VIEWER_STOPPED';
        setFault(isEnded ? new ReadingFault('PATTERN_TOO_SLOW') : shownFault(reason));
      });
    return () => controller.abort();
  }, [sought, address, total, encoding]);

  useEffect(() => {
    let isStale = false;
    if (sought === null || shown.length === 0) return undefined;
    const lines = shown.map((line) => line.text);
    const asked: MarksAsked = { sought, lines };
    calls.current
      ?.call<readonly (readonly Span[])[]>('marks', asked)
      .then((found) => {
        const spans = new Map(lines.map((line, index) => [line, found[index] ?? NO_SPANS]));
        if (!isStale) setMarks({ of: sought, spans });
      })
      // The search tells what is wrong with a pattern.
      .catch(() => undefined);
    return () => {
      isStale = true;
    };
  }, [sought, shown]);

  const reset = (next: SoughtText | null): void => {
    setSought(next);
    setState(next === null ? 'none' : 'running');
    setHits([]);
    setAt(null);
    setIsMore(false);
    setBytes(0);
    setFault(null);
  };
  return {
    text,
    setText,
    isRegex,
    setIsRegex,
    heedsCase,
    setHeedsCase,
    state,
    hits,
    at,
    isMore,
    bytes,
    total,
    fault,
    /** Begins anew, or goes on to the next match of the same. */
    begin: () => {
      const isSame =
        sought !== null &&
        sought.text === text &&
        sought.isRegex === isRegex &&
        sought.heedsCase === heedsCase;
      if (isSame) return setAt((known) => stepped(known, 1, hits.length));
      reset(text === '' ? null : { text, isRegex, heedsCase });
    },
    clear: () => {
      setText('');
      reset(null);
    },
    go: (step: 1 | -1) => setAt((known) => stepped(known, step, hits.length)),
    spansOf: (line: string | undefined): readonly Span[] =>
      line === undefined || sought === null || marks.of !== sought
        ? NO_SPANS
        : (marks.spans.get(line) ?? NO_SPANS),
  };
}

function stepped(at: number | null, step: 1 | -1, count: number): number | null {
  if (count === 0) return null;
  return at === null ? 0 : (at + step + count) % count;
}
