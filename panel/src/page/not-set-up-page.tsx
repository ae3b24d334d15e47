/** This system has no certificate yet: nothing can be connected, and a field engineer is needed. */
import { Wrench } from 'lucide-react';
import type { ReactNode } from 'react';
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { Button } from '../part/button.tsx';
import { Frame } from '../part/frame.tsx';
import { Heading } from '../part/heading.tsx';
import { Phone } from '../part/phone.tsx';
import { useSpeech } from '../words/speech.tsx';

interface NotSetUpPageProps {
  readonly view: PanelView;
  readonly onService: () => void;
}

/** Shows that this system is not set up, and the way to set it up. */
export function NotSetUpPage({ view, onService }: NotSetUpPageProps): ReactNode {
  const { words } = useSpeech();
  return (
    <Frame tone="calm" view={view}>
      <div className="centre">
        <div className="state">
          <Wrench className="state__icon" aria-hidden="true" />
          <div>
            <Heading>{words.notSetUp.title}</Heading>
            <p className="lead">{words.notSetUp.text}</p>
          </div>
        </div>
        <Phone
          label={words.callCentre(view.serviceCentre.name)}
          number={view.serviceCentre.phone}
        />
        <Button tone="plain" icon={Wrench} onPress={onService}>
          {words.service}
        </Button>
      </div>
    </Frame>
  );
}
