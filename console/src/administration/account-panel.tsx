/** One account: what it may, and what can be done with it. */
import { Link } from '@tanstack/react-router';
import { Ban, Crown, LifeBuoy, Shuffle, UserCheck } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { administration } from '../api/administration.ts';
import type { Account } from '../api/administration.ts';
import { ReasonDialog } from '../dialog/reason-dialog.tsx';
import { Facts, PanelActs, SidePanel } from '../list/side-panel.tsx';
import type { PanelProps } from '../list/list-page.tsx';
import { announce } from '../part/announcement.tsx';
import { Button } from '../part/button.tsx';
import { Copyable } from '../part/marks.tsx';
import { administrationChanged } from '../query/administration.ts';
import { useSignedIn } from '../route/signed-in.tsx';
import { ACCOUNT_WORDS } from '../words/accounts.ts';
import { formatDateTime } from '../words/format.ts';
import { LIST_WORDS } from '../words/list.ts';
import { AccountState, factorText, rolesText } from './account-state.tsx';
import { ProposeDialog } from './propose-dialog.tsx';
import { RolesDialog } from './roles-dialog.tsx';
import { SignInsEnd } from './sign-ins-end.tsx';

type Act = 'roles' | 'disable' | 'enable' | 'recover' | 'make-administrator';

export function AccountPanel({ row: account, ...state }: PanelProps<Account>): ReactNode {
  const { me } = useSignedIn();
  const [act, setAct] = useState<Act | null>(null);
  const { id, name, userId, directoryLogin, createdUtcMs, lastSignInUtcMs } = account;
  const words = ACCOUNT_WORDS;
  const isOwn = id === me.technician.id;
  const isActive = account.state === 'active';
  return (
    <SidePanel title={name} mark={<AccountState account={account} />} {...state}>
      <Facts
        facts={[
          [
            words.columns.userId,
            <Copyable key="id" text={userId} shown={userId} label={words.copyUserId} />,
          ],
          [words.columns.login, directoryLogin],
          [words.columns.roles, rolesText(account)],
          [words.columns.factor, factorText(account)],
          [
            words.columns.lastSignIn,
            lastSignInUtcMs === null ? LIST_WORDS.never : formatDateTime(lastSignInUtcMs),
          ],
          [words.columns.created, formatDateTime(createdUtcMs)],
        ]}
      />
      <Link to="/$page" params={{ page: 'sign-ins' }} search={{ q: name }}>
        {words.signIns}
      </Link>
      {isOwn ? (
        <p className="note">{words.own}</p>
      ) : (
        <PanelActs>
          <Button icon={Shuffle} onPress={() => setAct('roles')}>
            {words.changeRoles}
          </Button>
          <Button icon={LifeBuoy} isDisabled={!isActive} onPress={() => setAct('recover')}>
            {words.recover}
          </Button>
          {account.roles?.includes('administrator') === false && (
            <Button
              icon={Crown}
              isDisabled={!isActive}
              onPress={() => setAct('make-administrator')}
            >
              {words.makeAdministrator}
            </Button>
          )}
          {isActive ? (
            <Button kind="danger" icon={Ban} onPress={() => setAct('disable')}>
              {words.disable}
            </Button>
          ) : (
            <Button icon={UserCheck} onPress={() => setAct('enable')}>
              {words.enable}
            </Button>
          )}
        </PanelActs>
      )}
      {act !== null && <ActDialog act={act} account={account} onClose={() => setAct(null)} />}
    </SidePanel>
  );
}

interface ActDialogProps {
  readonly act: Act;
  readonly account: Account;
  readonly onClose: () => void;
}

function ActDialog({ act, account, onClose }: ActDialogProps): ReactNode {
  const { id, name } = account;
  const words = ACCOUNT_WORDS;
  const done = (text: string): void => {
    administrationChanged();
    announce(text);
    onClose();
  };
  switch (act) {
    case 'roles':
      return <RolesDialog account={account} onDone={done} onClose={onClose} />;
    case 'disable':
      return (
        <ReasonDialog
          title={words.disableTitle(name)}
          lead={<SignInsEnd account={account} />}
          act={words.disableAct}
          icon={Ban}
          isDanger
          run={(reason) => administration.disable(id, reason)}
          onDone={() => done(words.disabled(name))}
          onClose={onClose}
        />
      );
    case 'enable':
      return (
        <ReasonDialog
          title={words.enableTitle(name)}
          lead={words.enableLead}
          act={words.enableAct}
          icon={UserCheck}
          run={(reason) => administration.enable(id, reason)}
          onDone={() => done(words.enabled(name))}
          onClose={onClose}
        />
      );
    case 'recover':
      return (
        <ProposeDialog
          act="recover-account"
          target={id}
          title={words.recoverTitle(name)}
          lead={words.recoverLead}
          onClose={onClose}
        />
      );
    case 'make-administrator':
      return (
        <ProposeDialog
          act="give-administrator"
          target={id}
          title={words.makeAdministratorTitle(name)}
          lead={words.makeAdministratorLead}
          onClose={onClose}
        />
      );
  }
}
