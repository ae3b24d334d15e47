/** What surrounds every page: the demo's banner, the bar on top, and whether the line to the desk is there. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FlaskConical, Keyboard, LogOut, ShieldCheck, WifiOff } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { Me } from '../api/desk.ts';
import { ShortcutsDialog } from '../dialog/shortcuts-dialog.tsx';
import { useShortcuts } from '../key/shortcuts.ts';
import { useIsLive } from '../query/live.tsx';
import { queries, signedOut } from '../query/queries.ts';
import { WORDS } from '../words/words.ts';
import { IconButton } from './button.tsx';

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
  readonly children: ReactNode;
}

export function Frame({ me, children }: FrameProps): ReactNode {
  const { data: about } = useQuery(queries.about());
  const [showsShortcuts, setShowsShortcuts] = useState(false);
  const isLive = useIsLive();
  useShortcuts({ '?': () => setShowsShortcuts(true) });
  const { name, roles } = me.technician;
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
          <Link to="/cases" className="top__link" activeProps={{ className: 'top__link--here' }}>
            {WORDS.toCases}
          </Link>
        </nav>
        <span className="top__space" />
        <IconButton
          icon={Keyboard}
          label={WORDS.shortcuts.open}
          onPress={() => setShowsShortcuts(true)}
        />
        <span className="top__person">
          {name}
          <span className="quiet">
            {' '}
            {roles.map((role) => WORDS.roles[role] ?? role).join(', ')}
          </span>
        </span>
        <IconButton
          icon={LogOut}
          label={WORDS.signOut}
          onPress={() => {
            void desk.signOut().then(signedOut, () => undefined);
          }}
        />
      </header>
      {!isLive && (
        <div className="strip strip--warning" aria-live="polite">
          <WifiOff aria-hidden className="icon" />
          {WORDS.offline}
        </div>
      )}
      <main id="content" className="content" tabIndex={-1}>
        {children}
      </main>
      {showsShortcuts && <ShortcutsDialog onClose={() => setShowsShortcuts(false)} />}
    </div>
  );
}
