/** Shows the recovery codes, once, and lets nobody in before they are put away. */
import { useMutation } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { SignInStep } from '../api/desk.ts';
import { Button } from '../part/button.tsx';
import { FocusHere } from '../part/focus-here.tsx';
import { RecoveryCodeList } from '../part/recovery-code-list.tsx';
import { Trouble } from '../part/trouble.tsx';
import { WORDS } from '../words/words.ts';
import { BackButton } from './password-step.tsx';

interface RecoveryCodesProps {
  readonly codes: readonly string[];
  readonly onPass: (step: SignInStep) => void;
  readonly onBack: () => void;
}

export function RecoveryCodes({ codes, onPass, onBack }: RecoveryCodesProps): ReactNode {
  const confirm = useMutation({ mutationFn: desk.confirmRecoveryCodes, onSuccess: onPass });
  return (
    <FocusHere className="form">
      <RecoveryCodeList codes={codes}>
        {(isKept) => (
          <>
            <Trouble fault={confirm.error} />
            {confirm.error !== null && <BackButton fault={confirm.error} onBack={onBack} />}
            <Button
              kind="main"
              icon={Check}
              isDisabled={!isKept}
              isBusy={confirm.isPending}
              onPress={() => confirm.mutate()}
            >
              {WORDS.recovery.act}
            </Button>
          </>
        )}
      </RecoveryCodeList>
    </FocusHere>
  );
}
