/** The details of a row beside its list, and what can be done with it. Not modal: the list stays usable. */
import { X } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';
import { IconButton } from '../part/button.tsx';
import { LIST_WORDS } from '../words/list.ts';

interface SidePanelProps {
  readonly title: string;
  readonly mark?: ReactNode;
  /** How often it was opened by hand: each time the keyboard goes on in here. */
  readonly turn: number;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function SidePanel(props: SidePanelProps): ReactNode {
  const { title, mark, turn, onClose, children } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  const panel = useRef<HTMLElement>(null);
  const wasInside = useRef(false);
  useEffect(() => {
    if (turn > 0) heading.current?.focus();
  }, [turn]);
  // What had the focus may go away, such as an act that was done: the keyboard stays in here.
  useEffect(() => {
    if (wasInside.current && document.activeElement === document.body) heading.current?.focus();
    wasInside.current = panel.current?.contains(document.activeElement) === true;
  });
  return (
    <aside ref={panel} className="panel" aria-labelledby={id}>
      <header className="panel__head">
        <div>
          <h2 id={id} ref={heading} tabIndex={-1}>
            {title}
          </h2>
          {mark}
        </div>
        <IconButton icon={X} label={LIST_WORDS.closePanel} onPress={onClose} />
      </header>
      {children}
    </aside>
  );
}

/** Pairs of a name and what it is; what is null is left out. */
export function Facts({
  facts,
}: {
  readonly facts: readonly (readonly [string, ReactNode])[];
}): ReactNode {
  return (
    <dl className="facts">
      {facts.map(([name, fact]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What can be done with a row. */
export function PanelActs({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <fieldset className="panel__acts" aria-label={LIST_WORDS.acts}>
      {children}
    </fieldset>
  );
}
