import type { ReactNode } from 'react';
import { WORDS } from '../words/words.ts';
import { Dialog } from './dialog.tsx';

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  return (
    <Dialog title={WORDS.shortcuts.title} onClose={onClose}>
      <dl className="shortcuts">
        {WORDS.shortcuts.list.map(([keys, what]) => (
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
