/** Adds an account, and shows its first password once. */
import { useMutation } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { administration } from '../api/administration.ts';
import type { RoleName } from '../api/administration.ts';
import { Dialog } from '../dialog/dialog.tsx';
import { announce } from '../part/announcement.tsx';
import { Button } from '../part/button.tsx';
import { Field } from '../part/field.tsx';
import { OnceShown } from '../part/once-shown.tsx';
import { Trouble } from '../part/trouble.tsx';
import { administrationChanged } from '../query/administration.ts';
import { ACCOUNT_WORDS } from '../words/accounts.ts';
import { WORDS } from '../words/words.ts';
import { RoleChoice } from './role-choice.tsx';

const words = ACCOUNT_WORDS;

export function NewAccountDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [userId, setUserId] = useState('');
  const [directoryLogin, setDirectoryLogin] = useState('');
  const [name, setName] = useState('');
  const [roles, setRoles] = useState<readonly RoleName[]>(['technician']);
  const add = useMutation({
    mutationFn: () =>
      administration.addAccount({
        userId: userId.trim(),
        directoryLogin: directoryLogin.trim(),
        name: name.trim(),
        roles,
      }),
    onSuccess: administrationChanged,
    // What is shown once is not kept once the dialog is closed.
    gcTime: 0,
  });
  if (add.data !== undefined) {
    const { account, firstPassword } = add.data;
    const done = (): void => {
      announce(words.added(account.name));
      onClose();
    };
    return (
      <Dialog key="made" isHeld title={words.firstPassword} onClose={done}>
        <OnceShown
          label={words.firstPassword}
          lead={words.firstPasswordLead(account.name)}
          secret={firstPassword}
          onDone={done}
        />
      </Dialog>
    );
  }
  return (
    <Dialog key="asked" title={words.addTitle} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <Field
          label={words.name}
          hint={words.nameHint}
          value={name}
          onChange={setName}
          lengthMax={200}
        />
        <Field
          label={words.login}
          hint={words.loginHint}
          value={directoryLogin}
          onChange={setDirectoryLogin}
          lengthMax={256}
        />
        <Field
          label={words.userId}
          hint={words.userIdHint}
          value={userId}
          onChange={setUserId}
          isMonospaced
          lengthMax={64}
        />
        <RoleChoice roles={roles} isAdministrator={false} onChange={setRoles} />
        <Trouble fault={add.error} />
        <div className="form__acts">
          <Button kind="quiet" onPress={onClose}>
            {WORDS.cancel}
          </Button>
          <Button
            kind="main"
            type="submit"
            icon={UserPlus}
            isDisabled={roles.length === 0}
            isBusy={add.isPending}
          >
            {words.addAct}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
