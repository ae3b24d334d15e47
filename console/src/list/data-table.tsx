/**
 * A table whose rows are walked by keyboard. One row at a time is in the tab order; the arrow keys, `j` and `k` move on from
 * it, Enter opens it. Columns have widths of their own, so that nothing moves when the rows change.
 */
import { useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useShortcuts } from '../key/shortcuts.ts';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Pixels; one column has none and takes what is left. */
  readonly width?: number;
  readonly isNumber?: boolean;
  /** Left out on a narrow window while details stand beside the list: it is among them. */
  readonly isExtra?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  readonly label: string;
  /** The first one is what a row is opened by. */
  readonly columns: readonly [Column<Row>, ...Column<Row>[]];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** The row whose details are shown. */
  readonly opened: string | undefined;
  readonly onOpen: (key: string) => void;
  /** The keyboard moved to another row while details are shown. */
  readonly onFollow: (key: string) => void;
  /** Shown, but not up to date: the next ones are on their way. */
  readonly isStale: boolean;
}

/** What a row is opened by; also how the panel gives the focus back. */
export const ROW_BUTTON = 'row__open';

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

export function DataTable<Row>(props: DataTableProps<Row>): ReactNode {
  const { label, columns, rows, keyOf, opened, onOpen, onFollow, isStale } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const [reached, setReached] = useState<string | null>(null);
  const keys = rows.map(keyOf);
  const inTabOrder = [reached, opened].find((key) => key != null && keys.includes(key)) ?? keys[0];
  const move = (step: number): void => {
    const buttons = [...(body.current?.querySelectorAll<HTMLElement>(`.${ROW_BUTTON}`) ?? [])];
    const focused = buttons.findIndex((button) => button === document.activeElement);
    const from = focused === -1 ? keys.indexOf(opened ?? '') : focused;
    const to = Math.max(0, Math.min(buttons.length - 1, from + step));
    const key = keys[to];
    if (key === undefined) return;
    buttons[to]?.focus();
    if (opened !== undefined && key !== opened) onFollow(key);
  };
  useShortcuts({ j: () => move(1), k: () => move(-1) });
  const walk = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(step);
  };
  const [first, ...others] = columns;
  return (
    <div className="table-place" data-stale={isStale}>
      <table className="table table--list" aria-label={label} aria-busy={isStale}>
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} className={classOf(column)} width={column.width} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" className={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row) => {
            const key = keyOf(row);
            return (
              // The button is what keyboard and screen reader use; the row only enlarges it for the mouse.
              <tr
                key={key}
                className={key === opened ? 'row row--opened' : 'row'}
                onClick={() => onOpen(key)}
              >
                <td>
                  <button
                    type="button"
                    className={ROW_BUTTON}
                    tabIndex={key === inTabOrder ? 0 : -1}
                    aria-expanded={key === opened}
                    data-row={key}
                    onFocus={() => setReached(key)}
                    onKeyDown={walk}
                  >
                    {first.cell(row)}
                  </button>
                </td>
                {others.map((column) => (
                  <td key={column.id} className={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function classOf<Row>({ isNumber, isExtra }: Column<Row>): string | undefined {
  const names = [isNumber === true ? 'number' : '', isExtra === true ? 'extra' : ''];
  return names.join(' ').trim() || undefined;
}
