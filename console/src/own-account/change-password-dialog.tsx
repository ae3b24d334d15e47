/** Changes one's own password; the desk ends the other sign-ins. */
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ownAccount } from '../api/own-account.ts';
import { Dialog } from '../dialog/dialog.tsx';
import { announce } from '../part/announcement.tsx';
import { Button } from '../part/button.tsx';
import { NewPassword } from '../part/new-password.tsx';
import { queryClient } from '../query/queries.ts';
import { OWN_ACCOUNT_WORDS } from '../words/own-account.ts';
import { WORDS } from '../words/words.ts';

export function ChangePasswordDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const change = useMutation({
    mutationFn: ownAccount.changePassword,
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['own'] });
      announce(OWN_ACCOUNT_WORDS.passwordChanged);
      onClose();
    },
  });
  return (
    <Dialog title={OWN_ACCOUNT_WORDS.changePasswordTitle} onClose={onClose}>
      <NewPassword
        act={OWN_ACCOUNT_WORDS.changePasswordAct}
        fault={change.error}
        isBusy={change.isPending}
        onChosen={(password) => change.mutate(password)}
      >
        <Button kind="quiet" onPress={onClose}>
          {WORDS.cancel}
        </Button>
      </NewPassword>
    </Dialog>
  );
}
