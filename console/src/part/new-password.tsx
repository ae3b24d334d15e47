/** Where a new password is chosen: typed twice, because nobody can read it back. */
import { Check } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { OWN_ACCOUNT_WORDS } from '../words/own-account.ts';
import { Button } from './button.tsx';
import { Field } from './field.tsx';
import { Trouble } from './trouble.tsx';

interface NewPasswordProps {
  readonly act: string;
  readonly fault: unknown;
  readonly isBusy: boolean;
  readonly onChosen: (password: string) => void;
  /** The way out. */
  readonly children: ReactNode;
}

export function NewPassword({
  act,
  fault,
  isBusy,
  onChosen,
  children,
}: NewPasswordProps): ReactNode {
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const isSame = password === again;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isSame) onChosen(password);
      }}
    >
      <Field
        takesFocus
        label={OWN_ACCOUNT_WORDS.newPassword}
        hint={OWN_ACCOUNT_WORDS.newPasswordHint}
        type="password"
        value={password}
        onChange={setPassword}
        autoComplete="new-password"
      />
      <Field
        label={OWN_ACCOUNT_WORDS.again}
        type="password"
        value={again}
        onChange={setAgain}
        autoComplete="new-password"
      />
      {!isSame && again !== '' && (
        <p className="hint" aria-live="polite">
          {OWN_ACCOUNT_WORDS.notSame}
        </p>
      )}
      <Trouble fault={fault} />
      <div className="form__acts">
        {children}
        <Button
          kind="main"
          type="submit"
          icon={Check}
          isDisabled={password === '' || !isSame}
          isBusy={isBusy}
        >
          {act}
        </Button>
      </div>
    </form>
  );
}
