/** Shows a page of the administration by its name. */
import type { ReactNode } from 'react';
import { AccountsPage } from '../administration/accounts-page.tsx';
import { AdministrationFrame } from '../administration/administration-frame.tsx';
import { CartsPage } from '../administration/carts-page.tsx';
import { LedgerPage } from '../administration/ledger-page.tsx';
import type { LedgerSearch } from '../administration/ledger-search.ts';
import { LicencesPage } from '../administration/licences-page.tsx';
import { SessionsPage, SignInsPage } from '../administration/live-page.tsx';
import { ProposalsPage } from '../administration/proposals-page.tsx';
import { RolesPage } from '../administration/roles-page.tsx';
import { WorkstationsPage } from '../administration/workstations-page.tsx';
import type { PageName } from './place.ts';

interface AnyPageProps {
  readonly page: PageName;
  readonly search: LedgerSearch;
  readonly onSearch: (change: Partial<LedgerSearch>) => void;
}

const SHOWN: Readonly<Record<PageName, (props: Omit<AnyPageProps, 'page'>) => ReactNode>> = {
  accounts: AccountsPage,
  workstations: WorkstationsPage,
  licences: LicencesPage,
  carts: CartsPage,
  'sign-ins': SignInsPage,
  sessions: SessionsPage,
  'two-person-acts': ProposalsPage,
  roles: RolesPage,
  ledger: LedgerPage,
};

export function AnyPage({ page, search, onSearch }: AnyPageProps): ReactNode {
  const Shown = SHOWN[page];
  return (
    <AdministrationFrame page={page}>
      <Shown search={search} onSearch={onSearch} />
    </AdministrationFrame>
  );
}
