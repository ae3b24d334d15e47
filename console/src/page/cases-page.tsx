/** All service cases that this technician may know, and the carts. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { CartSummary, CaseSummary } from '../api/desk.ts';
import { NewCaseDialog } from '../dialog/new-case-dialog.tsx';
import { useShortcuts } from '../key/shortcuts.ts';
import { SearchField } from '../list/search-field.tsx';
import { Button } from '../part/button.tsx';
import { AgeMark, OnlineMark, StateMark } from '../part/marks.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries } from '../query/queries.ts';
import { formatDateTime } from '../words/format.ts';
import { WORDS } from '../words/words.ts';

export type CaseFilter = keyof typeof WORDS.cases.filters;
const FILTERS = Object.keys(WORDS.cases.filters) as readonly CaseFilter[];

interface CasesPageProps {
  readonly state: CaseFilter;
  readonly search: string;
  readonly onSearch: (next: { readonly state?: CaseFilter; readonly q?: string }) => void;
  readonly onOpen: (caseId: string) => void;
}

export function CasesPage({ state, search, onSearch, onOpen }: CasesPageProps): ReactNode {
  const cases = useQuery(queries.cases());
  const [isOpening, setIsOpening] = useState(false);
  useShortcuts({ n: () => setIsOpening(true) });
  const words = WORDS.cases;
  const all = cases.data?.cases ?? [];
  const shown = all.filter((each) => fits(each, state, search));
  return (
    <div className="cases">
      <section className="cases__main" aria-labelledby="cases-title">
        <header className="page-head">
          <h1 id="cases-title">{words.title}</h1>
          <Button kind="main" icon={Plus} onPress={() => setIsOpening(true)}>
            {words.open}
          </Button>
        </header>
        <div className="filters">
          <SearchField
            label={words.search}
            hint={words.searchHint}
            value={search}
            onChange={(q) => onSearch({ q })}
          />
          <fieldset className="segments" aria-label={words.filter}>
            {FILTERS.map((each) => (
              <button
                key={each}
                type="button"
                aria-pressed={state === each}
                onClick={() => onSearch({ state: each })}
              >
                {words.filters[each]}
                <span className="count">{all.filter((one) => fits(one, each, '')).length}</span>
              </button>
            ))}
          </fieldset>
        </div>
        <Trouble fault={cases.error} />
        {cases.data !== undefined && shown.length === 0 ? (
          <div className="empty">
            <p className="empty__title">{all.length === 0 ? words.none : words.noneFound}</p>
            {all.length === 0 ? (
              <p>{words.noneLead}</p>
            ) : (
              <Button onPress={() => onSearch({ state: 'all', q: '' })}>{words.clear}</Button>
            )}
          </div>
        ) : (
          <CaseTable cases={shown} onOpen={onOpen} />
        )}
      </section>
      <Carts />
      {isOpening && (
        <NewCaseDialog
          onClose={() => setIsOpening(false)}
          onOpened={({ id }) => {
            setIsOpening(false);
            onOpen(id);
          }}
        />
      )}
    </div>
  );
}

function fits(each: CaseSummary, state: CaseFilter, search: string): boolean {
  // A case that is being destroyed still asks for attention.
  if (state === 'open' && each.state === 'resolved') return false;
  if (state === 'resolved' && each.state !== 'resolved') return false;
  const text = `${each.number} ${each.facility} ${each.cart}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

interface CaseTableProps {
  readonly cases: readonly CaseSummary[];
  readonly onOpen: (caseId: string) => void;
}

function CaseTable({ cases, onOpen }: CaseTableProps): ReactNode {
  const { columns } = WORDS.cases;
  return (
    <div className="table-place">
      <table className="table table--pick">
        <thead>
          <tr>
            <th scope="col">{columns.number}</th>
            <th scope="col">{columns.facility}</th>
            <th scope="col">{columns.cart}</th>
            <th scope="col">{columns.state}</th>
            <th scope="col" className="number">
              {columns.records}
            </th>
            <th scope="col">{columns.opened}</th>
          </tr>
        </thead>
        <tbody>
          {cases.map((each) => (
            // The link is what keyboard and screen reader use; the row only enlarges it for the mouse.
            <tr key={each.id} onClick={() => onOpen(each.id)}>
              <td>
                <Link
                  to="/cases/$caseId/$tab"
                  params={{ caseId: each.id, tab: 'session' }}
                  className="mono"
                  onClick={(event) => event.stopPropagation()}
                >
                  {each.number}
                </Link>
              </td>
              <td className="strong">{each.facility}</td>
              <td>
                <span className="pair">
                  <span className="mono">{each.cart}</span>
                  {each.state === 'open' && <OnlineMark isOnline={each.cartOnline} />}
                </span>
              </td>
              <td>
                <span className="pair">
                  <StateMark state={each.state} />
                  <AgeMark age={each.age} legalHold={each.legalHold} />
                </span>
              </td>
              <td className="number">{each.state === 'resolved' ? '–' : each.records}</td>
              <td className="quiet">{formatDateTime(each.openedUtcMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Carts(): ReactNode {
  const carts = useQuery(queries.carts());
  const words = WORDS.cases;
  return (
    <aside className="carts" aria-labelledby="carts-title">
      <h2 id="carts-title">{words.carts}</h2>
      <p className="hint">{words.cartsLead}</p>
      <Trouble fault={carts.error} />
      {carts.data?.carts.length === 0 && <p className="quiet">{words.noCarts}</p>}
      <ul>
        {carts.data?.carts.map((cart) => (
          <li key={cart.serial} className="cart">
            <span className="cart__head">
              <span className="mono strong">{cart.serial}</span>
              <OnlineMark isOnline={cart.online} />
            </span>
            <span className="quiet">{cart.model ?? ''}</span>
            <CartFoot cart={cart} />
          </li>
        ))}
      </ul>
    </aside>
  );
}

function CartFoot({ cart }: { readonly cart: CartSummary }): ReactNode {
  const words = WORDS.cases;
  if (cart.openCase !== null) {
    return (
      <Link to="/cases/$caseId/$tab" params={{ caseId: cart.openCase.id, tab: 'session' }}>
        {cart.openCase.number}
      </Link>
    );
  }
  if (cart.online) return null;
  const { lastSeenUtcMs } = cart;
  return (
    <span className="quiet">
      {lastSeenUtcMs === null ? words.neverSeen : `${words.seen} ${formatDateTime(lastSeenUtcMs)}`}
    </span>
  );
}
