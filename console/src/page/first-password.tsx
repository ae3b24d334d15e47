/** The password was made by an administrator: its owner chooses another before anything else. */
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { SignInStep } from '../api/desk.ts';
import { NewPassword } from '../part/new-password.tsx';
import { OWN_ACCOUNT_WORDS } from '../words/own-account.ts';
import { BackButton } from './password-step.tsx';

interface FirstPasswordProps {
  readonly onPass: (step: SignInStep) => void;
  readonly onBack: () => void;
}

export function FirstPassword({ onPass, onBack }: FirstPasswordProps): ReactNode {
  const set = useMutation({ mutationFn: desk.setFirstPassword, onSuccess: onPass });
  return (
    <NewPassword
      act={OWN_ACCOUNT_WORDS.firstAct}
      fault={set.error}
      isBusy={set.isPending}
      onChosen={(password) => set.mutate(password)}
    >
      <BackButton fault={set.error} onBack={onBack} />
    </NewPassword>
  );
}
