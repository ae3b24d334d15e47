/** Ends all sign-ins of one's own, this one too. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { LogOut } from 'lucide-react';
import type { ReactNode } from 'react';
import { ownAccount } from '../api/own-account.ts';
import { Dialog } from '../dialog/dialog.tsx';
import { Button } from '../part/button.tsx';
import { Trouble } from '../part/trouble.tsx';
import { leave, queries } from '../query/queries.ts';
import { OWN_ACCOUNT_WORDS } from '../words/own-account.ts';
import { WORDS } from '../words/words.ts';

export function SignOutEverywhereDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const signIns = useQuery(queries.ownSignIns());
  const others = signIns.data?.items.filter(({ isThisOne }) => !isThisOne).length ?? 0;
  const signOut = useMutation({ mutationFn: ownAccount.signOutEverywhere, onSuccess: leave });
  return (
    <Dialog title={OWN_ACCOUNT_WORDS.everywhereTitle} onClose={onClose}>
      <p className="note note--warning">{OWN_ACCOUNT_WORDS.everywhereLead(others)}</p>
      <Trouble fault={signOut.error} />
      <div className="form__acts">
        <Button kind="quiet" onPress={onClose}>
          {WORDS.cancel}
        </Button>
        <Button
          kind="danger"
          icon={LogOut}
          isBusy={signOut.isPending}
          onPress={() => signOut.mutate()}
        >
          {OWN_ACCOUNT_WORDS.everywhereAct}
        </Button>
      </div>
    </Dialog>
  );
}
