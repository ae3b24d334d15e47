/** A text of any size: lines with their levels, a search through all of it, matches marked, and a line to go to. */
import { ChevronDown, ChevronUp } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useShortcuts } from '../../key/shortcuts.ts';
import { IconButton } from '../../part/button.tsx';
import { Trouble } from '../../part/trouble.tsx';
import { formatBytes, formatCount } from '../../words/format.ts';
import { VIEWER_WORDS } from '../../words/viewer.ts';
import { GotoField } from '../goto-field.tsx';
import type { ViewProps } from '../view-props.ts';
import { VirtualRows } from '../virtual-rows.tsx';
import type { TextEncoding } from './line-index.ts';
import type { ShownLine } from './log-reading.ts';
import { PATTERN_LENGTH_MAX } from './pattern.ts';
import type { Span } from './pattern.ts';
import { useLines } from './use-lines.ts';
import { useSearch } from './use-search.ts';

const words = VIEWER_WORDS.log;
const ROW_PX = 20;

interface LogViewProps extends ViewProps {
  readonly encoding: TextEncoding;
}

export function LogView({ source, encoding }: LogViewProps): ReactNode {
  const [top, setTop] = useState(0);
  const [seen, setSeen] = useState(1);
  const [goto, setGoto] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const lines = useLines(source, encoding, top, seen + 2);
  const search = useSearch(source, encoding, lines.shown);
  const { hits, at } = search;
  const here = at === null ? null : (hits[at] ?? null);
  useEffect(() => {
    if (here !== null) setTop(Math.max(0, here - Math.floor(seen / 3)));
    // Only when another match is gone to: the list may be scrolled away from it.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [here, at]);
  useShortcuts({
    '/': () => field.current?.focus(),
    n: () => search.go(1),
    N: () => search.go(-1),
    g: () => setGoto(true),
  });
  return (
    <div className="log">
      <search>
        <form
          className="viewer__tools"
          onSubmit={(event) => {
            event.preventDefault();
            search.begin();
          }}
        >
          <input
            ref={field}
            className="input input--mono"
            type="search"
            aria-label={words.search}
            placeholder={words.searchPlace}
            maxLength={PATTERN_LENGTH_MAX}
            value={search.text}
            spellCheck={false}
            onChange={(event) => search.setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              event.stopPropagation();
              search.clear();
              event.currentTarget.blur();
            }}
          />
          <label className="check">
            <input
              type="checkbox"
              checked={search.isRegex}
              onChange={(event) => search.setIsRegex(event.target.checked)}
            />
            {words.regex}
          </label>
          <label className="check">
            <input
              type="checkbox"
              checked={search.heedsCase}
              onChange={(event) => search.setHeedsCase(event.target.checked)}
            />
            {words.heedsCase}
          </label>
          <output className="viewer__found">{foundWords(search)}</output>
          <IconButton icon={ChevronUp} label={words.previous} onPress={() => search.go(-1)} />
          <IconButton icon={ChevronDown} label={words.next} onPress={() => search.go(1)} />
        </form>
      </search>
      <Trouble fault={lines.fault ?? search.fault} />
      {goto && (
        <GotoField
          label={words.goto}
          read={(text) => (/^\d{1,15}$/.test(text) ? Number(text) - 1 : null)}
          onGo={(line) => setTop(Math.min(Math.max(0, line), Math.max(0, lines.count - 1)))}
          onClose={() => setGoto(false)}
        />
      )}
      <VirtualRows
        label={words.lines}
        rows={lines.count}
        rowPx={ROW_PX}
        top={top}
        onTop={setTop}
        onSeen={setSeen}
        className="rows--mono"
        renderRow={(row) => (
          <Line
            number={row + 1}
            line={lines.at(row)}
            spans={search.spansOf(lines.at(row)?.text)}
            isHere={row === here}
          />
        )}
      />
      <output className="viewer__foot">
        {lines.isWhole
          ? words.whole(formatCount(lines.count))
          : words.reading(
              formatCount(lines.count),
              formatBytes(lines.bytes),
              formatBytes(source.bytes),
            )}
      </output>
    </div>
  );
}

function foundWords({
  state,
  hits,
  at,
  bytes,
  total,
  isMore,
}: ReturnType<typeof useSearch>): string {
  if (state === 'none') return '';
  const count = `${formatCount(hits.length)}${isMore ? '+' : ''}`;
  const found = words.found(formatCount(at === null ? 0 : at + 1), count);
  if (state === 'running') return `${found} · ${Math.floor((100 * bytes) / Math.max(1, total))} %`;
  return hits.length === 0 ? words.nothing : found;
}

interface LineProps {
  readonly number: number;
  readonly line: ShownLine | null;
  readonly spans: readonly Span[];
  readonly isHere: boolean;
}

function Line({ number, line, spans, isHere }: LineProps): ReactNode {
  const level = line?.level ?? null;
  const names = [
    'line',
    ...(level === null ? [] : [`line--${level}`]),
    ...(isHere ? ['line--here'] : []),
  ];
  return (
    <div className={names.join(' ')}>
      <span className="line__number">{formatCount(number)}</span>
      <span className="line__text">
        {line === null ? '' : <Marked text={line.text} spans={spans} />}
      </span>
    </div>
  );
}

function Marked({
  text,
  spans,
}: {
  readonly text: string;
  readonly spans: readonly Span[];
}): ReactNode {
  if (spans.length === 0) return text;
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [from, to] of spans) {
    parts.push(text.slice(at, from), <mark key={from}>{text.slice(from, to)}</mark>);
    at = to;
  }
  return [...parts, text.slice(at)];
}
