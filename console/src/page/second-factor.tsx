/** The third gate: a code, a passkey, or a recovery code in the place of either. */
import { useMutation } from '@tanstack/react-query';
import { KeyRound, LogIn } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { SignInStep } from '../api/desk.ts';
import { presentPasskey } from '../api/passkey.ts';
import { Button } from '../part/button.tsx';
import { Field } from '../part/field.tsx';
import { FocusHere } from '../part/focus-here.tsx';
import { Trouble } from '../part/trouble.tsx';
import { WORDS } from '../words/words.ts';
import { BackButton } from './password-step.tsx';

interface SecondFactorProps {
  readonly asked: SignInStep & { readonly next: 'factor' };
  readonly onPass: (step: SignInStep) => void;
  readonly onBack: () => void;
}

export function SecondFactor({ asked, onPass, onBack }: SecondFactorProps): ReactNode {
  const [isRecovering, setIsRecovering] = useState(false);
  const words = WORDS.factor;
  const other = (
    <p className="gate__other">
      <Button kind="quiet" icon={KeyRound} onPress={() => setIsRecovering(!isRecovering)}>
        {isRecovering ? words.toFactor : words.toRecovery}
      </Button>
    </p>
  );
  if (isRecovering) {
    return (
      <>
        <TypedStep
          key="recovery"
          label={words.recoveryCode}
          hint={words.recoveryHint}
          ask={desk.useRecoveryCode}
          onPass={onPass}
          onBack={onBack}
        />
        {other}
        <p className="hint">{words.lost}</p>
      </>
    );
  }
  return (
    <>
      {asked.factor === 'code' ? (
        <TypedStep
          key="code"
          label={words.code}
          hint={words.codeHint}
          ask={desk.useCode}
          isNumeric
          onPass={onPass}
          onBack={onBack}
        />
      ) : (
        <PasskeyStep asked={asked} onPass={onPass} onBack={onBack} />
      )}
      {other}
    </>
  );
}

interface TypedStepProps<Step> {
  readonly label: string;
  readonly hint: string;
  readonly ask: (code: string) => Promise<Step>;
  readonly act?: string;
  readonly isNumeric?: boolean;
  readonly onPass: (step: Step) => void;
  readonly onBack: () => void;
  readonly back?: ReactNode;
}

/** Something typed that counts once; what was refused is not left to be sent again. */
export function TypedStep<Step>(props: TypedStepProps<Step>): ReactNode {
  const { label, hint, ask, onPass, onBack, isNumeric = false } = props;
  const [code, setCode] = useState('');
  const pass = useMutation({
    mutationFn: () => ask(code.trim()),
    onSuccess: onPass,
    onError: () => setCode(''),
  });
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
        isMonospaced
        label={label}
        hint={hint}
        value={code}
        onChange={setCode}
        lengthMax={isNumeric ? 12 : 64}
        autoComplete={isNumeric ? 'one-time-code' : 'off'}
        isNumeric={isNumeric}
      />
      <Trouble fault={pass.error} />
      <div className="form__acts">
        {props.back ?? <BackButton fault={pass.error} onBack={onBack} />}
        <Button kind="main" type="submit" icon={LogIn} isBusy={pass.isPending}>
          {pass.isPending ? WORDS.signIn.busy : (props.act ?? WORDS.signIn.act)}
        </Button>
      </div>
    </form>
  );
}

function PasskeyStep({ asked, onPass, onBack }: SecondFactorProps): ReactNode {
  const words = WORDS.factor;
  const pass = useMutation({
    mutationFn: async () => {
      const { options } = await desk.askPasskey();
      return await desk.usePasskey(await presentPasskey(options));
    },
    onSuccess: onPass,
  });
  return (
    <FocusHere className="form">
      <p>{words.passkeyLead}</p>
      {!asked.isUsableHere && (
        <p className="note note--warning">
          {words.otherName} {asked.relyingParty}
        </p>
      )}
      <Trouble fault={pass.error} />
      <div className="form__acts">
        <BackButton fault={pass.error} onBack={onBack} />
        <Button
          kind="main"
          icon={KeyRound}
          isDisabled={!asked.isUsableHere}
          isBusy={pass.isPending}
          onPress={() => pass.mutate()}
        >
          {pass.isPending ? WORDS.signIn.busy : words.usePasskey}
        </Button>
      </div>
    </FocusHere>
  );
}
