/** Connected to the service centre, nobody in: waits for a case, for a technician, and asks the operator. */
import type { Activity } from '@chaperone/domain/activity/activity.ts';
import { ArrowLeft, CircleStop, FolderX, Hourglass } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../part/button.tsx';
import { Frame } from '../part/frame.tsx';
import { Heading } from '../part/heading.tsx';
import { Phone } from '../part/phone.tsx';
import { TechnicianCard } from '../part/technician-card.tsx';
import type { PanelRequest } from '../part/technician-card.tsx';
import { TechnicianPicker } from '../part/technician-picker.tsx';
import { useSpeech } from '../words/speech.tsx';
import type { PageProps } from './page.ts';

/** Shows whom the operator may let in. */
export function WaitingPage({ view, agent, acts }: PageProps): ReactNode {
  const { words } = useSpeech();
  const { requests } = view;
  const [picked, setPicked] = useState<PanelRequest['id'] | null>(null);
  const mustPick = requests.length > 1;
  const shown = mustPick ? requests.filter((request) => request.id === picked) : requests;
  const hasVanished = picked !== null && !requests.some((request) => request.id === picked);

  const allow = (request: PanelRequest, activities: readonly Activity[]): void =>
    acts.start(`allow ${request.id}`, () => agent.consent(request.id, activities));

  const actions = (
    <>
      <Button
        tone="stop"
        icon={CircleStop}
        busy={acts.isBusy('end')}
        busyWords={words.session.ending}
        onPress={() => acts.start('end', agent.end)}
      >
        {words.waiting.leave}
      </Button>
      {mustPick && shown.length > 0 && (
        <Button tone="plain" icon={ArrowLeft} onPress={() => setPicked(null)}>
          {words.waiting.back}
        </Button>
      )}
    </>
  );
  return (
    <Frame tone="calm" view={view} problem={acts.problem} actions={actions}>
      {requests.length === 0 ? (
        <NobodyReady view={view} />
      ) : (
        <div className="consent">
          <div className="consent__head">
            <div>
              <Heading>{words.waiting.choose}</Heading>
              <p aria-live="polite">
                {hasVanished && `${words.waiting.goneTechnician} `}
                {mustPick && shown.length === 0 && words.waiting.chooseFrom(requests.length)}
              </p>
            </div>
            {view.case && <CaseFacts number={view.case.number} facility={view.case.facility} />}
          </div>
          {mustPick && shown.length === 0 ? (
            <TechnicianPicker requests={requests} onPick={setPicked} />
          ) : (
            shown.map((request) => (
              <TechnicianCard
                key={request.id}
                request={request}
                recordsScreen={view.case?.recordsScreen === true}
                busy={acts.isBusy(`allow ${request.id}`)}
                approved={view.facility?.approvedActivities ?? []}
                onAllow={(activities) => allow(request, activities)}
              />
            ))
          )}
        </div>
      )}
    </Frame>
  );
}

function NobodyReady({ view }: Pick<PageProps, 'view'>): ReactNode {
  const { words } = useSpeech();
  const { title, text } = view.case === null ? words.waiting.noCase : words.waiting.noRequest;
  const Icon = view.case === null ? FolderX : Hourglass;
  return (
    <div className="centre">
      <div className="state">
        <Icon className="state__icon state__icon--breathing" aria-hidden="true" />
        <div>
          <Heading key={title}>{title}</Heading>
          <p className="lead">{words.waiting.nobodySees}</p>
        </div>
      </div>
      <p className="prose">{text}</p>
      {view.case && <CaseFacts number={view.case.number} facility={view.case.facility} />}
      <Phone label={words.callCentre(view.serviceCentre.name)} number={view.serviceCentre.phone} />
    </div>
  );
}

function CaseFacts(props: { readonly number: string; readonly facility: string }): ReactNode {
  const { words } = useSpeech();
  return (
    <dl className="facts">
      <div className="fact">
        <dt>{words.waiting.caseNumber}</dt>
        <dd>{props.number}</dd>
      </div>
      <div className="fact">
        <dt>{words.waiting.facility}</dt>
        <dd>{props.facility}</dd>
      </div>
    </dl>
  );
}
