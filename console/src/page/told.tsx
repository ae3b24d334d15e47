/** What somebody has to know before they go on: a recovery code of theirs was used. Shown once. */
import { ArrowRight, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SignInStep } from '../api/desk.ts';
import { Button } from '../part/button.tsx';
import { FocusHere } from '../part/focus-here.tsx';
import { formatDateTime } from '../words/format.ts';
import { WORDS } from '../words/words.ts';

interface ToldPageProps {
  readonly uses: (SignInStep & { readonly next: 'done' })['tell'];
  readonly onDone: () => void;
}

export function ToldPage({ uses, onDone }: ToldPageProps): ReactNode {
  const words = WORDS.told;
  return (
    <FocusHere className="form">
      {uses.map(({ utcMs, workstation, left }) => (
        <p key={utcMs} className="note note--warning">
          <TriangleAlert aria-hidden className="icon" />
          <span>
            {words.use(formatDateTime(utcMs))} {words.left(left)}
            <br />
            {words.workstation} <code>{workstation}</code>
          </span>
        </p>
      ))}
      <p>{words.notYou}</p>
      <div className="form__acts">
        <Button kind="main" icon={ArrowRight} onPress={onDone}>
          {words.act}
        </Button>
      </div>
    </FocusHere>
  );
}
