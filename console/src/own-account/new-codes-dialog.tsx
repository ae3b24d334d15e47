/** Makes new recovery codes, and shows them once. */
import { useMutation } from '@tanstack/react-query';
import { ListRestart } from 'lucide-react';
import type { ReactNode } from 'react';
import { ownAccount } from '../api/own-account.ts';
import { Dialog } from '../dialog/dialog.tsx';
import { announce } from '../part/announcement.tsx';
import { Button } from '../part/button.tsx';
import { RecoveryCodeList } from '../part/recovery-code-list.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queryClient } from '../query/queries.ts';
import { OWN_ACCOUNT_WORDS } from '../words/own-account.ts';
import { WORDS } from '../words/words.ts';

const words = OWN_ACCOUNT_WORDS;

export function NewCodesDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const make = useMutation({
    mutationFn: ownAccount.newRecoveryCodes,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['own'] }),
    // What is shown once is not kept once the dialog is closed.
    gcTime: 0,
  });
  if (make.data !== undefined) {
    const done = (): void => {
      announce(words.codesMade);
      onClose();
    };
    return (
      <Dialog key="made" isHeld title={words.recovery} onClose={done}>
        <RecoveryCodeList codes={make.data.recoveryCodes}>
          {(isKept) => (
            <Button kind="main" isDisabled={!isKept} onPress={done}>
              {WORDS.recovery.act}
            </Button>
          )}
        </RecoveryCodeList>
      </Dialog>
    );
  }
  return (
    <Dialog key="asked" title={words.newCodesTitle} onClose={onClose}>
      <p className="note note--warning">{words.newCodesLead}</p>
      <Trouble fault={make.error} />
      <div className="form__acts">
        <Button kind="quiet" onPress={onClose}>
          {WORDS.cancel}
        </Button>
        <Button
          kind="main"
          icon={ListRestart}
          isBusy={make.isPending}
          onPress={() => make.mutate()}
        >
          {words.newCodesAct}
        </Button>
      </div>
    </Dialog>
  );
}
