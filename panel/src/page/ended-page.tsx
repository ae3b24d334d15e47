/** It is over: why, who was in, what was copied. The system is closed again. */
import { Check, Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../part/button.tsx';
import { Frame } from '../part/frame.tsx';
import { Heading } from '../part/heading.tsx';
import { Phone } from '../part/phone.tsx';
import { Trouble } from '../part/trouble.tsx';
import { useSpeech } from '../words/speech.tsx';
import type { PageProps } from './page.ts';

/** Reasons after which a person will want the telephone. */
const CALL_AFTER: ReadonlySet<string> = new Set([
  'gateway-unreachable',
  'gateway-refused',
  'gateway-ended',
  'connection-lost',
  'indicator-lost',
  'nobody-granted',
]);

/** Shows how a session, or the attempt at one, ended. */
export function EndedPage({ view, agent, acts }: PageProps): ReactNode {
  const { words } = useSpeech();
  const { ended } = view;
  const { title, text } = words.ended.reasons[ended?.reason ?? 'agent-stopped'];
  const ok = (
    <>
      <span aria-hidden="true" />
      <Button
        tone="go"
        icon={Check}
        guarded
        busy={acts.isBusy('dismiss')}
        busyWords={words.moment}
        onPress={() => acts.start('dismiss', agent.dismiss)}
      >
        {words.ended.ok}
      </Button>
    </>
  );
  return (
    <Frame tone="calm" view={view} problem={acts.problem} actions={ok}>
      <div className="centre">
        <div className="state">
          <Lock className="state__icon" aria-hidden="true" />
          <div>
            <Heading>{title}</Heading>
            <p className="lead">{words.ended.closed}</p>
          </div>
        </div>
        {view.dialFailure === null ? (
          <p className="prose">{text}</p>
        ) : (
          <Trouble code={view.dialFailure} />
        )}
        {ended !== null && (
          <dl className="facts facts--wide">
            <div className="fact">
              <dt>{words.ended.technician}</dt>
              <dd>{ended.technicianName ?? words.ended.nobody}</dd>
            </div>
            {ended.technicianName !== null && (
              <>
                <div className="fact">
                  <dt>{words.ended.fetched}</dt>
                  <dd>{words.ended.files(ended.filesFetched)}</dd>
                </div>
                <div className="fact">
                  <dt>{words.ended.placed}</dt>
                  <dd>{words.ended.files(ended.filesPlaced)}</dd>
                </div>
              </>
            )}
          </dl>
        )}
        {ended !== null && CALL_AFTER.has(ended.reason) && (
          <Phone
            label={words.callCentre(view.serviceCentre.name)}
            number={view.serviceCentre.phone}
          />
        )}
      </div>
    </Frame>
  );
}
