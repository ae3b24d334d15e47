/** Changes which roles an account may have. */
import { ROLE_NAMES } from '@chaperone/protocol/console-api/administration.ts';
import { Shuffle } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { administration } from '../api/administration.ts';
import type { Account, RoleName } from '../api/administration.ts';
import { ReasonDialog } from '../dialog/reason-dialog.tsx';
import { ACCOUNT_WORDS } from '../words/accounts.ts';
import { RoleChoice } from './role-choice.tsx';

interface RolesDialogProps {
  readonly account: Account;
  readonly onDone: (text: string) => void;
  readonly onClose: () => void;
}

export function RolesDialog({ account, onDone, onClose }: RolesDialogProps): ReactNode {
  const { id, name } = account;
  // Where nothing is narrowed, every role is allowed.
  const now = account.roles ?? ROLE_NAMES;
  const [roles, setRoles] = useState<readonly RoleName[]>(now);
  const isChanged = roles.length !== now.length || roles.some((role) => !now.includes(role));
  return (
    <ReasonDialog
      title={ACCOUNT_WORDS.changeRolesTitle(name)}
      lead={ACCOUNT_WORDS.changeRolesLead}
      act={ACCOUNT_WORDS.changeRolesAct}
      icon={Shuffle}
      isReady={roles.length > 0 && isChanged}
      run={(reason) => administration.changeRoles(id, roles, reason)}
      onDone={() => onDone(ACCOUNT_WORDS.rolesChanged(name))}
      onClose={onClose}
    >
      <RoleChoice
        roles={roles}
        isAdministrator={now.includes('administrator')}
        onChange={setRoles}
      />
    </ReasonDialog>
  );
}
