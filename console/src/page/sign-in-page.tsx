/**
 * Three gates, one after the other: the company directory, an account of this gateway, its second factor. Who has no second
 * factor yet sets one up on the way.
 */
import { useQuery } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { desk } from '../api/desk.ts';
import type { Me, SignInStep } from '../api/desk.ts';
import { queries, queryClient } from '../query/queries.ts';
import { OWN_ACCOUNT_WORDS } from '../words/own-account.ts';
import { WORDS } from '../words/words.ts';
import { EnrolFactor } from './enrol-factor.tsx';
import { FirstPassword } from './first-password.tsx';
import { Gate } from './gate.tsx';
import { DirectoryStep, GatewayStep } from './password-step.tsx';
import { ProviderStep } from './provider-step.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { SecondFactor } from './second-factor.tsx';
import { ToldPage } from './told.tsx';

interface SignInPageProps {
  readonly workstation: string;
  readonly providerAnswer: string | null;
  readonly onLicense: () => void;
}

/** Where somebody stands; what comes after the password is in the desk's own words. */
type Place =
  | { readonly next: 'directory' }
  | { readonly next: 'gateway'; readonly passedAs: string }
  | SignInStep;

const START: Place = { next: 'directory' };

export function SignInPage({ workstation, providerAnswer, onLicense }: SignInPageProps): ReactNode {
  const [place, setPlace] = useState<Place>(START);
  const about = useQuery(queries.about());
  const provider = about.data?.provider;
  const words = WORDS.signIn;
  const back = (): void => setPlace(START);
  const goOn = (step: SignInStep): void => {
    if (step.next === 'done' && step.tell.length === 0) enter(step);
    else setPlace(step);
  };
  const isOff = about.data?.demoParts.includes('second-factor') === true;
  const names = isOff ? words.steps.slice(0, 2) : words.steps;
  const at =
    place.next === 'directory' ? 0 : ['gateway', 'new-password'].includes(place.next) ? 1 : 2;
  return (
    <Gate
      title={place.next === 'new-password' ? OWN_ACCOUNT_WORDS.firstTitle : words.title}
      lead={leadOf(place, provider)}
    >
      <ol className="steps">
        {names.map((name, index) => (
          <li
            key={name}
            className={index < at ? 'steps__done' : ''}
            aria-current={index === at ? 'step' : undefined}
          >
            <span className="steps__number" aria-hidden>
              {index < at ? <Check className="icon icon--small" /> : index + 1}
            </span>
            {name}
          </li>
        ))}
      </ol>
      {place.next === 'directory' && typeof provider === 'string' && (
        <ProviderStep
          provider={provider}
          answer={providerAnswer}
          workstation={workstation}
          onPass={(passedAs) => setPlace({ next: 'gateway', passedAs })}
          onLicense={onLicense}
        />
      )}
      {place.next === 'directory' && provider === null && (
        <DirectoryStep
          workstation={workstation}
          onPass={(passedAs) => setPlace({ next: 'gateway', passedAs })}
          onLicense={onLicense}
        />
      )}
      {place.next === 'gateway' && (
        <GatewayStep passedAs={place.passedAs} onPass={goOn} onBack={back} />
      )}
      {place.next === 'factor' && <SecondFactor asked={place} onPass={goOn} onBack={back} />}
      {place.next === 'enrolment' && (
        <EnrolFactor road={desk} factors={place.factors} onPass={goOn} onBack={back} />
      )}
      {place.next === 'new-password' && <FirstPassword onPass={goOn} onBack={back} />}
      {place.next === 'recovery-codes' && (
        <RecoveryCodes codes={place.recoveryCodes} onPass={goOn} onBack={back} />
      )}
      {place.next === 'done' && <ToldPage uses={place.tell} onDone={() => enter(place)} />}
    </Gate>
  );
}

function leadOf(place: Place, provider: string | null | undefined): string {
  switch (place.next) {
    case 'directory':
      return typeof provider === 'string' ? WORDS.signIn.providerLead : WORDS.signIn.directoryLead;
    case 'gateway':
      return WORDS.signIn.gatewayLead;
    case 'factor':
      return WORDS.factor.lead;
    case 'new-password':
      return OWN_ACCOUNT_WORDS.firstLead;
    case 'enrolment':
      return WORDS.enrolment.lead;
    case 'recovery-codes':
      return WORDS.recovery.lead;
    case 'done':
      return WORDS.told.lead;
  }
}

function enter({ technician, workstation, signedInUtcMs }: Me): void {
  // Nothing that another technician saw stays.
  queryClient.removeQueries({
    predicate: ({ queryKey: [first] }) =>
      first !== 'me' && first !== 'workstation' && first !== 'about',
  });
  // What came with the sign-in and is said once does not stay, either.
  const me: Me = { technician, workstation, signedInUtcMs };
  queryClient.setQueryData(queries.me().queryKey, me);
}
