/** The pages of one area beside each other, and the one that is shown. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import {
  Cast,
  LogIn,
  MonitorCheck,
  ScrollText,
  Stethoscope,
  Ticket,
  UserCog,
  Users,
  UsersRound,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { PAGE_SIZE_MAX } from '@chaperone/protocol/console-api/administration.ts';
import type { ReactNode } from 'react';
import { administrationQueries } from '../query/administration.ts';
import { areasOf } from '../route/place.ts';
import type { PageName } from '../route/place.ts';
import { useRoles } from '../route/signed-in.tsx';
import { PLACE_WORDS } from '../words/place.ts';

const ICONS: Readonly<Record<PageName, LucideIcon>> = {
  accounts: UsersRound,
  workstations: MonitorCheck,
  licences: Ticket,
  carts: Stethoscope,
  'sign-ins': LogIn,
  sessions: Cast,
  'two-person-acts': Users,
  roles: UserCog,
  ledger: ScrollText,
};

interface AdministrationFrameProps {
  readonly page: PageName;
  readonly children: ReactNode;
}

export function AdministrationFrame({ page, children }: AdministrationFrameProps): ReactNode {
  const area = areasOf(useRoles()).find(({ pages }) => pages.includes(page));
  if (area === undefined || area.pages.length < 2) return <div className="area">{children}</div>;
  return (
    <div className="area area--rail">
      <nav className="rail tabs" aria-label={PLACE_WORDS.areas[area.name]}>
        {area.pages.map((each) => {
          const Icon = ICONS[each];
          return (
            <Link
              key={each}
              to="/$page"
              params={{ page: each }}
              className={each === page ? 'tab tab--here' : 'tab'}
              aria-current={each === page ? 'page' : undefined}
            >
              <Icon aria-hidden className="icon" />
              {PLACE_WORDS.pages[each]}
              {each === 'two-person-acts' && <Waiting />}
            </Link>
          );
        })}
      </nav>
      {children}
    </div>
  );
}

/** How many acts wait for the one who looks. */
function Waiting(): ReactNode {
  const { data } = useQuery(administrationQueries.proposals({ size: PAGE_SIZE_MAX }));
  const waiting = data?.items.filter(({ isMineToApprove }) => isMineToApprove).length ?? 0;
  return waiting === 0 ? null : <span className="count">{waiting}</span>;
}
