/** Says plainly that a page is for others, and leads to one's own. */
import { Link } from '@tanstack/react-router';
import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { ROLES_OF_PAGE, firstPlaceOf } from '../route/place.ts';
import type { PageName } from '../route/place.ts';
import { useRoles } from '../route/signed-in.tsx';
import { ROLE_WORDS } from '../words/accounts.ts';
import { PLACE_WORDS } from '../words/place.ts';

export function NotYours({ page }: { readonly page: PageName | 'cases' }): ReactNode {
  const roles = useRoles();
  const words = PLACE_WORDS;
  const name = page === 'cases' ? words.areas.cases : words.pages[page];
  const text = (all: readonly (keyof typeof ROLE_WORDS)[], join: string): string =>
    all.map((role) => ROLE_WORDS[role].toLowerCase()).join(join);
  const first = firstPlaceOf(roles);
  return (
    <section className="empty" aria-labelledby="not-yours">
      <Lock aria-hidden className="icon" />
      <h1 id="not-yours">{words.notYours}</h1>
      <p>
        {words.notYoursLead(name, text(ROLES_OF_PAGE[page], words.or))}{' '}
        {roles.length === 0 ? words.noRole : words.yourRoles(text(roles, words.and))}
      </p>
      {first === 'cases' || first === 'account' ? (
        <Link to={first === 'cases' ? '/cases' : '/account'} className="button button--plain">
          {words.toYours}
        </Link>
      ) : (
        <Link to="/$page" params={{ page: first }} className="button button--plain">
          {words.toYours}
        </Link>
      )}
    </section>
  );
}
