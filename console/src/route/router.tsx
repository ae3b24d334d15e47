/** The console's addresses. */
import {
  Navigate,
  Outlet,
  createRootRoute,
  createRoute,
  createRouter,
  useNavigate,
} from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { z } from 'zod';
import { useShortcuts } from '../key/shortcuts.ts';
import { CasePage } from '../page/case-page.tsx';
import { CasesPage } from '../page/cases-page.tsx';
import { Frame } from '../part/frame.tsx';
import { WORDS } from '../words/words.ts';
import { CASE_TABS } from './case-tab.ts';
import { useSignedIn } from './signed-in.tsx';

const casesSearch = z.object({
  state: z.enum(['open', 'resolved', 'all']).catch('open').default('open'),
  q: z.string().max(200).catch('').default(''),
});

const rootRoute = createRootRoute({ component: Root, notFoundComponent: NotFound });
const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: () => <Navigate to="/cases" replace />,
});
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

export const router = createRouter({
  routeTree: rootRoute.addChildren([homeRoute, casesRoute, caseRoute, tabRoute]),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function Root(): ReactNode {
  const { me } = useSignedIn();
  const navigate = useNavigate();
  useShortcuts({ 'g c': () => void navigate({ to: '/cases' }) });
  return (
    <Frame me={me}>
      <Outlet />
    </Frame>
  );
}

function Cases(): ReactNode {
  const { state, q } = casesRoute.useSearch();
  const navigate = useNavigate();
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
  const known = CASE_TABS.find((each) => each === tab);
  if (known === undefined) return <NotFound />;
  // Another case begins anew: no state of the one before stays.
  return <CasePage key={caseId} caseId={caseId} tab={known} />;
}

function NotFound(): ReactNode {
  return <p className="waiting">{WORDS.notFound}</p>;
}
