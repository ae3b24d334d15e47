/** The console's addresses. */
import {
  Navigate,
  Outlet,
  createRootRoute,
  createRoute,
  createRouter,
  stripSearchParams,
  useMatch,
  useNavigate,
} from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { z } from 'zod';
import { cartSearch } from '../administration/cart-search.ts';
import { ledgerSearch } from '../administration/ledger-search.ts';
import { useShortcuts } from '../key/shortcuts.ts';
import { OwnAccountPage } from '../own-account/own-account-page.tsx';
import { CasePage } from '../page/case-page.tsx';
import { CasesPage } from '../page/cases-page.tsx';
import { NotYours } from '../page/not-yours.tsx';
import { PageBroke } from '../page/page-broke.tsx';
import { Frame } from '../part/frame.tsx';
import { WORDS } from '../words/words.ts';
import { AnyPage } from './any-page.tsx';
import { CASE_TABS } from './case-tab.ts';
import { PAGES, PAGE_KEYS, firstPlaceOf, mayOpen } from './place.ts';
import type { PageName } from './place.ts';
import { useRoles, useSignedIn } from './signed-in.tsx';

const casesSearch = z.object({
  state: z.enum(['open', 'resolved', 'all']).catch('open').default('open'),
  q: z.string().max(200).catch('').default(''),
});

const rootRoute = createRootRoute({ component: Root, notFoundComponent: NotFound });
const homeRoute = createRoute({ getParentRoute: () => rootRoute, path: '/', component: Home });
const casesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cases',
  validateSearch: casesSearch,
  component: Cases,
});
const caseRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cases/$caseId',
  component: DefaultTab,
});
const tabRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cases/$caseId/$tab',
  component: Case,
});
const recordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cases/$caseId/records/$recordId',
  component: Record,
});
const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/account',
  component: OwnAccountPage,
});
/** Every page of the administration: what stands in the address is the same for all of them. */
const pageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/$page',
  validateSearch: ledgerSearch.extend(cartSearch.shape),
  search: { middlewares: [stripSearchParams({ q: '', page: 1 })] },
  component: Page,
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    homeRoute,
    casesRoute,
    caseRoute,
    tabRoute,
    recordRoute,
    accountRoute,
    pageRoute,
  ]),
  // Around each route's own component: the frame and its ways to the other pages stay.
  defaultErrorComponent: PageBroke,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function Root(): ReactNode {
  const { me } = useSignedIn();
  const roles = useRoles();
  const navigate = useNavigate();
  const shown = useMatch({ from: '/$page', shouldThrow: false });
  const keys = PAGES.filter((page) => mayOpen(page, roles)).map((page) => [
    `g ${PAGE_KEYS[page]}`,
    () => void navigate({ to: '/$page', params: { page } }),
  ]);
  useShortcuts({
    'g c': mayOpen('cases', roles) ? () => void navigate({ to: '/cases' }) : undefined,
    'g m': () => void navigate({ to: '/account' }),
    ...(Object.fromEntries(keys) as Record<string, () => void>),
  });
  return (
    <Frame me={me} page={pageNamed(shown?.params.page)}>
      <Outlet />
    </Frame>
  );
}

function pageNamed(name: string | undefined): PageName | null {
  return PAGES.find((page) => page === name) ?? null;
}

function Home(): ReactNode {
  const first = firstPlaceOf(useRoles());
  if (first === 'cases') return <Navigate to="/cases" replace />;
  if (first === 'account') return <Navigate to="/account" replace />;
  return <Navigate to="/$page" params={{ page: first }} replace />;
}

function Cases(): ReactNode {
  const { state, q } = casesRoute.useSearch();
  const navigate = useNavigate();
  if (!mayOpen('cases', useRoles())) return <NotYours page="cases" />;
  return (
    <CasesPage
      state={state}
      search={q}
      onSearch={(next) =>
        void navigate({ to: '/cases', search: { state, q, ...next }, replace: true })
      }
      onOpen={(caseId) =>
        void navigate({ to: '/cases/$caseId/$tab', params: { caseId, tab: 'session' } })
      }
    />
  );
}

function DefaultTab(): ReactNode {
  const { caseId } = caseRoute.useParams();
  return <Navigate to="/cases/$caseId/$tab" params={{ caseId, tab: 'session' }} replace />;
}

function Case(): ReactNode {
  const { caseId, tab } = tabRoute.useParams();
  const roles = useRoles();
  const known = CASE_TABS.find((each) => each === tab);
  if (known === undefined) return <NotFound />;
  if (!mayOpen('cases', roles)) return <NotYours page="cases" />;
  // Another case begins anew: no state of the one before stays.
  return <CasePage key={caseId} caseId={caseId} tab={known} record={null} />;
}

function Record(): ReactNode {
  const { caseId, recordId } = recordRoute.useParams();
  if (!mayOpen('cases', useRoles())) return <NotYours page="cases" />;
  return <CasePage key={caseId} caseId={caseId} tab="records" record={recordId} />;
}

function Page(): ReactNode {
  const { page: name } = pageRoute.useParams();
  const search = pageRoute.useSearch();
  const navigate = useNavigate();
  const roles = useRoles();
  const page = pageNamed(name);
  if (page === null) return <NotFound />;
  if (!mayOpen(page, roles)) return <NotYours page={page} />;
  return (
    <AnyPage
      key={page}
      page={page}
      search={search}
      onSearch={(change) =>
        void navigate({
          to: '/$page',
          params: { page },
          search: (before) => ({ ...before, ...change }),
          replace: true,
        })
      }
    />
  );
}

function NotFound(): ReactNode {
  return <p className="waiting">{WORDS.notFound}</p>;
}
