/**
 * Pages for when this window knows nothing: no agent, no credential, or an agent of another make.
 *
 * They claim nothing that the window cannot know, and say what always works: the network cable.
 */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { LoaderCircle, MonitorX, Unplug } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../part/button.tsx';
import { Frame } from '../part/frame.tsx';
import { Heading } from '../part/heading.tsx';
import { Phone } from '../part/phone.tsx';
import { useSpeech } from '../words/speech.tsx';

interface LostProps {
  readonly lastView: PanelView | null;
}

/** Shows that the agent has fallen silent. */
export function LostPage({ lastView }: LostProps): ReactNode {
  const { words } = useSpeech();
  const technician = lastView?.session?.technicianName;
  return (
    <Blind icon={Unplug} lastView={lastView} title={words.lost.title} text={words.lost.text}>
      {technician !== undefined && (
        <p className="prose prose--strong">{words.lost.wasConnected(technician)}</p>
      )}
      <p className="cable">
        <Unplug className="icon" aria-hidden="true" /> {words.lost.inDoubt}
      </p>
      <p className="quiet quiet--busy">
        <LoaderCircle className="icon icon--turning" aria-hidden="true" /> {words.lost.trying}
      </p>
    </Blind>
  );
}

/** Shows that the agent does not know this window. */
export function RefusedPage({ lastView }: LostProps): ReactNode {
  const { words } = useSpeech();
  return (
    <Blind
      icon={MonitorX}
      lastView={lastView}
      title={words.refused.title}
      text={words.refused.text}
    >
      <p className="cable">
        <Unplug className="icon" aria-hidden="true" /> {words.lost.inDoubt}
      </p>
    </Blind>
  );
}

/** Shows that panel and agent are of different makes. */
export function UnreadablePage({ lastView }: LostProps): ReactNode {
  const { words } = useSpeech();
  const { title, text } = words.unreadable;
  return (
    <Blind icon={MonitorX} lastView={lastView} title={title} text={text}>
      <div>
        <Button tone="plain" onPress={() => globalThis.location.reload()}>
          {words.tryAgain}
        </Button>
      </div>
    </Blind>
  );
}

/** Shows how to open the panel. */
export function NoCredentialPage(): ReactNode {
  const { words } = useSpeech();
  const { title, text, how } = words.noCredential;
  return (
    <Frame tone="calm" view={null}>
      <div className="centre">
        <div className="state">
          <MonitorX className="state__icon" aria-hidden="true" />
          <div>
            <Heading>{title}</Heading>
            <p className="lead">{text}</p>
          </div>
        </div>
        <ol className="how">
          {how.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ol>
      </div>
    </Frame>
  );
}

/** Shows the first moment, before anything is known. */
export function ConnectingPage(): ReactNode {
  const { words } = useSpeech();
  return (
    <Frame tone="calm" view={null}>
      <div className="centre">
        <p className="quiet quiet--busy" aria-live="polite">
          <LoaderCircle className="icon icon--turning" aria-hidden="true" /> {words.moment}
        </p>
      </div>
    </Frame>
  );
}

interface BlindProps extends LostProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}

function Blind({ icon: Icon, lastView, title, text, children }: BlindProps): ReactNode {
  const { words } = useSpeech();
  return (
    <Frame tone="alarm" view={null}>
      <div className="centre">
        <div className="state" role="alert">
          <Icon className="state__icon state__icon--alarm" aria-hidden="true" />
          <div>
            <Heading>{title}</Heading>
            <p className="lead">{text}</p>
          </div>
        </div>
        {children}
        {lastView && (
          <Phone
            label={words.callCentre(lastView.serviceCentre.name)}
            number={lastView.serviceCentre.phone}
          />
        )}
      </div>
    </Frame>
  );
}
