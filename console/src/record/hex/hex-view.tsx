/** Bytes as they are: rows of sixteen, an offset to go to, and a search for bytes or text. */
import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useShortcuts } from '../../key/shortcuts.ts';
import { Button } from '../../part/button.tsx';
import { Trouble } from '../../part/trouble.tsx';
import { formatBytes } from '../../words/format.ts';
import { VIEWER_WORDS } from '../../words/viewer.ts';
import { GotoField } from '../goto-field.tsx';
import { RangeSource } from '../reading/range-source.ts';
import { shownFault } from '../worker/shown-fault.ts';
import type { ViewProps } from '../view-props.ts';
import { VirtualRows } from '../virtual-rows.tsx';
import { WorkerCalls } from '../worker/worker-call.ts';
import type { WorkerPort } from '../worker/worker-call.ts';
import { ROW_BYTES, hexRow, offsetDigits, readOffset, readSought } from './hex-rows.ts';
import type { BytesAsked } from './hex-worker.ts';

const words = VIEWER_WORDS.hex;
const ROW_PX = 20;

interface Seen {
  readonly from: number;
  readonly bytes: Uint8Array;
}

export function HexView({ source }: Pick<ViewProps, 'source'>): ReactNode {
  const { address, bytes: total } = source;
  const [top, setTop] = useState(0);
  const [rows, setRows] = useState(1);
  const [goto, setGoto] = useState(false);
  const [fault, setFault] = useState<Error | null>(null);
  const seen = useSeen(source, top, rows + 2, setFault);
  const [found, setFound] = useState<{ readonly at: number; readonly length: number } | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useShortcuts({ '/': () => field.current?.focus(), g: () => setGoto(true) });
  const digits = offsetDigits(total);
  const show = (offset: number): void =>
    setTop(Math.max(0, Math.floor(offset / ROW_BYTES) - Math.floor(rows / 3)));
  return (
    <div className="hex">
      <HexSearch
        source={{ address, bytes: total }}
        field={field}
        onFault={setFault}
        onFound={(place) => {
          setFound(place);
          if (place !== null) show(place.at);
        }}
      />
      <Trouble fault={fault} />
      {goto && (
        <GotoField
          label={words.goto}
          read={(text) => {
            const offset = readOffset(text);
            return offset === null || offset >= total ? null : offset;
          }}
          onGo={(offset) => {
            setFound({ at: offset, length: 1 });
            show(offset);
          }}
          onClose={() => setGoto(false)}
        />
      )}
      <VirtualRows
        label={words.bytes}
        rows={Math.ceil(total / ROW_BYTES)}
        rowPx={ROW_PX}
        top={top}
        onTop={setTop}
        onSeen={setRows}
        className="rows--mono"
        renderRow={(row) => {
          const offset = row * ROW_BYTES;
          const from = offset - seen.from;
          const isHere = from >= 0 && from < seen.bytes.length;
          const bytes = isHere ? seen.bytes.subarray(from, from + ROW_BYTES) : new Uint8Array(0);
          return <Row bytes={bytes} offset={offset} digits={digits} found={found} />;
        }}
      />
      <p className="viewer__foot">{words.total(formatBytes(total), total.toString(16))}</p>
    </div>
  );
}

interface RowProps {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly digits: number;
  readonly found: { readonly at: number; readonly length: number } | null;
}

function Row({ bytes, offset, digits, found }: RowProps): ReactNode {
  const row = hexRow(bytes, offset, digits);
  const isFound =
    found !== null && found.at < offset + ROW_BYTES && found.at + found.length > offset;
  return (
    <div className={isFound ? 'hex-row hex-row--found' : 'hex-row'}>
      <span className="hex-row__offset">{row.offset}</span>
      <span className="hex-row__bytes">{row.bytes}</span>
      <span className="hex-row__text">{row.text}</span>
    </div>
  );
}

/** The bytes of the rows that are seen. */
function useSeen(
  { address, bytes }: ViewProps['source'],
  top: number,
  rows: number,
  onFault: (fault: Error | null) => void,
): Seen {
  const [seen, setSeen] = useState<Seen>({ from: 0, bytes: new Uint8Array(0) });
  const source = useRef<RangeSource | null>(null);
  useEffect(() => {
    source.current = new RangeSource({ address, bytes });
  }, [address, bytes]);
  useEffect(() => {
    let isStale = false;
    const from = top * ROW_BYTES;
    source.current
      ?.read(from, rows * ROW_BYTES)
      .then((part) => {
        if (!isStale) setSeen({ from, bytes: part });
      })
      .catch((reason: unknown) => {
        if (!isStale) onFault(shownFault(reason));
      });
    return () => {
      isStale = true;
    };
  }, [address, bytes, top, rows, onFault]);
  return seen;
}

interface HexSearchProps {
  readonly source: ViewProps['source'];
  readonly field: React.RefObject<HTMLInputElement | null>;
  readonly onFound: (place: { readonly at: number; readonly length: number } | null) => void;
  readonly onFault: (fault: Error | null) => void;
}

function HexSearch({ source, field, onFound, onFault }: HexSearchProps): ReactNode {
  const [text, setText] = useState('');
  const [isHex, setIsHex] = useState(true);
  const [last, setLast] = useState<{ readonly of: string; readonly at: number } | null>(null);
  const [state, setState] = useState<'none' | 'running' | 'nothing'>('none');
  const calls = useRef<WorkerCalls | null>(null);
  useEffect(() => {
    const own = new WorkerCalls(
      () =>
        new Worker(new URL('./hex-worker.ts', import.meta.url), {
          type: 'module',
        }) as unknown as WorkerPort,
    );
    calls.current = own;
    return () => own.close();
  }, []);
  const search = async (): Promise<void> => {
    const of = `${String(isHex)} ${text}`;
    const from = last?.of === of ? last.at + 1 : 0;
    try {
      const sought = readSought(text, isHex);
      setState('running');
      onFault(null);
      const asked: BytesAsked = { source, sought, from };
      const at = await calls.current?.call<number | null>('find', asked);
      if (at == null) {
        setState('nothing');
        setLast(null);
        return onFound(null);
      }
      setState('none');
      setLast({ of, at });
      onFound({ at, length: sought.length });
    } catch (reason) {
      setState('none');
      onFault(shownFault(reason));
    }
  };
  return (
    <search>
      <form
        className="viewer__tools"
        onSubmit={(event) => {
          event.preventDefault();
          void search();
        }}
      >
        <input
          ref={field}
          className="input input--mono"
          type="search"
          aria-label={words.search}
          placeholder={isHex ? words.hexPlace : words.textPlace}
          value={text}
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            setText('');
            event.currentTarget.blur();
          }}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={!isHex}
            onChange={(event) => setIsHex(!event.target.checked)}
          />
          {words.asText}
        </label>
        <Button type="submit" icon={Search} isBusy={state === 'running'} isDisabled={text === ''}>
          {last === null ? words.find : words.findNext}
        </Button>
        <output className="viewer__found">{state === 'nothing' ? words.nothing : ''}</output>
      </form>
    </search>
  );
}
