/** Sets up a second factor: a passkey, or an app that shows codes. At the third gate, and later from one's own account. */
import { useMutation } from '@tanstack/react-query';
import { ArrowLeft, KeyRound, Smartphone } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { CodeOffer } from '../api/desk.ts';
import { makePasskey } from '../api/passkey.ts';
import { Button } from '../part/button.tsx';
import { FocusHere } from '../part/focus-here.tsx';
import { Copyable } from '../part/marks.tsx';
import { Trouble } from '../part/trouble.tsx';
import { WORDS } from '../words/words.ts';
import { BackButton } from './password-step.tsx';
import { TypedStep } from './second-factor.tsx';

/** Whom it is set up with. */
export interface EnrolmentRoad<Step> {
  readonly offerCode: () => Promise<CodeOffer>;
  readonly enrolCode: (code: string) => Promise<Step>;
  readonly offerPasskey: () => Promise<{ readonly options: object }>;
  readonly enrolPasskey: (answer: object) => Promise<Step>;
}

interface EnrolFactorProps<Step> {
  readonly road: EnrolmentRoad<Step>;
  readonly factors: readonly ('code' | 'passkey')[];
  readonly onPass: (step: Step) => void;
  readonly onBack: () => void;
}

export function EnrolFactor<Step>(props: EnrolFactorProps<Step>): ReactNode {
  const { road, factors, onPass, onBack } = props;
  const [offer, setOffer] = useState<CodeOffer | null>(null);
  const words = WORDS.enrolment;
  const offerCode = useMutation({ mutationFn: road.offerCode, onSuccess: setOffer });
  const passkey = useMutation({
    mutationFn: async () => {
      const { options } = await road.offerPasskey();
      return await road.enrolPasskey(await makePasskey(options));
    },
    onSuccess: onPass,
  });
  if (offer !== null) {
    return <EnrolApp road={road} offer={offer} onPass={onPass} onBack={() => setOffer(null)} />;
  }
  const fault = passkey.error ?? offerCode.error;
  const isBusy = passkey.isPending || offerCode.isPending;
  return (
    <FocusHere className="form">
      <section className="choice" aria-labelledby="choice-passkey">
        <h2 id="choice-passkey">{words.passkey}</h2>
        <p className="hint">{factors.includes('passkey') ? words.passkeyLead : words.noPasskey}</p>
        <Button
          kind="main"
          icon={KeyRound}
          isDisabled={!factors.includes('passkey') || isBusy}
          isBusy={passkey.isPending}
          onPress={() => {
            offerCode.reset();
            passkey.mutate();
          }}
        >
          {words.makePasskey}
        </Button>
      </section>
      <section className="choice" aria-labelledby="choice-app">
        <h2 id="choice-app">{words.code}</h2>
        <p className="hint">{words.codeLead}</p>
        <Button
          icon={Smartphone}
          isDisabled={isBusy}
          isBusy={offerCode.isPending}
          onPress={() => {
            passkey.reset();
            offerCode.mutate();
          }}
        >
          {words.offerCode}
        </Button>
      </section>
      <Trouble fault={fault} />
      <div className="form__acts form__acts--start">
        <BackButton fault={fault} onBack={onBack} />
      </div>
    </FocusHere>
  );
}

interface EnrolAppProps<Step> {
  readonly road: EnrolmentRoad<Step>;
  readonly offer: CodeOffer;
  readonly onPass: (step: Step) => void;
  readonly onBack: () => void;
}

function EnrolApp<Step>({ road, offer, onPass, onBack }: EnrolAppProps<Step>): ReactNode {
  const words = WORDS.enrolment;
  return (
    <>
      <p>{words.scanLead}</p>
      <img
        className="qr-code"
        alt={words.picture}
        src={`data:image/svg+xml,${encodeURIComponent(offer.qrCode)}`}
      />
      <div className="typed-secret">
        <p className="hint">{words.typed}</p>
        <Copyable
          text={offer.secret.replaceAll(' ', '')}
          shown={offer.secret}
          label={words.copySecret}
        />
      </div>
      <TypedStep
        label={WORDS.factor.code}
        hint={WORDS.factor.codeHint}
        ask={road.enrolCode}
        act={words.act}
        isNumeric
        onPass={onPass}
        onBack={onBack}
        back={
          <Button kind="quiet" icon={ArrowLeft} onPress={onBack}>
            {words.other}
          </Button>
        }
      />
    </>
  );
}
