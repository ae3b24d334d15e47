/** A secret that is shown once: large, to be copied, and with the plain word that it does not come back. */
import { Check } from 'lucide-react';
import { useId } from 'react';
import type { ReactNode } from 'react';
import { LIST_WORDS } from '../words/list.ts';
import { WORDS } from '../words/words.ts';
import { Button } from './button.tsx';
import { Copyable } from './marks.tsx';

interface OnceShownProps {
  readonly label: string;
  readonly lead: string;
  readonly secret: string;
  readonly onDone: () => void;
  /** What belongs to it and does not come back either. */
  readonly children?: ReactNode;
}

export function OnceShown({ label, lead, secret, onDone, children }: OnceShownProps): ReactNode {
  const id = useId();
  return (
    <div className="form">
      <p>{lead}</p>
      <section className="once" aria-labelledby={id}>
        <h3 id={id}>{label}</h3>
        <output className="once__secret">{secret}</output>
        <Copyable text={secret} shown={WORDS.copy} label={LIST_WORDS.copySecret} />
      </section>
      {children}
      <p className="note note--warning">{LIST_WORDS.notAgain}</p>
      <div className="form__acts">
        <Button kind="main" icon={Check} onPress={onDone}>
          {LIST_WORDS.putAway}
        </Button>
      </div>
    </div>
  );
}
