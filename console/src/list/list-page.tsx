/** A page that is one list: search, table, pages, and the details of one row beside it. */
import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ComponentType, ReactNode } from 'react';
import type { Page } from '../api/administration.ts';
import { useShortcuts } from '../key/shortcuts.ts';
import { Button } from '../part/button.tsx';
import { Trouble } from '../part/trouble.tsx';
import { LIST_WORDS } from '../words/list.ts';
import { WORDS } from '../words/words.ts';
import { DataTable, ROW_BUTTON } from './data-table.tsx';
import type { Column } from './data-table.tsx';
import { withSearch } from './list-search.ts';
import type { ListSearch } from './list-search.ts';
import { Pager } from './pager.tsx';
import { SearchField } from './search-field.tsx';

export interface ListAddress {
  readonly search: ListSearch;
  readonly onSearch: (change: Partial<ListSearch>) => void;
}

/** How the details of a row are to be shown. */
export interface PanelProps<Row> {
  readonly row: Row;
  /** How often a row was opened by hand; 0 leaves the focus where it is. */
  readonly turn: number;
  readonly onClose: () => void;
}

interface ListPageProps<Row> extends ListAddress {
  readonly words: {
    readonly title: string;
    readonly lead: string;
    readonly searchHint: string;
    readonly empty: string;
  };
  readonly answer: UseQueryResult<Page<Row>>;
  readonly columns: readonly [Column<Row>, ...Column<Row>[]];
  readonly keyOf: (row: Row) => string;
  readonly panel: ComponentType<PanelProps<Row>>;
  /** What can be done here without a row. */
  readonly acts?: ReactNode;
  /** What narrows the list besides the search. */
  readonly filters?: ReactNode;
  /** Whether the list is narrowed by something besides the search, and what takes that back. */
  readonly onClearFilters?: (() => void) | undefined;
  readonly above?: ReactNode;
}

export function ListPage<Row>(props: ListPageProps<Row>): ReactNode {
  const { words, answer, columns, keyOf, panel: Panel, search, onSearch } = props;
  const place = useRef<HTMLDivElement>(null);
  const [turn, setTurn] = useState(0);
  const { data, error, isPlaceholderData } = answer;
  const opened = data?.items.find((row) => keyOf(row) === search.row);
  const focusRow = (key: string): void => {
    const rows = place.current?.querySelectorAll<HTMLElement>(`.${ROW_BUTTON}`) ?? [];
    [...rows].find((row) => row.dataset['row'] === key)?.focus();
  };
  const close = (): void => {
    onSearch({ row: undefined });
    if (search.row !== undefined) focusRow(search.row);
  };
  useShortcuts({ Escape: opened === undefined ? undefined : close });
  // A page that is not there any more, such as after its last row went away.
  const lastPage = data === undefined ? 1 : Math.max(1, Math.ceil(data.total / data.size));
  useEffect(() => {
    if (!isPlaceholderData && search.page > lastPage) onSearch({ page: lastPage });
  });
  // The row went away, or is on another page: its details cannot be shown, and the keyboard goes on in the list.
  useEffect(() => {
    if (search.row === undefined || data === undefined || isPlaceholderData) return;
    if (opened !== undefined) return;
    onSearch({ row: undefined });
    if (document.activeElement === document.body) {
      place.current?.querySelector<HTMLElement>(`.${ROW_BUTTON}[tabindex="0"]`)?.focus();
    }
  });
  return (
    <div className={opened === undefined ? 'list' : 'list list--beside'} ref={place}>
      <section className="list__main" aria-labelledby="list-title">
        <header className="page-head">
          <div>
            <h1 id="list-title">{words.title}</h1>
            <p className="hint">{words.lead}</p>
          </div>
          {props.acts !== undefined && <div className="page-head__acts">{props.acts}</div>}
        </header>
        {props.above}
        <div className="filters">
          <SearchField
            label={`${LIST_WORDS.search}: ${words.title}`}
            hint={words.searchHint}
            value={search.q}
            onChange={(q) => onSearch(withSearch(q))}
          />
          {props.filters}
          {data !== undefined && (
            <Pager
              page={data.page}
              size={data.size}
              total={data.total}
              onPage={(page) => onSearch({ page, row: undefined })}
            />
          )}
        </div>
        <Trouble fault={error}>
          <Button onPress={() => void answer.refetch()}>{WORDS.tryAgain}</Button>
        </Trouble>
        {data === undefined && error === null && <p className="waiting">{WORDS.loading}</p>}
        {data !== undefined && data.items.length === 0 && <Empty {...props} />}
        {data !== undefined && data.items.length > 0 && (
          <DataTable
            label={words.title}
            columns={columns}
            rows={data.items}
            keyOf={keyOf}
            opened={opened === undefined ? undefined : search.row}
            isStale={isPlaceholderData}
            onOpen={(row) => {
              setTurn((last) => last + 1);
              onSearch({ row });
            }}
            onFollow={(row) => {
              setTurn(0);
              onSearch({ row });
            }}
          />
        )}
      </section>
      {opened !== undefined && (
        // Another row begins anew: no dialog of the one before stays.
        <Panel key={search.row} row={opened} turn={turn} onClose={close} />
      )}
    </div>
  );
}

function Empty<Row>({ words, search, onSearch, onClearFilters }: ListPageProps<Row>): ReactNode {
  const isNarrowed = search.q !== '' || onClearFilters !== undefined;
  const clear = (): void => {
    onClearFilters?.();
    onSearch(withSearch(''));
  };
  return (
    <div className="empty" aria-live="polite">
      <p className="empty__title">{isNarrowed ? LIST_WORDS.noneFound(search.q) : words.empty}</p>
      {isNarrowed && <Button onPress={clear}>{LIST_WORDS.clear}</Button>}
    </div>
  );
}
