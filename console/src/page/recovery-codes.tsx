/** Shows the recovery codes, once, and lets nobody in before they are put away. */
import { useMutation } from '@tanstack/react-query';
import { Check, Printer } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { SignInStep } from '../api/desk.ts';
import { Button } from '../part/button.tsx';
import { FocusHere } from '../part/focus-here.tsx';
import { Copyable } from '../part/marks.tsx';
import { Trouble } from '../part/trouble.tsx';
import { WORDS } from '../words/words.ts';
import { BackButton } from './password-step.tsx';

interface RecoveryCodesProps {
  readonly codes: readonly string[];
  readonly onPass: (step: SignInStep) => void;
  readonly onBack: () => void;
}

export function RecoveryCodes({ codes, onPass, onBack }: RecoveryCodesProps): ReactNode {
  const [isKept, setIsKept] = useState(false);
  const words = WORDS.recovery;
  const confirm = useMutation({ mutationFn: desk.confirmRecoveryCodes, onSuccess: onPass });
  return (
    <FocusHere className="form">
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
      <Trouble fault={confirm.error} />
      <div className="form__acts">
        {confirm.error !== null && <BackButton fault={confirm.error} onBack={onBack} />}
        <Button
          kind="main"
          icon={Check}
          isDisabled={!isKept}
          isBusy={confirm.isPending}
          onPress={() => confirm.mutate()}
        >
          {words.act}
        </Button>
      </div>
    </FocusHere>
  );
}
