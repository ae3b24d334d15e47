/** What the facility's own rules mean for the operator now: that it is closed, or that the time is nearly over. */
import type { PanelView } from '@chaperone/protocol/panel-api/schema.ts';
import { CalendarOff, Clock, ShieldAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useSecondsLeft } from '../act/seconds-left.ts';
import { facilityWords, openingText } from '../words/facility-words.ts';
import { useSpeech } from '../words/speech.tsx';

/** Minutes before the end from which it is said; a screen reader hears it at each of these. */
const SAID_AT_MINUTES = [10, 5, 1] as const;

/** Says when and why nothing can begin; nothing while the facility is open. */
export function FacilityNote({ facility }: Pick<PanelView, 'facility'>): ReactNode {
  const { language } = useSpeech();
  const words = facilityWords(language);
  if (facility === null) return null;
  const { trouble, isOpen, opensUtcMs, timeZone } = facility;
  if (trouble !== null) {
    return (
      <p className="strip strip--warning" role="alert">
        <ShieldAlert className="icon" aria-hidden="true" /> {words.noPolicy}{' '}
        {words.troubles[trouble]}
      </p>
    );
  }
  if (isOpen) return null;
  return (
    <p className="strip strip--warning" aria-live="polite">
      <CalendarOff className="icon" aria-hidden="true" /> {words.closed}{' '}
      {opensUtcMs === null || timeZone === null
        ? words.opensNever
        : words.opens(openingText(language, opensUtcMs, timeZone))}
    </p>
  );
}

/** Says that the facility's hours end the session soon. */
export function FacilityClosing(props: {
  readonly facility: PanelView['facility'];
  readonly heardMs: number;
}): ReactNode {
  const { language } = useSpeech();
  const words = facilityWords(language);
  const given = props.facility?.closesInSeconds ?? null;
  const seconds = useSecondsLeft(given ?? Number.MAX_SAFE_INTEGER, props.heardMs);
  if (given === null || seconds > SAID_AT_MINUTES[0] * 60) return null;
  const minutes = Math.ceil(seconds / 60);
  const said = SAID_AT_MINUTES.find((at) => minutes <= at && minutes > at - 1);
  const text = seconds < 60 ? words.endsSoon : words.endsIn(minutes);
  return (
    <p className="strip strip--warning">
      <Clock className="icon" aria-hidden="true" /> {text}
      <span className="only-heard" aria-live="polite">
        {said !== undefined && words.endsIn(said)}
      </span>
    </p>
  );
}
