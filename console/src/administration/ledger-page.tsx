/** The auditor's page: every entry of the ledger, narrowed by kind, time and words, and the whole of it to take along. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { FileCheck2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { LedgerLine } from '../api/administration.ts';
import { download } from '../api/download.ts';
import type { Column } from '../list/data-table.tsx';
import { ListPage } from '../list/list-page.tsx';
import type { PanelProps } from '../list/list-page.tsx';
import { useRested } from '../list/search-field.tsx';
import { Facts, SidePanel } from '../list/side-panel.tsx';
import { Button } from '../part/button.tsx';
import { Copyable } from '../part/marks.tsx';
import { Trouble } from '../part/trouble.tsx';
import { VerifierLink } from '../part/verifier-link.tsx';
import { administrationQueries } from '../query/administration.ts';
import { formatDateTimeSeconds, formatUTC } from '../words/format.ts';
import { kindText } from '../words/ledger-kinds.ts';
import { LEDGER_WORDS } from '../words/ledger.ts';
import { LedgerFilters } from './ledger-filters.tsx';
import type { LedgerSearch } from './ledger-search.ts';

const words = LEDGER_WORDS;
const { columns } = words;
const EVIDENCE = '/api/audit/evidence';

const COLUMNS: readonly [Column<LedgerLine>, ...Column<LedgerLine>[]] = [
  {
    id: 'index',
    title: columns.index,
    width: 84,
    cell: ({ index }) => <span className="mono">#{index}</span>,
  },
  {
    id: 'time',
    title: columns.time,
    width: 176,
    cell: ({ utcMs }) => <span className="quiet">{formatDateTimeSeconds(utcMs)}</span>,
  },
  { id: 'kind', title: columns.kind, width: 190, cell: ({ kind }) => kindText(kind) },
  {
    id: 'who',
    title: columns.who,
    width: 180,
    cell: ({ who }) => who ?? <span className="quiet">–</span>,
  },
  {
    id: 'content',
    title: columns.content,
    isExtra: true,
    cell: ({ fact }) => <span className="quiet">{contentText(fact)}</span>,
  },
];

interface LedgerPageProps {
  readonly search: LedgerSearch;
  readonly onSearch: (change: Partial<LedgerSearch>) => void;
}

export function LedgerPage({ search, onSearch }: LedgerPageProps): ReactNode {
  const q = useRested(search.q);
  const { page, kind, from, to } = search;
  const narrow = {
    ...(kind === undefined ? {} : { kind }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  const isNarrowed = Object.keys(narrow).length > 0;
  const answer = useQuery(administrationQueries.ledger({ q, page, ...narrow }));
  const bundle = useMutation({
    mutationFn: () => download(EVIDENCE, 'chaperone-ledger-evidence.json'),
  });
  const seen = answer.data?.items.map((line) => line.kind) ?? [];
  return (
    <ListPage
      words={words}
      answer={answer}
      columns={COLUMNS}
      keyOf={({ index }) => String(index)}
      search={search}
      onSearch={onSearch}
      acts={
        <>
          <VerifierLink />
          <Button icon={FileCheck2} isBusy={bundle.isPending} onPress={() => bundle.mutate()}>
            {bundle.isPending ? words.exporting : words.export}
          </Button>
        </>
      }
      above={<Trouble fault={bundle.error} />}
      filters={<LedgerFilters search={search} seen={seen} onSearch={onSearch} />}
      onClearFilters={
        isNarrowed ? () => onSearch({ kind: undefined, from: undefined, to: undefined }) : undefined
      }
      panel={LinePanel}
    />
  );
}

/** What an entry says besides its kind, in one line. */
function contentText(fact: LedgerLine['fact']): string {
  return Object.entries(fact)
    .filter(([name, value]) => name !== 'kind' && value !== null)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}

function LinePanel({ row, ...state }: PanelProps<LedgerLine>): ReactNode {
  const { index, utcMs, kind, who, fact } = row;
  const json = JSON.stringify(fact, null, 2);
  return (
    <SidePanel title={words.entry(index)} {...state}>
      <Facts
        facts={[
          [columns.kind, kindText(kind)],
          [columns.time, formatUTC(utcMs)],
          [columns.who, who ?? words.nobody],
        ]}
      />
      <section className="entry" aria-label={words.json}>
        <header>
          <h3>{words.json}</h3>
          <Copyable text={json} shown={words.copy} label={words.copyEntry} />
        </header>
        <pre>{json}</pre>
      </section>
    </SidePanel>
  );
}
