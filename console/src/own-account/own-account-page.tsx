/** One's own account: where one is signed in, password, second factor, recovery codes. */
import { useQuery } from '@tanstack/react-query';
import { KeyRound, ListRestart, LogOut, ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../part/button.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries } from '../query/queries.ts';
import { useRoles, useSignedIn } from '../route/signed-in.tsx';
import { ROLE_WORDS } from '../words/accounts.ts';
import { formatDateTime } from '../words/format.ts';
import { OWN_ACCOUNT_WORDS } from '../words/own-account.ts';
import { WORDS } from '../words/words.ts';
import { ChangeFactorDialog } from './change-factor-dialog.tsx';
import { ChangePasswordDialog } from './change-password-dialog.tsx';
import { NewCodesDialog } from './new-codes-dialog.tsx';
import { SignOutEverywhereDialog } from './sign-out-everywhere-dialog.tsx';

const words = OWN_ACCOUNT_WORDS;
type Act = 'sign-out' | 'password' | 'factor' | 'codes';

export function OwnAccountPage(): ReactNode {
  const { me } = useSignedIn();
  const roles = useRoles();
  const [act, setAct] = useState<Act | null>(null);
  const close = (): void => setAct(null);
  const signIns = useQuery(queries.ownSignIns());
  const items = signIns.data?.items ?? [];
  return (
    <section className="page page--narrow" aria-labelledby="account-title">
      <header className="page-head page-head--stacked">
        <h1 id="account-title">{words.title}</h1>
        <p className="quiet">
          {me.technician.name}
          {roles.length > 0 && ` · ${roles.map((role) => ROLE_WORDS[role]).join(', ')}`}
        </p>
      </header>
      <section className="block" aria-labelledby="account-sign-ins">
        <header className="page-head">
          <h2 id="account-sign-ins">{words.signIns}</h2>
          <Button kind="danger" icon={LogOut} onPress={() => setAct('sign-out')}>
            {words.everywhere}
          </Button>
        </header>
        <Trouble fault={signIns.error} />
        {signIns.data !== undefined && <SignIns items={items} />}
      </section>
      <section className="block block--row" aria-labelledby="account-password">
        <div>
          <h2 id="account-password">{words.password}</h2>
          <p className="hint">{words.passwordLead}</p>
        </div>
        <Button icon={KeyRound} onPress={() => setAct('password')}>
          {words.changePassword}
        </Button>
      </section>
      <Factor onAct={setAct} />
      {act === 'sign-out' && <SignOutEverywhereDialog onClose={close} />}
      {act === 'password' && <ChangePasswordDialog onClose={close} />}
      {act === 'factor' && <ChangeFactorDialog onClose={close} />}
      {act === 'codes' && <NewCodesDialog onClose={close} />}
    </section>
  );
}

interface SignInsProps {
  readonly items: readonly {
    readonly id: string;
    readonly workstation: string;
    readonly workstationLabel: string | null;
    readonly begunUtcMs: number;
    readonly usedUtcMs: number;
    readonly isThisOne: boolean;
  }[];
}

function SignIns({ items }: SignInsProps): ReactNode {
  return (
    <table className="table table--list" aria-labelledby="account-sign-ins">
      <colgroup>
        <col />
        <col width={180} />
        <col width={180} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">{words.columns.workstation}</th>
          <th scope="col">{words.columns.begun}</th>
          <th scope="col">{words.columns.used}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((each) => (
          <tr key={each.id}>
            <td>
              <span className="pair">
                {each.workstationLabel ?? <span className="mono">{each.workstation}</span>}
                {each.isThisOne && <span className="state state--good">{words.thisOne}</span>}
              </span>
            </td>
            <td className="quiet">{formatDateTime(each.begunUtcMs)}</td>
            <td className="quiet">{formatDateTime(each.usedUtcMs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Factor({ onAct }: { readonly onAct: (act: Act) => void }): ReactNode {
  const factor = useQuery(queries.ownFactor());
  const { data } = factor;
  const hasFactor = data != null && data.kind !== null;
  return (
    <>
      <Trouble fault={factor.error} />
      <section className="block block--row" aria-labelledby="account-factor">
        <div>
          <h2 id="account-factor">{words.factor}</h2>
          <p className="hint">{data === undefined ? WORDS.loading : factorText(data)}</p>
        </div>
        <Button icon={ShieldCheck} onPress={() => onAct('factor')}>
          {hasFactor ? words.change : words.setUp}
        </Button>
      </section>
      {hasFactor && (
        <section className="block block--row" aria-labelledby="account-recovery">
          <div>
            <h2 id="account-recovery">{words.recovery}</h2>
            <p className="hint">{words.left(data.recoveryCodesLeft)}</p>
          </div>
          <Button icon={ListRestart} onPress={() => onAct('codes')}>
            {words.newCodes}
          </Button>
        </section>
      )}
    </>
  );
}

function factorText(factor: {
  readonly kind: 'code' | 'passkey' | null;
  readonly enrolledUtcMs: number | null;
}): string {
  if (factor.kind === null) return words.noFactor;
  const kind = words.kinds[factor.kind];
  return factor.enrolledUtcMs === null
    ? kind
    : `${kind}, ${words.since(formatDateTime(factor.enrolledUtcMs))}`;
}
