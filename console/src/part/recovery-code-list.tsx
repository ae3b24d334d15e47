/** Recovery codes, shown once: to copy, to print, and to say that they are put away. */
import { Printer } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { WORDS } from '../words/words.ts';
import { Button } from './button.tsx';
import { Copyable } from './marks.tsx';

interface RecoveryCodeListProps {
  readonly codes: readonly string[];
  /** What comes after them, which waits until they are kept. */
  readonly children: (isKept: boolean) => ReactNode;
}

export function RecoveryCodeList({ codes, children }: RecoveryCodeListProps): ReactNode {
  const [isKept, setIsKept] = useState(false);
  const words = WORDS.recovery;
  return (
    <>
      <h2 id="recovery-codes">{words.list}</h2>
      <ol className="recovery-codes" aria-labelledby="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <p className="hint">{words.each}</p>
      <div className="form__acts form__acts--start">
        <Copyable text={codes.join('\n')} shown={words.copy} label={words.list} />
        <Button icon={Printer} onPress={() => window.print()}>
          {words.print}
        </Button>
      </div>
      <label className="kept">
        <input
          type="checkbox"
          checked={isKept}
          onChange={(event) => setIsKept(event.target.checked)}
        />
        {words.kept}
      </label>
      <div className="form__acts">{children(isKept)}</div>
    </>
  );
}
