/** The keyboard shortcuts of whoever looks: their own pages, not those of others. */
import type { ReactNode } from 'react';
import { PAGES, PAGE_KEYS, mayOpen } from '../route/place.ts';
import { useRoles } from '../route/signed-in.tsx';
import { PLACE_WORDS } from '../words/place.ts';
import { WORDS } from '../words/words.ts';
import { Dialog } from './dialog.tsx';

type Shortcut = readonly [string, string];

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const roles = useRoles();
  const words = WORDS.shortcuts;
  const pages = PAGES.filter((page) => mayOpen(page, roles));
  const shown: readonly Shortcut[] = [
    ...words.everywhere,
    ...(mayOpen('cases', roles) ? words.cases : []),
    ...(pages.length > 0 ? words.lists : []),
    ...pages.map((page): Shortcut => [`g ${PAGE_KEYS[page]}`, PLACE_WORDS.pages[page]]),
  ];
  return (
    <Dialog title={words.title} isWide={shown.length > 12} onClose={onClose}>
      <dl className={shown.length > 12 ? 'shortcuts shortcuts--wide' : 'shortcuts'}>
        {shown.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
