/** Narrows the ledger by kind and time. */
import { useId } from 'react';
import type { ReactNode } from 'react';
import { kindGroups, kindText } from '../words/ledger-kinds.ts';
import { LEDGER_WORDS } from '../words/ledger.ts';
import { fromField, toField } from './ledger-search.ts';
import type { LedgerSearch } from './ledger-search.ts';

const words = LEDGER_WORDS;

interface LedgerFiltersProps {
  readonly search: LedgerSearch;
  /** Kinds of the entries that are shown. */
  readonly seen: readonly string[];
  readonly onSearch: (change: Partial<LedgerSearch>) => void;
}

export function LedgerFilters({ search, seen, onSearch }: LedgerFiltersProps): ReactNode {
  const { kind, from, to } = search;
  const id = useId();
  const narrow = (change: Partial<LedgerSearch>): void =>
    onSearch({ ...change, page: 1, row: undefined });
  return (
    <>
      <select
        className="input input--filter"
        aria-label={words.kind}
        value={kind ?? ''}
        onChange={({ target }) => narrow({ kind: target.value === '' ? undefined : target.value })}
      >
        <option value="">{words.anyKind}</option>
        {kindGroups(kind === undefined ? seen : [...seen, kind]).map(({ group, kinds }) => (
          <optgroup key={group} label={group}>
            {kinds.map((each) => (
              <option key={each} value={each}>
                {kindText(each)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <span className="range">
        <label htmlFor={`${id}-from`}>{words.from}</label>
        <input
          id={`${id}-from`}
          className="input input--filter"
          type="datetime-local"
          value={toField(from)}
          onChange={({ target }) => narrow({ from: fromField(target.value) })}
        />
        <label htmlFor={`${id}-to`}>{words.to}</label>
        <input
          id={`${id}-to`}
          className="input input--filter"
          type="datetime-local"
          value={toField(to)}
          onChange={({ target }) => narrow({ to: fromField(target.value) })}
        />
      </span>
    </>
  );
}
