/** Nothing is connected: one button, and whom to call first. */
import { Headset, Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../part/button.tsx';
import { CertificateNote } from '../part/certificate-note.tsx';
import { FacilityNote } from '../part/facility-note.tsx';
import { Frame } from '../part/frame.tsx';
import { Heading } from '../part/heading.tsx';
import { LicenceNote } from '../part/licence-note.tsx';
import { ServiceEntry } from '../part/service-entry.tsx';
import { useSpeech } from '../words/speech.tsx';
import type { PageProps } from './page.ts';

/** Shows that this system is closed, and how to open it. */
export function IdlePage({
  view,
  agent,
  acts,
  onService,
}: PageProps & { readonly onService: () => void }): ReactNode {
  const { words } = useSpeech();
  const { name, phone } = view.serviceCentre;
  return (
    <Frame
      tone="calm"
      view={view}
      problem={acts.problem}
      footer={<ServiceEntry onService={onService} />}
    >
      <div className="centre">
        <div className="state">
          <Lock className="state__icon" aria-hidden="true" />
          <div>
            <Heading>{words.idle.title}</Heading>
            <p className="lead">{words.idle.statement}</p>
          </div>
        </div>
        <FacilityNote facility={view.facility} />
        <LicenceNote licence={view.licence} />
        <CertificateNote certificate={view.certificate} />
        <ol className="steps">
          <li className="step">
            <span className="step__number" aria-hidden="true">
              1
            </span>
            <p className="step__words">
              {words.idle.callFirst(name)}
              <span className="step__phone">{phone}</span>
            </p>
          </li>
          <li className="step">
            <span className="step__number" aria-hidden="true">
              2
            </span>
            <div className="step__words">
              {words.idle.thenTouch}
              <Button
                tone="go"
                size="huge"
                icon={Headset}
                guarded
                busy={acts.isBusy('press')}
                busyWords={words.moment}
                onPress={() => acts.start('press', agent.press)}
              >
                {words.idle.begin}
              </Button>
            </div>
          </li>
        </ol>
      </div>
    </Frame>
  );
}
