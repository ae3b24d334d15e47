/**
 * The second person of the facility agrees, with a PIN of their own, before the technician is let in.
 *
 * Silence is a no; so is leaving. The digits are never shown, and who agreed is written down.
 */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { ShieldCheck, UserRound, X } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useSecondsLeft } from '../act/seconds-left.ts';
import { Button } from '../part/button.tsx';
import { Frame } from '../part/frame.tsx';
import { Heading } from '../part/heading.tsx';
import { PinPad } from '../part/pin-pad.tsx';
import { facilityWords } from '../words/facility-words.ts';
import { timeLeftText } from '../words/measure.ts';
import { useSpeech } from '../words/speech.tsx';
import type { PageProps } from './page.ts';

interface ApprovalPageProps extends PageProps {
  readonly approval: NonNullable<PanelView['approval']>;
}

/** Asks the second person. */
export function ApprovalPage({
  view,
  approval,
  heardMs,
  agent,
  acts,
}: ApprovalPageProps): ReactNode {
  const { language, words } = useSpeech();
  const own = facilityWords(language).approval;
  const { approvers } = approval;
  const [picked, setPicked] = useState<string | null>(null);
  const [isShort, setShort] = useState(false);
  const who = approvers.length === 1 ? approvers[0] : approvers.find(({ id }) => id === picked);
  const seconds = useSecondsLeft(approval.secondsLeft, heardMs);
  const refuse = (
    <>
      <Button
        tone="stop"
        icon={X}
        busy={acts.isBusy('refuse')}
        busyWords={words.moment}
        onPress={() => acts.start('refuse', agent.refuseApproval)}
      >
        {own.refuse}
      </Button>
      <span aria-hidden="true" />
    </>
  );
  return (
    <Frame tone="calm" view={view} problem={acts.problem} actions={refuse}>
      <div className="pin">
        <div className="pin__words">
          <ShieldCheck className="pin__icon" aria-hidden="true" />
          <Heading>{own.title}</Heading>
          <p className="lead">{own.statement(approval.technicianName)}</p>
          <p className="prose prose--strong">
            {approval.activities.map((activity) => words.activities[activity]).join(' · ')}
          </p>
          {approvers.length === 0 && <p className="lead">{own.nobody}</p>}
          {who !== undefined && (
            <p className="lead">
              {own.pinOf(who.name)} <span className="fact__aside">{own.length}</span>
            </p>
          )}
          {who !== undefined && (
            <p className="quiet" aria-live="polite">
              {isShort ? own.tooShort : own.triesLeft(approval.triesLeft)}
            </p>
          )}
          <p className="quiet">
            {own.timeLeft}: <span role="timer">{timeLeftText(words, seconds)}</span> ·{' '}
            {own.silenceMeansNo}
          </p>
        </div>
        {approvers.length > 1 && who === undefined && (
          <Approvers approvers={approvers} label={own.who} onPick={setPicked} />
        )}
        {who !== undefined && (
          <PinPad
            key={who.id}
            words={{
              remove: own.remove,
              send: own.approve,
              busy: words.moment,
              typed: own.typed,
            }}
            guarded
            isBusy={acts.isBusy('approve')}
            onTyping={() => setShort(false)}
            onShort={() => setShort(true)}
            onSend={(pin) => acts.start('approve', () => agent.giveApproval(who.id, pin))}
          />
        )}
      </div>
    </Frame>
  );
}

function Approvers(props: {
  readonly approvers: NonNullable<PanelView['approval']>['approvers'];
  readonly label: string;
  readonly onPick: (id: string) => void;
}): ReactNode {
  return (
    <fieldset className="approvers">
      <legend className="lead">{props.label}</legend>
      {props.approvers.map(({ id, name }) => (
        <Button key={id} tone="plain" icon={UserRound} onPress={() => props.onPick(id)}>
          {name}
        </Button>
      ))}
    </fieldset>
  );
}
