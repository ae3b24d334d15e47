/** What surrounds every page: the demo's banner, the bar on top, and what is not as it should be. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FileText, FlaskConical, Keyboard, LogOut, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { Me } from '../api/desk.ts';
import { ConfirmIdentity } from '../dialog/confirm-identity.tsx';
import { PHIPolicyDialog } from '../dialog/phi-policy-dialog.tsx';
import { ShortcutsDialog } from '../dialog/shortcuts-dialog.tsx';
import { useShortcuts } from '../key/shortcuts.ts';
import { leave, queries } from '../query/queries.ts';
import { areasOf } from '../route/place.ts';
import type { Area, PageName } from '../route/place.ts';
import { useRoles } from '../route/signed-in.tsx';
import { PHI_WORDS } from '../words/phi.ts';
import { PLACE_WORDS } from '../words/place.ts';
import { WORDS } from '../words/words.ts';
import { Announcement } from './announcement.tsx';
import { IconButton } from './button.tsx';
import { DeskStrips } from './desk-strips.tsx';

export function DemoBanner(): ReactNode {
  const { data } = useQuery(queries.about());
  if (data?.demo !== true) return null;
  return (
    <aside className="strip strip--demo" aria-label="Demonstration">
      <FlaskConical aria-hidden className="icon" />
      <span>
        {WORDS.demo} {data.demoParts.map((part) => WORDS.demoParts[part] ?? part).join(' · ')}
      </span>
    </aside>
  );
}

interface FrameProps {
  readonly me: Me;
  /** The page that is shown, where it is one of the administration. */
  readonly page: PageName | null;
  readonly children: ReactNode;
}

export function Frame({ me, page, children }: FrameProps): ReactNode {
  const { data: about } = useQuery(queries.about());
  const [showsShortcuts, setShowsShortcuts] = useState(false);
  const [showsPolicy, setShowsPolicy] = useState(false);
  const roles = useRoles();
  useShortcuts({ '?': () => setShowsShortcuts(true) });
  const { name, roles: said } = me.technician;
  const areas = areasOf(roles);
  return (
    <div className="frame">
      <a className="skip" href="#content">
        {WORDS.skip}
      </a>
      <DemoBanner />
      <header className="top">
        <ShieldCheck aria-hidden className="top__mark" />
        <span className="top__product">{WORDS.product}</span>
        <span className="top__centre">{about?.serviceCentre.name}</span>
        <nav aria-label={WORDS.console}>
          {areas.map((area) => (
            <AreaLink key={area.name} area={area} page={page} />
          ))}
        </nav>
        <span className="top__space" />
        {about !== undefined && (
          <IconButton icon={FileText} label={PHI_WORDS.open} onPress={() => setShowsPolicy(true)} />
        )}
        <IconButton
          icon={Keyboard}
          label={WORDS.shortcuts.open}
          onPress={() => setShowsShortcuts(true)}
        />
        <Link
          to="/account"
          className="top__link top__person"
          activeProps={{ className: 'top__link--here' }}
          title={PLACE_WORDS.account}
        >
          {name}
          <span className="quiet"> {said.map((role) => WORDS.roles[role] ?? role).join(', ')}</span>
        </Link>
        <IconButton
          icon={LogOut}
          label={WORDS.signOut}
          onPress={() => {
            void desk.signOut().then(leave, () => undefined);
          }}
        />
      </header>
      <DeskStrips />
      <main id="content" className="content" tabIndex={-1}>
        {children}
      </main>
      <Announcement />
      {showsShortcuts && <ShortcutsDialog onClose={() => setShowsShortcuts(false)} />}
      {showsPolicy && about !== undefined && (
        <PHIPolicyDialog shown={about.phiPolicy} onClose={() => setShowsPolicy(false)} />
      )}
      <ConfirmIdentity />
    </div>
  );
}

interface AreaLinkProps {
  readonly area: Area;
  readonly page: PageName | null;
}

function AreaLink({ area: { name, pages }, page }: AreaLinkProps): ReactNode {
  const [first] = pages;
  if (first === undefined) {
    return (
      <Link to="/cases" className="top__link" activeProps={{ className: 'top__link--here' }}>
        {PLACE_WORDS.areas[name]}
      </Link>
    );
  }
  const isHere = page !== null && pages.includes(page);
  return (
    <Link
      to="/$page"
      params={{ page: first }}
      className={isHere ? 'top__link top__link--here' : 'top__link'}
      aria-current={isHere ? 'true' : undefined}
    >
      {PLACE_WORDS.areas[name]}
    </Link>
  );
}
