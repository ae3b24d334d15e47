/** The accounts of this gateway. */
import { useQuery } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Account } from '../api/administration.ts';
import { ListPage } from '../list/list-page.tsx';
import type { ListAddress } from '../list/list-page.tsx';
import { useRested } from '../list/search-field.tsx';
import type { Column } from '../list/data-table.tsx';
import { Button } from '../part/button.tsx';
import { administrationQueries } from '../query/administration.ts';
import { ACCOUNT_WORDS } from '../words/accounts.ts';
import { formatDateTime } from '../words/format.ts';
import { LIST_WORDS } from '../words/list.ts';
import { AccountState, factorText, rolesText } from './account-state.tsx';
import { AccountPanel } from './account-panel.tsx';
import { NewAccountDialog } from './new-account-dialog.tsx';

const { columns } = ACCOUNT_WORDS;

const COLUMNS: readonly [Column<Account>, ...Column<Account>[]] = [
  { id: 'name', title: columns.name, cell: ({ name }) => name },
  {
    id: 'user-id',
    title: columns.userId,
    width: 132,
    cell: ({ userId }) => <span className="mono">{userId}</span>,
  },
  {
    id: 'login',
    title: columns.login,
    width: 196,
    isExtra: true,
    cell: ({ directoryLogin }) => <span className="quiet">{directoryLogin}</span>,
  },
  { id: 'roles', title: columns.roles, width: 172, cell: rolesText },
  { id: 'state', title: columns.state, width: 92, cell: (row) => <AccountState account={row} /> },
  { id: 'factor', title: columns.factor, width: 106, isExtra: true, cell: factorText },
  {
    id: 'last',
    title: columns.lastSignIn,
    width: 160,
    isExtra: true,
    cell: ({ lastSignInUtcMs }) => (
      <span className="quiet">
        {lastSignInUtcMs === null ? LIST_WORDS.never : formatDateTime(lastSignInUtcMs)}
      </span>
    ),
  },
];

export function AccountsPage({ search, onSearch }: ListAddress): ReactNode {
  const q = useRested(search.q);
  const accounts = useQuery(administrationQueries.accounts({ q, page: search.page }));
  const [isAdding, setIsAdding] = useState(false);
  return (
    <>
      <ListPage
        words={ACCOUNT_WORDS}
        answer={accounts}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        search={search}
        onSearch={onSearch}
        acts={
          <Button kind="main" icon={UserPlus} onPress={() => setIsAdding(true)}>
            {ACCOUNT_WORDS.add}
          </Button>
        }
        panel={AccountPanel}
      />
      {isAdding && <NewAccountDialog onClose={() => setIsAdding(false)} />}
    </>
  );
}
