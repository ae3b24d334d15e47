/** A list of however many rows, of which only those that are seen exist. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { clampTop, contentPx, rowsSeen, scrollAt, topAt, topByKey } from './row-scroll.ts';
import type { RowList } from './row-scroll.ts';

interface VirtualRowsProps {
  readonly label: string;
  readonly rows: number;
  readonly rowPx: number;
  readonly top: number;
  readonly onTop: (top: number) => void;
  /** How many rows are seen, whenever that changes. */
  readonly onSeen?: (rows: number) => void;
  readonly renderRow: (row: number) => ReactNode;
  readonly className?: string;
}

export function VirtualRows(props: VirtualRowsProps): ReactNode {
  const { label, rows, rowPx, top, onTop, onSeen, renderRow, className = '' } = props;
  const place = useRef<HTMLDivElement>(null);
  const [viewPx, setViewPx] = useState(0);
  const list: RowList = { rows, rowPx, viewPx };
  const current = useRef({ list, top, onTop });
  useLayoutEffect(() => {
    current.current = { list, top, onTop };
  });
  // What this list did itself to the bar is no wish of the person's.
  const ownPx = useRef<number | null>(null);

  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setViewPx(element.clientHeight));
    observer.observe(element);
    setViewPx(element.clientHeight);
    return () => observer.disconnect();
  }, []);
  const seen = rowsSeen(list);
  useEffect(() => onSeen?.(seen), [onSeen, seen]);

  useLayoutEffect(() => {
    const element = place.current;
    if (element === null || viewPx === 0) return;
    const wished = Math.round(scrollAt(current.current.list, top));
    if (Math.abs(element.scrollTop - wished) < 1) return;
    ownPx.current = wished;
    element.scrollTop = wished;
  }, [top, viewPx, rows]);

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    let restPx = 0;
    // Not passive: the list moves by rows, not the browser by pixels.
    const wheel = (event: WheelEvent): void => {
      if (event.ctrlKey || Math.abs(event.deltaY) < Math.abs(event.deltaX)) return;
      event.preventDefault();
      const { list: seenList, top: from, onTop: move } = current.current;
      restPx += event.deltaMode === 1 ? event.deltaY * seenList.rowPx : event.deltaY;
      const steps = Math.trunc(restPx / seenList.rowPx);
      if (steps === 0) return;
      restPx -= steps * seenList.rowPx;
      move(clampTop(seenList, from + steps));
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, []);

  const shown = Math.min(rows - top, seen + 2);
  return (
    // A list that scrolls is reached and moved by keyboard, too.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      ref={place}
      className={`rows ${className}`}
      aria-label={label}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onScroll={(event) => {
        const { scrollTop } = event.currentTarget;
        if (ownPx.current !== null && Math.abs(scrollTop - ownPx.current) < 2) {
          ownPx.current = null;
          return;
        }
        ownPx.current = null;
        const wished = topAt(list, scrollTop);
        if (wished !== top) onTop(wished);
      }}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget) return;
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const next = topByKey(list, top, event.key);
        if (next === null) return;
        event.preventDefault();
        onTop(next);
      }}
    >
      <div className="rows__length" style={{ height: contentPx(list) }}>
        <div className="rows__seen" style={{ height: viewPx }}>
          {Array.from({ length: Math.max(0, shown) }, (_, index) => (
            <div className="rows__row" key={top + index} style={{ height: rowPx }}>
              {renderRow(top + index)}
            </div>
          ))}
        </div>
      </div>
    </section>
  );
}
