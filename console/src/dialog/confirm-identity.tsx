/**
 * Asks somebody who is signed in to confirm who they are: the gateway's password, and what they set up beside it. Whatever
 * waits for it goes on by itself.
 */
import { useMutation, useQuery } from '@tanstack/react-query';
import { KeyRound, UserCheck } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { askToConfirmBy } from '../api/confirmation.ts';
import { ownAccount } from '../api/own-account.ts';
import type { OwnFactor } from '../api/own-account.ts';
import { presentPasskey } from '../api/passkey.ts';
import { Button } from '../part/button.tsx';
import { Field } from '../part/field.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries } from '../query/queries.ts';
import { CONFIRM_WORDS } from '../words/list.ts';
import { WORDS } from '../words/words.ts';
import { Dialog } from './dialog.tsx';

/** Stands once behind the gates and opens the dialog when an act needs it. */
export function ConfirmIdentity(): ReactNode {
  const answer = useRef<((isConfirmed: boolean) => void) | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const settle = useCallback((isConfirmed: boolean): void => {
    setIsAsking(false);
    answer.current?.(isConfirmed);
    answer.current = null;
  }, []);
  useEffect(() => {
    const takeBack = askToConfirmBy(
      async () =>
        await new Promise<boolean>((resolve) => {
          answer.current = resolve;
          setIsAsking(true);
        }),
    );
    return () => {
      takeBack();
      settle(false);
    };
  }, [settle]);
  return isAsking ? <ConfirmDialog onSettled={settle} /> : null;
}

function ConfirmDialog(props: { readonly onSettled: (isConfirmed: boolean) => void }): ReactNode {
  const { onSettled } = props;
  const factor = useQuery(queries.ownFactor());
  return (
    <Dialog title={CONFIRM_WORDS.title} onClose={() => onSettled(false)}>
      <p>{CONFIRM_WORDS.lead}</p>
      <Trouble fault={factor.error} />
      {factor.data === undefined ? (
        factor.error === null && <p className="waiting">{WORDS.loading}</p>
      ) : (
        <ConfirmForm kind={factor.data.kind} onSettled={onSettled} />
      )}
    </Dialog>
  );
}

interface ConfirmFormProps {
  readonly kind: OwnFactor['kind'];
  readonly onSettled: (isConfirmed: boolean) => void;
}

function ConfirmForm({ kind, onSettled }: ConfirmFormProps): ReactNode {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const confirm = useMutation({
    mutationFn: async () => {
      if (kind === 'code') return await ownAccount.confirm({ password, code: code.trim() });
      if (kind === null) return await ownAccount.confirm({ password });
      const { options } = await ownAccount.confirmationOptions();
      return await ownAccount.confirm({ password, passkey: await presentPasskey(options) });
    },
    onSuccess: () => onSettled(true),
    // A code counts once; a password that did not fit is typed again.
    onError: () => {
      setCode('');
      setPassword('');
    },
  });
  const act = kind === 'passkey' ? CONFIRM_WORDS.passkeyAct : CONFIRM_WORDS.act;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate();
      }}
    >
      <Field
        takesFocus
        label={CONFIRM_WORDS.password}
        type="password"
        value={password}
        onChange={setPassword}
        autoComplete="off"
      />
      {kind === 'code' && (
        <Field
          label={CONFIRM_WORDS.code}
          hint={CONFIRM_WORDS.codeHint}
          value={code}
          onChange={setCode}
          isMonospaced
          isNumeric
          lengthMax={12}
          autoComplete="one-time-code"
        />
      )}
      <Trouble fault={confirm.error} />
      <div className="form__acts">
        <Button kind="quiet" onPress={() => onSettled(false)}>
          {WORDS.cancel}
        </Button>
        <Button
          kind="main"
          type="submit"
          icon={kind === 'passkey' ? KeyRound : UserCheck}
          isBusy={confirm.isPending}
        >
          {confirm.isPending ? CONFIRM_WORDS.busy : act}
        </Button>
      </div>
    </form>
  );
}
