/** Two gates, one after the other: the company directory, then an account of this gateway. */
import { useMutation } from '@tanstack/react-query';
import { ArrowLeft, ArrowRight, Check, LogIn } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import { Button } from '../part/button.tsx';
import { Field } from '../part/field.tsx';
import { Trouble } from '../part/trouble.tsx';
import { queries, queryClient } from '../query/queries.ts';
import { codeOf } from '../words/problem.ts';
import { WORDS } from '../words/words.ts';
import { Gate } from './gate.tsx';

interface SignInPageProps {
  readonly workstation: string;
  readonly onLicense: () => void;
}

/** The desk forgot the first gate, or it took too long: the way begins anew. */
const BEGINS_ANEW: ReadonlySet<string> = new Set(['NOT_SIGNED_IN']);

export function SignInPage({ workstation, onLicense }: SignInPageProps): ReactNode {
  const [passedAs, setPassedAs] = useState<string | null>(null);
  const words = WORDS.signIn;
  const step = passedAs === null ? 0 : 1;
  return (
    <Gate title={words.title} lead={step === 0 ? words.directoryLead : words.gatewayLead}>
      <ol className="steps">
        {words.steps.map((name, index) => (
          <li
            key={name}
            className={index < step ? 'steps__done' : ''}
            aria-current={index === step ? 'step' : undefined}
          >
            <span className="steps__number" aria-hidden>
              {index < step ? <Check className="icon icon--small" /> : index + 1}
            </span>
            {name}
          </li>
        ))}
      </ol>
      {passedAs === null ? (
        <DirectoryStep workstation={workstation} onPass={setPassedAs} onLicense={onLicense} />
      ) : (
        <GatewayStep passedAs={passedAs} onBack={() => setPassedAs(null)} />
      )}
    </Gate>
  );
}

interface DirectoryStepProps extends SignInPageProps {
  readonly onPass: (displayName: string) => void;
}

function DirectoryStep({ workstation, onPass, onLicense }: DirectoryStepProps): ReactNode {
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
  readonly onBack: () => void;
}

function GatewayStep({ passedAs, onBack }: GatewayStepProps): ReactNode {
  const [account, setAccount] = useState('');
  const [password, setPassword] = useState('');
  const words = WORDS.signIn;
  const pass = useMutation({
    mutationFn: () => desk.signInGateway(account.trim(), password),
    onSuccess: (me) => {
      // Nothing that another technician saw stays.
      queryClient.removeQueries({
        predicate: ({ queryKey: [first] }) =>
          first !== 'me' && first !== 'workstation' && first !== 'about',
      });
      queryClient.setQueryData(queries.me().queryKey, me);
    },
    onError: () => setPassword(''),
  });
  const beginsAnew = BEGINS_ANEW.has(codeOf(pass.error) ?? '');
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
        <Button kind={beginsAnew ? 'main' : 'quiet'} icon={ArrowLeft} onPress={onBack}>
          {words.back}
        </Button>
        <Button kind="main" type="submit" icon={LogIn} isBusy={pass.isPending}>
          {pass.isPending ? words.busy : words.act}
        </Button>
      </div>
    </form>
  );
}
