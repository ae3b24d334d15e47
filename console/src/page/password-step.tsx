/** The two gates of passwords: the company directory, then an account of this gateway. */
import { useMutation } from '@tanstack/react-query';
import { ArrowLeft, ArrowRight, Check, LogIn } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { SignInStep } from '../api/desk.ts';
import { Button } from '../part/button.tsx';
import { Field } from '../part/field.tsx';
import { Trouble } from '../part/trouble.tsx';
import { codeOf } from '../words/problem.ts';
import { WORDS } from '../words/words.ts';

interface DirectoryStepProps {
  readonly workstation: string;
  readonly onPass: (displayName: string) => void;
  readonly onLicense: () => void;
}

export function DirectoryStep({ workstation, onPass, onLicense }: DirectoryStepProps): ReactNode {
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const words = WORDS.signIn;
  const pass = useMutation({
    mutationFn: () => desk.signInDirectory(login.trim(), password, workstation),
    onSuccess: ({ displayName }) => onPass(displayName),
    onError: () => setPassword(''),
  });
  const isUnlicensed = codeOf(pass.error) === 'WORKSTATION_NOT_LICENSED';
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        pass.mutate();
      }}
    >
      <Field
        takesFocus
        label={words.login}
        value={login}
        onChange={setLogin}
        autoComplete="username"
      />
      <Field
        label={words.password}
        type="password"
        value={password}
        onChange={setPassword}
        autoComplete="current-password"
      />
      <Trouble fault={pass.error} />
      <div className="form__acts">
        {isUnlicensed && <Button onPress={onLicense}>{words.relicense}</Button>}
        <Button kind="main" type="submit" icon={ArrowRight} isBusy={pass.isPending}>
          {pass.isPending ? words.busy : words.next}
        </Button>
      </div>
    </form>
  );
}

interface GatewayStepProps {
  readonly passedAs: string;
  readonly onPass: (step: SignInStep) => void;
  readonly onBack: () => void;
}

export function GatewayStep({ passedAs, onPass, onBack }: GatewayStepProps): ReactNode {
  const [account, setAccount] = useState('');
  const [password, setPassword] = useState('');
  const words = WORDS.signIn;
  const pass = useMutation({
    mutationFn: () => desk.signInGateway(account.trim(), password),
    onSuccess: onPass,
    onError: () => setPassword(''),
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        pass.mutate();
      }}
    >
      <p className="note note--good">
        <Check aria-hidden className="icon" />
        {words.passed} <strong>{passedAs}</strong>
      </p>
      <Field
        takesFocus
        label={words.userId}
        value={account}
        onChange={setAccount}
        autoComplete="off"
      />
      <Field
        label={words.password}
        type="password"
        value={password}
        onChange={setPassword}
        autoComplete="off"
      />
      <Trouble fault={pass.error} />
      <div className="form__acts">
        <BackButton fault={pass.error} onBack={onBack} />
        <Button kind="main" type="submit" icon={LogIn} isBusy={pass.isPending}>
          {pass.isPending ? words.busy : words.act}
        </Button>
      </div>
    </form>
  );
}

/** Begins anew; it is the thing to do when the desk forgot the gates before, or they took too long. */
export function BackButton({
  fault,
  onBack,
}: {
  readonly fault: unknown;
  readonly onBack: () => void;
}): ReactNode {
  const beginsAnew = ['NOT_SIGNED_IN', 'FACTOR_ENROLLED'].includes(codeOf(fault) ?? '');
  return (
    <Button kind={beginsAnew ? 'main' : 'quiet'} icon={ArrowLeft} onPress={onBack}>
      {WORDS.signIn.back}
    </Button>
  );
}
